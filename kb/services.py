"""Writing articles."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from typing import Any, Literal

from django.db import transaction
from django.db.models import Sum

from kb.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft
from kb.markup import slugify
from kb.models import (
    Article,
    Language,
    OldAddress,
    Picture,
    Post,
    PostSnippet,
    Revision,
    Source,
    Translation,
)
from kb.posts import render_posts
from kb.rendering import Block, Rendered, SnippetDraft, place_snippets, snippet_values
from kb.restating import placed_snippets, restate_snippets
from kb.standing import refresh_standing
from kb.steps import keep_in_step, revisions_behind
from kb.tagging import find_tags
from snippets.services import find_or_make_snippet

# Part of every digest: raise it when the same text is to be rendered anew.
RENDERING_VERSION = 1

Saved = Literal["created", "updated", "unchanged"]


def save_article(*, draft: ArticleDraft, comment: str = "", digest: str = "") -> Saved:
    """Store an article as its draft says; a draft stored before costs one query.

    `digest` stands for the draft where an importer knows it from its source.

    A translation gets a new revision only where its own text changed. Raises
    AuthoringError (PostError where a text is to blame) and then writes nothing.
    """
    digest = digest or digest_of(draft)
    key: dict[str, Any] = {"kind": draft.source.kind, "external_id": draft.source.external_id}
    if Source.objects.filter(**key, digest=digest, article__isnull=False).exists():
        return "unchanged"
    rendered = render_posts(draft.posts)
    with transaction.atomic():
        source, _ = Source.objects.update_or_create(
            **key, defaults={**_source_values(draft.source), "digest": digest}
        )
        article = Article.objects.filter(source=source).first()
        saved: Saved = "updated" if article else "created"
        if article is None:
            article = Article(source=source)
        article.kind = draft.kind
        article.slug = _free_slug(draft.slug, article)
        article.save()
        article.tags.set(find_tags(draft.tags))
        before = placed_snippets(article)
        for position, post_draft in enumerate(draft.posts):
            _save_post(article, position, post_draft, rendered[position], comment)
        article.posts.filter(position__gte=len(draft.posts)).delete()
        restate_snippets(snippet_ids=before | placed_snippets(article))
        keep_pictures([draft])
        keep_old_addresses([(article.pk, draft)])
        refresh_standing(article_ids=[article.pk])
    return saved


def digest_of(draft: ArticleDraft) -> str:
    """Return the sha256 of everything that storing the draft depends on."""
    # The texts name their pictures by digest.
    values = [RENDERING_VERSION, dataclasses.asdict(dataclasses.replace(draft, pictures=()))]
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def keep_pictures(drafts: Sequence[ArticleDraft]) -> None:
    """Store the drafts' pictures that are not stored yet."""
    wanted = {picture.digest: picture for draft in drafts for picture in draft.pictures}
    known = set(Picture.objects.filter(digest__in=wanted).values_list("digest", flat=True))
    Picture.objects.bulk_create(
        Picture(digest=digest, media_type=picture.media_type, data=picture.data)
        for digest, picture in sorted(wanted.items())
        if digest not in known
    )


def keep_old_addresses(drafts: Sequence[tuple[int, ArticleDraft]]) -> None:
    """Lead the old addresses to these articles, by id; one that leads elsewhere stays."""
    OldAddress.objects.bulk_create(
        [
            OldAddress(address=address[:500], article_id=article, position=position)
            for article, draft in drafts
            for position, post in enumerate(draft.posts)
            for address in post.old_addresses
        ],
        ignore_conflicts=True,
        batch_size=200,
    )


def _source_values(source: SourceDraft) -> dict[str, Any]:
    return {
        "title": source.title,
        "url": source.url,
        "author": source.author,
        "licence": source.licence,
    }


def _free_slug(wanted: str, article: Article) -> str:
    """Return `wanted`, with a number where another article has it."""
    base = slugify(wanted)[:110]
    taken = set(
        Article.objects.filter(slug__startswith=base)
        .exclude(pk=article.pk)
        .values_list("slug", flat=True)
    )
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _save_post(
    article: Article,
    position: int,
    draft: PostDraft,
    rendered: dict[Language, Rendered],
    comment: str,
) -> None:
    values = {"role": draft.role, "is_accepted": draft.is_accepted, "author": draft.author}
    post, _ = Post.objects.update_or_create(article=article, position=position, defaults=values)
    if draft.created_at and post.created_at != draft.created_at:
        Post.objects.filter(pk=post.pk).update(created_at=draft.created_at)
    votes = post.votes.aggregate(total=Sum("value"))["total"] or 0
    if post.score != draft.score + votes:
        Post.objects.filter(pk=post.pk).update(score=draft.score + votes)
    snippets = next(iter(rendered.values())).snippets
    ids = [_snippet_id(snippets, index) for index in range(len(snippets))]
    post.placements.all().delete()
    PostSnippet.objects.bulk_create(
        PostSnippet(post=post, snippet_id=id_, position=place) for place, id_ in enumerate(ids)
    )
    post.translations.exclude(language__in=draft.translations).delete()
    texts = {text.language: text for text in post.translations.all()}
    behind = [language for language in Language if revisions_behind(texts, language)]
    changed = [
        language
        for language, text in draft.translations.items()
        if _save_translation(
            post, language, text, place_snippets(rendered[language].blocks, ids), comment
        )
    ]
    keep_in_step(post, changed, behind)


def _snippet_id(snippets: Sequence[SnippetDraft], index: int) -> int:
    return int(find_or_make_snippet(**snippet_values(snippets, index)).pk)


def _save_translation(
    post: Post,
    language: Language,
    draft: TranslationDraft,
    blocks: list[Block],
    comment: str,
) -> bool:
    """Store a text and say whether it is new or another one."""
    translation = Translation.objects.filter(post=post, language=language).first()
    if translation is None:
        translation = Translation(post=post, language=language, revision_number=0)
    elif (translation.title, translation.markdown) == (draft.title, draft.markdown):
        if translation.blocks != blocks or not translation.is_rendered:
            Translation.objects.filter(pk=translation.pk).update(blocks=blocks, is_rendered=True)
        return False
    translation.title = draft.title
    translation.markdown = draft.markdown
    translation.blocks = blocks
    translation.is_rendered = True
    translation.revision_number += 1
    translation.save()
    Revision.objects.create(
        translation=translation,
        number=translation.revision_number,
        title=draft.title,
        markdown=draft.markdown,
        comment=comment,
    )
    return True
