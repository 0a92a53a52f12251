"""New articles and answers, and what of an article is not text: kind, address, tags, acceptance."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from kb.curation.standing import refresh_standing
from kb.editing.saving import TextEdit, save_texts
from kb.errors import AuthoringError
from kb.models import Article, Deed, Language, Post, Source, Tag
from kb.people.auditing import note_deed
from kb.services import free_slug
from kb.storing.drafts import PostDraft, TranslationDraft
from kb.storing.posts import render_post
from kb.storing.restating import placed_snippets, restate_snippets
from kb.storing.texts import store_texts

SOURCE_KIND = "desk"
"""Articles born here have a source too: files of curation and shared set-ups name them by it."""


@transaction.atomic
def create_article(
    *,
    kind: Article.Kind,
    texts: Mapping[Language, TextEdit],
    tags: Sequence[Tag],
    user: Any,
    slug: str = "",
    comment: str = "",
) -> Article:
    """Publish a question or a guide in one language or both; raises AuthoringError."""
    source = Source.objects.create(
        kind=SOURCE_KIND,
        external_id=uuid.uuid4().hex,
        digest="",
    )
    article = Article(kind=kind, source=source, is_arranged_here=True)
    titles = [texts[language].title for language in (Language.EN, Language.ZH) if language in texts]
    article.slug = free_slug(slug or next(filter(None, titles), ""), article)
    article.save()
    article.tags.set(tags)
    _write_post(article, opening_role(kind), 0, texts, user, comment)
    note_deed(user=user, verb=Deed.CREATED_ARTICLE, target=article, label=titles[0], why=comment)
    return article


@transaction.atomic
def add_answer(
    *, article: Article, texts: Mapping[Language, TextEdit], user: Any, comment: str = ""
) -> Post:
    """Publish an answer to a question; raises AuthoringError."""
    locked = Article.objects.select_for_update().get(pk=article.pk)
    last = locked.posts.aggregate(last=Max("position"))["last"]
    return _write_post(locked, Post.Role.ANSWER, (last or 0) + 1, texts, user, comment)


@transaction.atomic
def arrange_article(
    *,
    article: Article,
    kind: Article.Kind,
    slug: str,
    tags: Sequence[Tag],
    accepted: Post | None,
    user: Any,
    why: str = "",
) -> bool:
    """Set what is not text; return whether anything changed. Later imports leave it alone.

    Raises AuthoringError where the kind does not fit the posts.
    """
    locked = Article.objects.select_for_update().get(pk=article.pk)
    answers = locked.posts.filter(role=Post.Role.ANSWER)
    if kind == Article.Kind.GUIDE and answers.exists():
        raise AuthoringError("a guide has no answers; an article with answers is a question")
    accepted_ids = [accepted.pk] if accepted else []
    wanted = kind, slug, sorted(tag.pk for tag in tags), accepted_ids
    if wanted == _arrangement(locked):
        return False
    is_turned = kind != locked.kind
    locked.kind = kind
    locked.slug = locked.slug if slug == locked.slug else free_slug(slug, locked)
    locked.is_arranged_here = True
    locked.save()
    locked.tags.set(tags)
    answers.exclude(pk__in=accepted_ids).update(is_accepted=False)
    answers.filter(pk__in=accepted_ids).update(is_accepted=True)
    if is_turned:
        _turn(locked)
    # Set-ups shared with a tag reach the code of its articles.
    restate_snippets(snippet_ids=placed_snippets(locked))
    note_deed(user=user, verb=Deed.EDITED_ARTICLE, target=locked, why=why)
    refresh_standing(article_ids=[locked.pk])
    return True


def _turn(article: Article) -> None:
    """Make the opening post of the article's new kind, and its headings as that has them."""
    for post in article.posts.filter(position=0):
        post.role = opening_role(article.kind)
        post.save(update_fields=["role"])
        texts = {
            Language(text.language): TranslationDraft(markdown=text.markdown, title=text.title)
            for text in post.translations.all()
        }
        rendered = render_post(post.position, PostDraft(role=post.role, translations=texts))
        store_texts(post=post, texts=texts, rendered=rendered)


def opening_role(kind: str) -> Post.Role:
    return Post.Role.QUESTION if kind == Article.Kind.QUESTION else Post.Role.BODY


def _write_post(
    article: Article,
    role: Post.Role,
    position: int,
    texts: Mapping[Language, TextEdit],
    user: Any,
    comment: str,
) -> Post:
    post = Post.objects.create(
        article=article,
        role=role,
        position=position,
        author=user.get_username(),
        is_written_here=True,
    )
    if not save_texts(post=post, edits=texts, user=user, comment=comment):
        raise AuthoringError("there is no text in any language; write one at least")
    return post


def _arrangement(article: Article) -> tuple[Any, ...]:
    tags = sorted(article.tags.values_list("pk", flat=True))
    accepted = sorted(article.posts.filter(is_accepted=True).values_list("pk", flat=True))
    return article.kind, article.slug, tags, accepted
