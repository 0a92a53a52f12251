"""What a page shows of each article that was found: texts with what matched in them."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from kb.search.analyzer import Token
from kb.search.engines.base import Candidate, Plan, Reader
from kb.search.passages import Matcher, Passage, best_passage, highlight, telling_lines
from kb.search.words import STOP_TOKENS


class Hit(NamedTuple):
    """An article, shown by the post that matches best."""

    article: int
    post: int
    position: int  # of the post; 0 is the question or the body
    role: str
    is_accepted: bool
    lang: str  # of what is shown, as in addresses
    is_other_language: bool  # the match is in a language that the reader did not choose
    title: Passage
    title_lang: str
    prose: Passage
    code: Passage
    score: float

    @property
    def title_text(self) -> str:
        return "".join(piece.text for piece in self.title)

    @property
    def snippet(self) -> str:
        return "".join(piece.text for piece in (self.prose or self.code))


@dataclasses.dataclass(kw_only=True, slots=True)
class _Shown:
    """The texts of a hit that are shown, and the wanted tokens in them."""

    values: Mapping[str, Any]
    title_lang: str
    title: str
    lang: str
    prose: str
    in_title: Sequence[Token] = ()
    in_prose: Sequence[Token] = ()
    in_code: Sequence[Token] = ()


def show_hits(
    reader: Reader, groups: Sequence[tuple[Candidate, float]], plan: Plan, *, lang: str
) -> list[Hit]:
    stored = reader.shown([one.post for one, _ in groups])
    groups = [group for group in groups if group[0].post in stored]
    hits = [_choose_texts(orjson.loads(stored[one.post]), lang) for one, _ in groups]
    _find_matches(Matcher(wanted_tokens(plan)), hits)
    return [_hit(one, score, hit, lang) for (one, score), hit in zip(groups, hits, strict=True)]


def wanted_tokens(plan: Plan) -> frozenset[str]:
    concepts = [*plan.concepts, *plan.required, *plan.code]
    tokens = frozenset(t for c in concepts for one in c.whole for t in one.tokens)
    return tokens - STOP_TOKENS or tokens


def _choose_texts(values: Mapping[str, Any], lang: str) -> _Shown:
    titles: Mapping[str, str] = values["titles"]
    texts: Mapping[str, str] = values["prose"]
    title_lang, chosen = _choose(titles, lang), _choose(texts, lang)
    return _Shown(
        values=values,
        title_lang=title_lang,
        title=titles.get(title_lang, "?"),
        lang=chosen,
        prose=texts.get(chosen, ""),
    )


def _choose(by_lang: Iterable[str], lang: str) -> str:
    languages = list(by_lang)
    return lang if lang in languages or not languages else languages[0]


def _find_matches(matcher: Matcher, hits: Sequence[_Shown]) -> None:
    """Find what is wanted in all hits at once, which takes half as long as one by one.

    The text is in another language where the match is there alone.
    """
    texts = [text for one in hits for text in (one.title, one.prose, one.values["code"])]
    found = iter(matcher.matches(*texts))
    for one in hits:
        one.in_title, one.in_prose, one.in_code = next(found), next(found), next(found)
    others = [
        (one, lang, text)
        for one in hits
        if not one.in_prose
        for lang, text in one.values["prose"].items()
        if lang != one.lang
    ]
    in_others = matcher.matches(*[text for _, _, text in others])
    for (one, lang, text), tokens in zip(others, in_others, strict=True):
        if tokens and not one.in_prose:
            one.lang, one.prose, one.in_prose = lang, text, tokens


def _hit(one: Candidate, score: float, shown: _Shown, lang: str) -> Hit:
    values = shown.values
    return Hit(
        article=one.article,
        post=one.post,
        position=values["position"],
        role=values["role"],
        is_accepted=values["accepted"],
        lang=shown.lang,
        is_other_language=shown.lang != lang,
        title=highlight(shown.title, shown.in_title),
        title_lang=shown.title_lang,
        prose=best_passage(shown.prose, shown.in_prose),
        code=telling_lines(values["code"], shown.in_code, shown.in_prose),
        score=round(score, 4),
    )
