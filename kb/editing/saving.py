"""Saving the texts of a post: each change a revision, both languages with the same code."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from kb.curation.standing import refresh_standing
from kb.editing.parity import carry_code
from kb.editing.reviewing import keep_review
from kb.errors import AuthoringError
from kb.languages import TO_PATH
from kb.models import Article, Deed, Language, Post, Revision, Translation
from kb.people.auditing import note_deed
from kb.storing.drafts import PostDraft, TranslationDraft
from kb.storing.posts import render_post
from kb.storing.restating import placed_snippets, restate_snippets
from kb.storing.steps import OTHER, mark_in_step, revisions_behind
from kb.storing.texts import store_texts

TITLE_CHARACTERS = 300


@dataclasses.dataclass(frozen=True, kw_only=True)
class TextEdit:
    """How a text is to read, and from which of its revisions that was made; 0: there was none."""

    markdown: str
    title: str = ""
    base: int = 0

    def __post_init__(self) -> None:
        # Browsers send every line end as two characters.
        clean = self.markdown.replace("\r\n", "\n").replace("\r", "\n")
        object.__setattr__(self, "markdown", clean)
        object.__setattr__(self, "title", " ".join(self.title.split())[:TITLE_CHARACTERS])


class EditConflict(Exception):
    """Somebody else saved these texts since the edit began; nothing was written."""

    def __init__(self, texts: Mapping[Language, Translation]) -> None:
        names = " and ".join(TO_PATH[language] for language in texts)
        super().__init__(f"the text in {names} was changed meanwhile; look at both, then save")
        self.texts = texts


def save_text(
    *,
    post: Post,
    language: Language,
    markdown: str,
    user: Any,
    base: int,
    title: str = "",
    comment: str = "",
) -> bool:
    """Save one text; return whether it changed. Raises EditConflict and AuthoringError."""
    edit = TextEdit(markdown=markdown, title=title, base=base)
    return bool(save_texts(post=post, edits={language: edit}, user=user, comment=comment))


@transaction.atomic
def save_texts(
    *,
    post: Post,
    edits: Mapping[Language, TextEdit],
    user: Any,
    comment: str = "",
    carry_from: Language | None = None,
    deed: Deed = Deed.SAVED_TEXT,
) -> list[Language]:
    """Save one or both texts of a post; return the languages whose text changed.

    `carry_from` puts the code of that text into the other one, which must show the same.
    Raises EditConflict where a text that is to change was changed since, AuthoringError
    (PostError where a text is to blame) where one cannot be published as it stands.
    """
    try:
        article = Article.objects.select_for_update().get(pk=post.article_id)
        # The caller may have read the post, and its texts, before somebody else saved them.
        post = Post.objects.get(pk=post.pk)
    except ObjectDoesNotExist as error:
        raise AuthoringError("this text was deleted meanwhile; keep yours as a draft") from error
    texts = {Language(text.language): text for text in post.translations.all()}
    wanted = _changed(texts, edits)
    _refuse_conflicts(texts, wanted)
    if not wanted:
        return []
    drafts = {language: _draft(text) for language, text in texts.items()}
    drafts |= {
        language: TranslationDraft(markdown=edit.markdown, title=edit.title)
        for language, edit in wanted.items()
    }
    if carry_from is not None:
        drafts = _carried(drafts, carry_from)
    # An import may have left the other text without a title; that is no reason to refuse this.
    _check(post, {language: drafts[language] for language in wanted})
    rendered = render_post(post.position, PostDraft(role=Post.Role(post.role), translations=drafts))
    before = placed_snippets(article)
    changed = store_texts(post=post, texts=drafts, rendered=rendered, comment=comment, user=user)
    article.save(update_fields=["updated_at"])
    restate_snippets(snippet_ids=before | placed_snippets(article))
    for text in post.translations.filter(language__in=changed):
        keep_review(text=text, user=user)
        note_deed(user=user, verb=deed, target=text, why=comment, label=label_of(text))
    refresh_standing(article_ids=[article.pk])
    return changed


@transaction.atomic
def agree_texts(*, post: Post, user: Any) -> bool:
    """Say that both texts mean the same as they stand; return whether one was behind."""
    texts = {text.language: text for text in post.translations.select_for_update()}
    if not any(revisions_behind(texts, language) for language in OTHER):
        return False
    mark_in_step(texts)
    for language in OTHER:
        if revisions_behind(texts, language):
            text = texts[language]
            note_deed(user=user, verb=Deed.MARKED_IN_STEP, target=text, label=label_of(text))
    refresh_standing(article_ids=[post.article_id])
    return True


@transaction.atomic
def restore_revision(
    *, revision: Revision, user: Any, why: str, carry_from: Language | None = None
) -> bool:
    """Make an earlier text the current one, as a new revision; return whether it differed."""
    text = revision.translation
    edit = TextEdit(markdown=revision.markdown, title=revision.title, base=text.revision_number)
    changed = save_texts(
        post=text.post,
        edits={Language(text.language): edit},
        user=user,
        comment=f"r{revision.number}: {why}",
        carry_from=carry_from,
        deed=Deed.RESTORED_TEXT,
    )
    return bool(changed)


def label_of(text: Translation) -> str:
    """Return what a person calls the text: its article's title, its place, its language."""
    titles = dict(
        Translation.objects.filter(post__article=text.post.article_id, title__gt="")
        .order_by("-post__position")
        .values_list("language", "title")
    )
    title = titles.get(text.language) or next(iter(titles.values()), str(text.post.article))
    place = f" #{text.post.position}" if text.post.position else ""
    return f"{title}{place} ({TO_PATH[Language(text.language)]})"


