"""A search from the typed text to a page of hits."""

import dataclasses
import functools
import time
from collections.abc import Callable, Sequence

from django.db.models import Q

from kb.models import Tag
from kb.search import indexes
from kb.search.engines.base import Facets, Plan, Reader, Sort
from kb.search.hits import Hit, show_hits
from kb.search.meaning import Near, near_query, with_facets_of
from kb.search.plans import loosen, plan_query
from kb.search.queries import FilterKind, Query, Remark, Trouble, parse_query
from kb.search.reranking import MOST_CANDIDATES, Ranked, rank
from kb.search.spelling import correct, name_filters
from kb.search.tracebacks import is_traceback, read_traceback
from kb.search.words import is_chinese
from kb.tagging import find_tag

HITS_PER_PAGE = 20
GOOD_COVERAGE = 0.8
"""With so much of the query in one hit, its spelling is not touched."""
BETTER_COVERAGE = 0.25


class NoSuchPage(Exception):
    """The results have fewer pages."""


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
class _Attempt:
    """What a query was taken for, and what that finds."""

    plan: Plan
    near: Near
    ranked: Ranked
    did_you_mean: str | None = None
    shown_instead: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Attempts:
    """Ways to take what was typed."""

    reader: Reader
    text: str
    wanted: int  # articles
    sort: Sort
    resolve: Callable[[str], str | None]

    def best(self, query: Query, *, is_exact: bool) -> _Attempt:
        """Return the query's own attempt, unless a corrected spelling finds much more."""
        best = self._take(query)
        if query.terms and not is_traceback(self.text) and (better := correct(query, self.reader)):
            best = dataclasses.replace(best, did_you_mean=better)
            query = parse_query(better)
            if not is_exact and best.ranked.covered < GOOD_COVERAGE:
                corrected = self._take(query)
                if corrected.ranked.covered >= best.ranked.covered + BETTER_COVERAGE:
                    best = dataclasses.replace(corrected, shown_instead=better)
        if named := name_filters(query, resolve_tag=self.resolve):
            best = dataclasses.replace(best, did_you_mean=named)
        if len(best.ranked.groups) == len(best.ranked.by_meaning):
            plan = loosen(best.plan)
            best = dataclasses.replace(best, plan=plan, ranked=self._rank(plan, best.near))
        return best

    def _take(self, query: Query) -> _Attempt:
        plan = plan_query(query, resolve_tag=self.resolve)
        near: Near = dict
        if not is_traceback(self.text):
            near = functools.cache(functools.partial(near_query, query, plan, sort=self.sort))
        return _Attempt(plan=plan, near=near, ranked=self._rank(plan, near))

    def _rank(self, plan: Plan, near: Near) -> Ranked:
        lang = "zh" if is_chinese(self.text) else "en"
        return rank(self.reader, plan, near, lang=lang, wanted=self.wanted, sort=self.sort)


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
    wanted = page * HITS_PER_PAGE
    attempts = _Attempts(reader=reader, text=text, wanted=wanted, sort=sort, resolve=resolve)
    best = attempts.best(query, is_exact=is_exact)
    groups, found = best.ranked.groups, best.ranked.found
    some = groups[wanted - HITS_PER_PAGE : wanted]
    if page > 1 and not some:
        raise NoSuchPage(page)
    hits = show_hits(reader, some, best.plan, lang=lang)
    facets = with_facets_of(reader, best.ranked.facets(), best.plan, best.ranked.by_meaning)
    is_whole = found.total <= len(found.candidates)
    total = len(groups) if is_whole else max(facets.articles, len(groups))
    return Results(
        query=query,
        hits=hits,
        total=total,
        is_estimate=not is_whole,
        page=page,
        page_count=max(-(-min(total, MOST_CANDIDATES) // HITS_PER_PAGE), 1),
        sort=sort,
        facets=facets,
        remarks=remarks,
        did_you_mean=best.did_you_mean,
        shown_instead=best.shown_instead,
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
