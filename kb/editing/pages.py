"""The editor's page: two columns, each with what its writer should know."""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from kb.editing.insight import Insight, look_at
from kb.editing.merging import merge
from kb.editing.reviewing import may_review, writers_of
from kb.editing.saving import EditConflict
from kb.languages import BY_PATH, TO_PATH, html_lang
from kb.models import EditorDraft, Language, Post, Revision, SentBack, Translation
from kb.reading.changes import Line, compare
from kb.storing.steps import OTHER, revisions_behind


@dataclasses.dataclass(frozen=True, kw_only=True)
class Behind:
    """The other text went on by `revisions`; `lines` is what changed in it."""

    revisions: int
    path: str  # of the other text
    lang: str
    since: int
    lines: Sequence[Line]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Review:
    """Revisions of the text that nobody has reviewed yet."""

    translation: int
    until: int
    writers: Sequence[str]
    lines: Sequence[Line]  # since the last reviewed revision; none where all of it is new
    is_mine: bool  # the user may review it
    sent_back: SentBack | None  # what its translators are to mend first


@dataclasses.dataclass(frozen=True, kw_only=True)
class Clash:
    """Somebody saved a revision while the user was writing from an earlier one."""

    path: str
    lang: str
    base: int
    number: int
    by: str
    comment: str
    at: datetime.datetime | None
    theirs: Sequence[Line]
    mine: Sequence[Line]
    can_merge: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class Column:
    path: str
    lang: str  # for the HTML attribute
    title: forms.BoundField | None
    markdown: forms.BoundField
    base: forms.BoundField
    text: Translation | None
    behind: Behind | None
    review: Review | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class EditorPage:
    post: Post | None  # None: a new one
    role: str
    position: int
    place: str  # of its draft
    form: forms.Form
    columns: Sequence[Column]
    insight: Insight
    others: Sequence[str] = ()  # who edits it too
    draft: EditorDraft | None = None  # kept earlier, and not shown
    clashes: Sequence[Clash] = ()


def view_editor(
    *,
    form: forms.Form,
    place: str,
    user: Any,
    post: Post | None = None,
    role: str = Post.Role.ANSWER,
    position: int = 1,
    **shown: Any,
) -> EditorPage:
    """Return the page for a form as it stands, sent or not."""
    role, position = (post.role, post.position) if post else (role, position)
    texts = {text.language: text for text in post.translations.all()} if post else {}
    typed = {language: _value(form, f"markdown_{path}") for path, language in BY_PATH.items()}
    return EditorPage(
        post=post,
        role=role,
        position=position,
        place=place,
        form=form,
        columns=[_column(form, texts, language, user) for language in BY_PATH.values()],
        insight=look_at(typed, position=position, role=role),
        **shown,
    )


def view_clashes(error: EditConflict, form: forms.Form) -> list[Clash]:
    """Return for each text that was changed meanwhile what they and what the user did."""
    found = []
    for language, text in error.texts.items():
        path = TO_PATH[language]
        base = int(_value(form, f"base_{path}") or 0)
        begun, last = _revision(text, base), _revision(text, text.revision_number)
        before = begun.markdown if begun else ""
        mine = _value(form, f"markdown_{path}")
        found.append(
            Clash(
                path=path,
                lang=html_lang(language),
                base=base,
                number=text.revision_number,
                by=last.created_by.get_username() if last and last.created_by else "",
                comment=last.comment if last else "",
                at=last.created_at if last else None,
                theirs=list(compare(before, text.markdown)),
                mine=list(compare(before, mine)),
                can_merge=merge(base=before, mine=mine, theirs=text.markdown) is not None,
            )
        )
    return found


def merged_text(*, text: Translation, base: int, mine: str) -> str | None:
    """Return `mine`, made from revision `base`, with what was saved since; None: they collide."""
    begun = _revision(text, base)
    return merge(base=begun.markdown if begun else "", mine=mine, theirs=text.markdown)


def _column(
    form: forms.Form, texts: Mapping[str, Translation], language: Language, user: Any
) -> Column:
    path = TO_PATH[language]
    text = texts.get(language)
    return Column(
        path=path,
        lang=html_lang(language),
        title=form[f"title_{path}"] if f"title_{path}" in form.fields else None,
        markdown=form[f"markdown_{path}"],
        base=form[f"base_{path}"],
        text=text,
        behind=_behind(texts, language),
        review=_review(text, user) if text and text.review_since else None,
    )


def _behind(texts: Mapping[str, Translation], language: Language) -> Behind | None:
    if not (count := revisions_behind(texts, language)):
        return None
    since, other = texts[language].in_step_with, texts[OTHER[language]]
    before = _revision(other, since)
    return Behind(
        revisions=count,
        path=TO_PATH[OTHER[language]],
        lang=html_lang(OTHER[language]),
        since=since,
        lines=list(compare(before.markdown if before else "", other.markdown)),
    )


def _review(text: Translation, user: Any) -> Review:
    assert text.review_since is not None
    before = _revision(text, text.review_since - 1)
    return Review(
        translation=text.pk,
        until=text.revision_number,
        writers=writers_of(text),
        lines=list(compare(before.markdown, text.markdown)) if before else (),
        is_mine=may_review(text=text, user=user),
        sent_back=SentBack.objects.select_related("user").filter(translation=text).first(),
    )


def _revision(text: Translation, number: int) -> Revision | None:
    found = Revision.objects.filter(translation=text, number=number)
    return found.select_related("created_by").first()


def _value(form: forms.Form, name: str) -> str:
    value = str(form[name].value() or "")
    return value.replace("\r\n", "\n")
