"""What an import leaves alone because it was written on the desk since the last one.

A text edited here is never overwritten. What its source says now is kept as a suggested edit,
so that a curator sees both and decides. The same goes for a text as it was imported whose new
code would no longer be that of the other language's text.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_noop

from kb.errors import AuthoringError
from kb.markdown.rendering import Rendered
from kb.models import Article, Language, Post, Report, Translation
from kb.storing.drafts import PostDraft, TranslationDraft
from kb.storing.posts import render_post

IMPORT_KEY = "import"
"""Stands for the reporter of such a suggestion; the next import replaces what it says."""
SOURCE_CHANGED = gettext_noop("The source has changed since this text was edited here.")


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlacedPost:
    """What an import stores of one post, and what it only suggests."""

    position: int
    draft: PostDraft
    rendered: Mapping[Language, Rendered]
    texts: Mapping[Language, TranslationDraft]  # what the post says from now on
    held: Mapping[Language, TranslationDraft]


def is_edited_here(text: Translation) -> bool:
    return text.imported_revision is None or text.revision_number > text.imported_revision


def place_posts(article: Article, drafts: tuple[PostDraft, ...]) -> list[PlacedPost]:
    """Return where an import's posts go; answers that were written here stay where they are.

    Raises PostError.
    """
    if article.pk is None:
        return [_placed(number, draft, None) for number, draft in enumerate(drafts)]
    posts = list(article.posts.order_by("position").prefetch_related("translations"))
    own = [post for post in posts if not post.is_written_here]
    free = max((post.position for post in posts), default=-1) + 1
    placed = []
    for number, draft in enumerate(drafts):
        post = own[number] if number < len(own) else None
        position = post.position if post else free + number - len(own)
        placed.append(_placed(position, draft, post))
    return placed


def _placed(position: int, draft: PostDraft, post: Post | None) -> PlacedPost:
    texts = {Language(text.language): text for text in post.translations.all()} if post else {}
    kept = {language: _as_draft(text) for language, text in texts.items() if is_edited_here(text)}
    wanted = {**draft.translations, **kept}
    try:
        rendered = render_post(position, dataclasses.replace(draft, translations=wanted))
    except AuthoringError:
        if not kept:
            raise
        wanted = {language: _as_draft(text) for language, text in texts.items()}
        rendered = render_post(position, dataclasses.replace(draft, translations=wanted))
    held = {
        language: text
        for language, text in draft.translations.items()
        if not _is_same(wanted[language], text) and not _is_as_imported(texts[language], text)
    }
    return PlacedPost(position=position, draft=draft, rendered=rendered, texts=wanted, held=held)


def _as_draft(text: Translation) -> TranslationDraft:
    return TranslationDraft(markdown=text.markdown, title=text.title)


def _is_same(one: TranslationDraft, other: TranslationDraft) -> bool:
    return (one.title, one.markdown) == (other.title, other.markdown)


def _is_as_imported(text: Translation, draft: TranslationDraft) -> bool:
    """Say whether the source still says what it said at the last import."""
    last = text.revisions.filter(number=text.imported_revision or 0)
    return (draft.title, draft.markdown) in last.values_list("title", "markdown")


def hold(post: Post, placed: PlacedPost) -> None:
    """Keep what the source says as suggested edits, in place of those of the import before."""
    bases = dict(post.translations.values_list("language", "imported_revision"))
    for language, text in placed.held.items():
        said: dict[str, Any] = {"title": text.title, "markdown": text.markdown}
        key: dict[str, Any] = {
            "kind": Report.Kind.EDIT,
            "language": language,
            "reporter_key": IMPORT_KEY,
        }
        if post.reports.filter(**key, **said).exists():
            continue  # it waits, or was decided on
        Report.objects.update_or_create(
            post=post,
            status=Report.Status.OPEN,
            **key,
            defaults={
                **said,
                "base_revision": bases.get(language),
                "comment": SOURCE_CHANGED,
            },
        )


def drop_posts(article: Article, placed: list[PlacedPost]) -> None:
    """Delete the posts that the source no longer has; those edited here stay as ours."""
    positions = [one.position for one in placed]
    gone = article.posts.filter(is_written_here=False).exclude(position__in=positions)
    for post in gone.prefetch_related("translations"):
        if any(map(is_edited_here, post.translations.all())):
            Post.objects.filter(pk=post.pk).update(is_written_here=True)
        else:
            post.delete()


def note_imported(post: Post, placed: PlacedPost) -> None:
    """Note which texts now say what their source says."""
    same = [
        language
        for language, text in placed.draft.translations.items()
        if _is_same(placed.texts[language], text)
    ]
    Translation.objects.filter(post=post, language__in=same).update(
        imported_revision=F("revision_number")
    )
