"""What an author sees beside the text: its preview, what differs between the languages, terms."""

import dataclasses
import html
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from kb.editing.marking import mark_terms
from kb.editing.outline import Outline, outline_of
from kb.editing.parity import Check, compare_outlines
from kb.editing.terms import Term, compare_terms
from kb.editing.wording import explain
from kb.errors import AuthoringError
from kb.languages import TO_PATH, html_lang
from kb.markdown.highlighting import highlight_block
from kb.markdown.rendering import PLACEHOLDER, Rendered, SnippetDraft
from kb.models import Language
from kb.storing.posts import PostError, check_same_snippets, render_text
from kb.storing.steps import OTHER


@dataclasses.dataclass(frozen=True, kw_only=True)
class Look:
    """One text as its page will show it, or why it cannot be shown."""

    path: str
    lang: str  # for the HTML attribute
    other_lang: str
    html: str = ""
    problem: str = ""
    doubts: Sequence[Term] = ()  # terms that the other text lacks or calls something else
    terms: Sequence[Term] = ()  # the others


@dataclasses.dataclass(frozen=True, kw_only=True)
class Insight:
    looks: Sequence[Look]
    checks: Sequence[Check] = ()  # only where both texts can be read
    mismatch: str = ""  # why both cannot be published together


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Read:
    rendered: Rendered
    outline: Outline


def look_at(texts: Mapping[Language, str], *, position: int, role: str) -> Insight:
    """Return what there is to say of a post's texts as they stand in the editor."""
    read: dict[Language, _Read] = {}
    errors: dict[Language, AuthoringError] = {}
    for language, markdown in texts.items():
        if not markdown.strip():
            continue
        try:
            rendered = render_text(markdown, position=position, role=role, language=language)
            read[language] = _Read(rendered=rendered, outline=outline_of(markdown, rendered))
        except AuthoringError as error:
            errors[language] = error
    is_pair = len(read) == len(OTHER)
    return Insight(
        looks=[_look(language, read, errors.get(language)) for language in texts],
        checks=compare_outlines(*(read[one].outline for one in texts)) if is_pair else (),
        mismatch=_mismatch(position, read) if is_pair else "",
    )


def _look(language: Language, read: Mapping[Language, _Read], error: AuthoringError | None) -> Look:
    ours, theirs = read.get(language), read.get(OTHER[language])
    terms: list[Term] = []
    if ours:
        there = theirs.outline.prose if theirs else ""
        terms = compare_terms(ours.outline.prose, there, language=language)
    doubts: list[Term] = [term for term in terms if theirs and not term.is_approved]
    return Look(
        path=TO_PATH[language],
        lang=html_lang(language),
        other_lang=html_lang(OTHER[language]),
        html=_html(ours.rendered, language, doubts) if ours else "",
        problem=explain(error) if error else "",
        doubts=doubts,
        terms=[term for term in terms if term not in doubts],
    )


def _html(rendered: Rendered, language: Language, doubts: Sequence[Term]) -> str:
    """Return the text with its terms marked, and its snippets as plain code: they are stored
    when it is saved.
    """
    said = {term.approved: term.used or _("not used there") for term in doubts}
    parts = []
    for block in rendered.blocks:
        if block["kind"] == "snippet":
            parts.append(_snippet(rendered.snippets[block["snippet"]]))
        else:
            marked = mark_terms(block["html"], language=language, doubts=said)
            parts.append(
                PLACEHOLDER.sub(lambda match: _snippet(rendered.snippets[int(match[1])]), marked)
            )
    return "\n".join(parts)


def _snippet(draft: SnippetDraft) -> str:
    setup = f'<div class="is-setup">{_code(draft.setup)}</div>' if draft.setup else ""
    claim = (
        f'<pre class="claim" tabindex="0">{html.escape(draft.claim)}</pre>' if draft.claim else ""
    )
    return f'<div class="draft-snippet">{setup}{_code(draft.code)}{claim}</div>'


def _code(code: str) -> str:
    return highlight_block(code, "python")


def _mismatch(position: int, read: Mapping[Language, _Read]) -> str:
    try:
        check_same_snippets(position, {key: one.rendered.snippets for key, one in read.items()})
    except PostError as error:
        return explain(error)
    return ""
