"""Writing articles."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from typing import Any, Literal

from django.db import transaction
from django.db.models import Sum

from kb.curation.deleting import were_deleted
from kb.curation.standing import refresh_standing
from kb.markdown.markup import slugify
from kb.models import Article, OldAddress, Picture, Post, Source
from kb.storing.drafts import ArticleDraft, SourceDraft
from kb.storing.keeping import PlacedPost, drop_posts, hold, note_imported, place_posts
from kb.storing.restating import placed_snippets, restate_snippets
from kb.storing.texts import store_texts
from kb.tagging import find_tags

# Part of every digest: raise it when the same text is to be rendered anew.
RENDERING_VERSION = 1

Saved = Literal["created", "updated", "unchanged"]


def save_article(*, draft: ArticleDraft, comment: str = "", digest: str = "") -> Saved:
    """Store an article as its draft says; a draft stored before costs one query.

    `digest` stands for the draft where an importer knows it from its source.

    What a curator deleted stays deleted, and what was written on the desk stays as it is, see
    `kb.storing.keeping`. A translation gets a new revision only where its own text changed. Raises
    AuthoringError (PostError where a text is to blame) and then writes nothing.
    """
    digest = digest or digest_of(draft)
    key: dict[str, Any] = {"kind": draft.source.kind, "external_id": draft.source.external_id}
    if Source.objects.filter(**key, digest=digest, article__isnull=False).exists():
        return "unchanged"
    if were_deleted(kind=draft.source.kind, external_ids=[draft.source.external_id]):
        return "unchanged"
    with transaction.atomic():
        article = Article.objects.filter(**{f"source__{name}": key[name] for name in key}).first()
        saved: Saved = "updated" if article else "created"
        article = article or Article()
        placed = place_posts(article, draft.posts)
        article.source, _ = Source.objects.update_or_create(
            **key, defaults={**_source_values(draft.source), "digest": digest}
        )
        if not article.is_arranged_here:
            article.kind = draft.kind
            article.slug = free_slug(draft.slug, article)
        article.save()
        if not article.is_arranged_here:
            article.tags.set(find_tags(draft.tags))
        before = placed_snippets(article)
        drop_posts(article, placed)
        for one in placed:
            _save_post(article, one, comment)
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


def free_slug(wanted: str, article: Article) -> str:
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


def _save_post(article: Article, placed: PlacedPost, comment: str) -> None:
    draft = placed.draft
    values: dict[str, Any] = {"role": draft.role, "author": draft.author}
    if not article.is_arranged_here:
        values["is_accepted"] = draft.is_accepted
    post, _ = Post.objects.update_or_create(
        article=article, position=placed.position, defaults=values
    )
    if draft.created_at and post.created_at != draft.created_at:
        Post.objects.filter(pk=post.pk).update(created_at=draft.created_at)
    votes = post.votes.aggregate(total=Sum("value"))["total"] or 0
    if post.score != draft.score + votes:
        Post.objects.filter(pk=post.pk).update(score=draft.score + votes)
    post.translations.exclude(language__in=placed.texts).delete()
    store_texts(post=post, texts=placed.texts, rendered=placed.rendered, comment=comment)
    note_imported(post, placed)
    hold(post, placed)
