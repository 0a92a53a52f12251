"""A search from the typed text to a page of hits."""

import dataclasses
import functools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db.models import Q

from kb.models import Tag
from kb.search import indexes, ranking
from kb.search.engines.base import Candidate, Concept, Facets, Found, Plan, Reader, Sort
from kb.search.meaning import candidates_near, near_query, with_facets_of
from kb.search.passages import Matcher, Passage, best_passage, highlight, telling_lines
from kb.search.plans import loosen, plan_query
from kb.search.queries import FilterKind, Query, Remark, Trouble, parse_query
from kb.search.spelling import correct
from kb.search.tracebacks import is_traceback, read_traceback
from kb.search.words import STOP_TOKENS, is_chinese
from kb.tagging import find_tag

HITS_PER_PAGE = 20
MOST_CANDIDATES = 3_200
GOOD_COVERAGE = 0.8
"""With so much of the query in one hit, its spelling is not touched."""
BETTER_COVERAGE = 0.25


class NoSuchPage(Exception):
    """The results have fewer pages."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Hit:
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


@dataclasses.dataclass(frozen=True, kw_only=True)
class Results:
    query: Query
    hits: Sequence[Hit]
    total: int  # articles
    is_estimate: bool
    page: int
    page_count: int
    sort: Sort
    facets: Facets
    remarks: Sequence[Remark]
    did_you_mean: str | None = None
    shown_instead: str | None = None  # of what the hits are, where the query itself had none
    milliseconds: float = 0.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Ranked:
    groups: list[tuple[Candidate, float]]  # the best post of each article, best first
    covered: float  # the largest part of the query that one of them has
    found: Found  # by words
    by_meaning: Sequence[int] = ()  # the articles that were not


def search(
    *,
    text: str,
    lang: str,
    page: int = 1,
    sort: Sort = Sort.RELEVANCE,
    is_exact: bool = False,
) -> Results:
    """Return a page of hits; raises EngineError without a usable index, NoSuchPage past the end.

    `is_exact`: what was typed is meant, so no corrected spelling is shown instead.
    """
    started = time.perf_counter()
    reader = indexes.current_reader()
    resolve = functools.cache(resolve_tag)
    query, remarks = read_query(text, resolve=resolve)
    plan = plan_query(query, resolve_tag=resolve)
    is_pasted = is_traceback(text)
    rank = functools.partial(
        _rank,
        reader,
        lang="zh" if is_chinese(text) else "en",
        wanted=page * HITS_PER_PAGE,
        sort=sort,
    )
    near = {} if is_pasted else near_query(query, plan, sort=sort)
    ranked = rank(plan, near)
    better = correct(query, reader) if query.terms and not is_pasted else None
    shown_instead = None
    if better and not is_exact and ranked.covered < GOOD_COVERAGE:
        corrected = parse_query(better)
        instead = plan_query(corrected, resolve_tag=resolve)
        near_instead = near_query(corrected, instead, sort=sort)
        found = rank(instead, near_instead)
        if found.covered >= ranked.covered + BETTER_COVERAGE:
            plan, near, ranked, shown_instead, better = instead, near_instead, found, better, None
    if len(ranked.groups) == len(ranked.by_meaning):
        plan = loosen(plan)
        ranked = rank(plan, near)
    facets = Facets(counts={}, articles=0)
    if ranked.groups:
        facets = reader.facets(plan, at_most=ranked.found.total)
        facets = with_facets_of(reader, facets, plan, ranked.by_meaning)
    is_whole = ranked.found.total <= len(ranked.found.candidates)
    total = len(ranked.groups) if is_whole else max(facets.articles, len(ranked.groups))
    page_count = max(-(-min(total, MOST_CANDIDATES) // HITS_PER_PAGE), 1)
    some = ranked.groups[(page - 1) * HITS_PER_PAGE : page * HITS_PER_PAGE]
    if page > 1 and not some:
        raise NoSuchPage(page)
    return Results(
        query=query,
        hits=show_hits(reader, some, plan, lang=lang),
        total=total,
        is_estimate=not is_whole,
        page=page,
        page_count=page_count,
        sort=sort,
        facets=facets,
        remarks=remarks,
        did_you_mean=better,
        shown_instead=shown_instead,
        milliseconds=round((time.perf_counter() - started) * 1000, 2),
    )


def read_query(text: str, *, resolve: Callable[[str], str | None]) -> tuple[Query, list[Remark]]:
    """Return the query, a traceback reduced to its error, and what was not taken as typed."""
    if is_traceback(text):
        query = dataclasses.replace(parse_query(read_traceback(text)), text=text[:4000])
        return _as_words(query), []
    query = parse_query(text)
    remarks = list(query.remarks)
    remarks += [
        Remark(trouble=Trouble.UNKNOWN_TAG, text=one.value, start=one.start, end=one.end)
        for one in query.filters
        if one.kind is FilterKind.TAG and resolve(one.value) is None
    ]
    return query, remarks


def _as_words(query: Query) -> Query:
    return dataclasses.replace(
        query,
        terms=tuple(
            dataclasses.replace(t, is_excluded=False, is_phrase=False) for t in query.terms
        ),
        filters=(),
        remarks=(),
    )


def resolve_tag(name: str) -> str | None:
    """Return the slug of the tag that goes by this slug, synonym or name."""
    if Tag.objects.filter(slug=name.lower()).exists():
        return name.lower()
    tag = find_tag(name)
    if tag is None:
        tag = Tag.objects.filter(Q(name_zh__iexact=name) | Q(name_en__iexact=name)).first()
    return tag.slug if tag else None


def _rank(
    reader: Reader, plan: Plan, near: Mapping[int, float], *, lang: str, wanted: int, sort: Sort
) -> _Ranked:
    """Return at least `wanted` articles where there are so many."""
    if not plan.is_ranked and sort is Sort.RELEVANCE:
        sort = Sort.NEWEST
    limit = ranking.RERANKED
    while limit < wanted * 2:
        limit *= 2
    beside = candidates_near(reader, plan, near)
    is_exact = False
    while True:
        found = reader.search(plan, limit=limit, sort=sort, is_exact=is_exact)
        ranked = _group(reader, plan, found, beside, near, lang=lang, sort=sort)
        if len(ranked.groups) >= wanted or found.total <= limit or limit >= MOST_CANDIDATES:
            return ranked
        if is_exact or not found.is_loose:
            limit *= 2
        is_exact = True


def _group(
    reader: Reader,
    plan: Plan,
    found: Found,
    beside: Sequence[Candidate],
    near: Mapping[int, float],
    *,
    lang: str,
    sort: Sort,
) -> _Ranked:
    """Return the best post of each article that was found, or lies beside it by its meaning."""
    candidates = found.candidates
    scores: Mapping[int, float] = {}
    covered = 1.0 if candidates else 0.0
    by_meaning: list[int] = []
    if sort is Sort.RELEVANCE:
        concepts = [*plan.concepts, *plan.required]
        rarities = [_rarity(reader, concept) for concept in concepts]
        posts = dict.fromkeys(one.post for one in (*candidates, *beside))
        has = reader.coverage(list(posts), concepts)
        asked = (1 << len(plan.concepts)) - 1
        if found.is_loose:
            candidates = [one for one in candidates if has[one.post].text & asked]
        if beside:
            known = {one.article for one in candidates}
            others = [one for one in beside if one.article not in known]
            by_meaning = [one.article for one in others if not has[one.post].text & asked]
            candidates = [*candidates, *others]
        patterns = {one.text: one for one in has.values()}
        covered = max((ranking.covered(one, rarities) for one in patterns.values()), default=0.0)
        scores = ranking.score_all(
            candidates,
            has,
            rarities=rarities,
            lang=lang,
            title_key=plan.title_key,
            near=ranking.as_far_as_open(near, covered),
        )
    best: dict[int, tuple[Candidate, float]] = {}
    for one in candidates:
        score = scores.get(one.post, 0.0)
        if one.article not in best or score > best[one.article][1]:
            best[one.article] = (one, score)
    groups = list(best.values())
    if scores:
        groups.sort(key=lambda group: (-group[1], group[0].article))
    return _Ranked(groups=groups, covered=covered, found=found, by_meaning=by_meaning)


def _rarity(reader: Reader, concept: Concept) -> float:
    # A word is as rare as the commonest of what it may stand for, each as rare as its rarest token.
    frequencies = [min(reader.frequency(token) for token in one.tokens) for one in concept.whole]
    return ranking.rarity(max(frequencies, default=0), reader.size())


def show_hits(
    reader: Reader, groups: Sequence[tuple[Candidate, float]], plan: Plan, *, lang: str
) -> list[Hit]:
    matcher = Matcher(wanted_tokens(plan))
    shown = reader.shown([one.post for one, _ in groups])
    return [
        _hit(one, score, orjson.loads(shown[one.post]), matcher, lang)
        for one, score in groups
        if one.post in shown
    ]


def wanted_tokens(plan: Plan) -> frozenset[str]:
    concepts = [*plan.concepts, *plan.required, *plan.code]
    tokens = frozenset(t for c in concepts for one in c.whole for t in one.tokens)
    return tokens - STOP_TOKENS or tokens


def _hit(
    one: Candidate, score: float, values: Mapping[str, Any], matcher: Matcher, lang: str
) -> Hit:
    titles: Mapping[str, str] = values["titles"]
    title_lang = _choose(titles, lang)
    title = titles.get(title_lang, "?")
    texts: Mapping[str, str] = values["prose"]
    chosen = _choose(texts, lang)
    code: str = values["code"]
    in_title, in_prose, in_code = matcher.matches(title, texts.get(chosen, ""), code)
    if not in_prose:
        for other in texts:
            if other != chosen and (found := matcher.matches(texts[other])[0]):
                chosen, in_prose = other, found
    return Hit(
        article=one.article,
        post=one.post,
        position=values["position"],
        role=values["role"],
        is_accepted=values["accepted"],
        lang=chosen,
        is_other_language=chosen != lang,
        title=highlight(title, in_title),
        title_lang=title_lang,
        prose=best_passage(texts.get(chosen, ""), in_prose),
        code=telling_lines(code, in_code, in_prose),
        score=round(score, 4),
    )


def _choose(by_lang: Iterable[str], lang: str) -> str:
    languages = list(by_lang)
    return lang if lang in languages or not languages else languages[0]