def _changed(
    texts: Mapping[Language, Translation], edits: Mapping[Language, TextEdit]
) -> dict[Language, TextEdit]:
    """Return the edits that change something: the current text, and the one they began with."""
    wanted = {}
    for language, edit in edits.items():
        text = texts.get(language)
        if text is not None:
            said = (edit.title, edit.markdown)
            begun = Revision.objects.filter(translation=text, number=edit.base).first()
            same = [(one.title, _lines(one.markdown)) for one in (text, begun) if one is not None]
            if said in same:
                continue
        elif not edit.markdown.strip() and not edit.title:
            continue  # a translation that nobody has begun
        wanted[language] = edit
    return wanted


def _refuse_conflicts(
    texts: Mapping[Language, Translation], wanted: Mapping[Language, TextEdit]
) -> None:
    moved = {
        language: texts[language]
        for language, edit in wanted.items()
        if language in texts and texts[language].revision_number != edit.base
    }
    if moved:
        raise EditConflict(moved)


def _lines(markdown: str) -> str:
    return markdown.replace("\r\n", "\n").replace("\r", "\n")


def _draft(text: Translation) -> TranslationDraft:
    return TranslationDraft(markdown=text.markdown, title=text.title)


def _carried(
    drafts: dict[Language, TranslationDraft], source: Language
) -> dict[Language, TranslationDraft]:
    target = OTHER[source]
    if target not in drafts or source not in drafts:
        return drafts
    carried = carry_code(source=drafts[source].markdown, target=drafts[target].markdown)
    if carried is None:
        raise AuthoringError(
            "the two texts have not the same blocks of code in the same order, so code cannot be "
            "carried over; add or remove blocks in the other text first"
        )
    return {**drafts, target: dataclasses.replace(drafts[target], markdown=carried)}


def _check(post: Post, drafts: Mapping[Language, TranslationDraft]) -> None:
    for language, draft in drafts.items():
        if not draft.markdown.strip():
            raise AuthoringError(f"the text in {TO_PATH[language]} is empty; write it")
        if post.position == 0 and not draft.title:
            raise AuthoringError(f"the title in {TO_PATH[language]} is missing; write one")
