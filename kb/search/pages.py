"""The page of results: rows, chips, facets, and help where nothing was found."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import InvalidPage, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from rapidfuzz import fuzz, process

from kb.languages import BY_PATH as LANGUAGE_OF
from kb.languages import OTHER, html_lang
from kb.models import Article, Tag
from kb.reading.choices import Link
from kb.reading.listing import Row, first_articles
from kb.search.asking import Asked
from kb.search.engines.base import EngineError, Facets, Sort
from kb.search.hits import Hit
from kb.search.queries import FilterKind, Query, Remark, Trouble, parse_query
from kb.search.searching import HITS_PER_PAGE, NoSuchPage, Results, search
from kb.search.tracebacks import is_traceback
from sandbox import runtime as runtimes

FACET_LINKS = 12
NEAREST_TAGS = 6
NEAR_ENOUGH = 60  # of 100

SORT_LABELS = {
    Sort.RELEVANCE: gettext_lazy("Relevance"),
    Sort.NEWEST: gettext_lazy("Newest"),
    Sort.VOTES: gettext_lazy("Votes"),
    Sort.VERIFIED: gettext_lazy("Recently verified"),
}
VERIFIED_LABELS = {
    "yes": pgettext_lazy("search", "all code works"),
    "no": pgettext_lazy("search", "not all code is known to work"),
    "failed": pgettext_lazy("search", "some code fails"),
    "stale": pgettext_lazy("search", "to be checked again"),
}
FACET_TITLES = {
    "tag": gettext_lazy("Tags"),
    "lang": gettext_lazy("Language"),
    "runs-on": gettext_lazy("Runs on"),
    "verified": gettext_lazy("Outcome"),
}
LANGUAGE_LABELS = {"zh": "中文", "en": "English"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class HitRow:
    hit: Hit
    row: Row
    prose_lang: str  # for the HTML attribute
    title_lang: str
    anchor: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class FacetGroup:
    title: Any
    links: Sequence[Link]


@dataclasses.dataclass(frozen=True, kw_only=True)
class SearchPage:
    """What `kb/search.html` shows; without an index, rows found by title and tag alone."""

    query: str
    has_index: bool
    rows: Sequence[HitRow] = ()
    plain_rows: Sequence[Row] = ()
    total: int = 0
    is_estimate: bool = False
    is_traceback: bool = False
    number: int = 1
    page_count: int = 1
    previous: str = ""
    next: str = ""
    sort: str = Sort.RELEVANCE.value
    sorts: Sequence[Link] = ()
    chips: Sequence[Link] = ()
    facets: Sequence[FacetGroup] = ()
    notes: Sequence[str] = ()
    did_you_mean: Link | None = None
    shown_instead: Link | None = None  # what was typed, to search for that after all
    instead: str = ""
    ways_out: Sequence[Link] = ()
    near_tags: Sequence[Tag] = ()


def view_search(asked: Asked, *, lang: str) -> SearchPage:
    """Return the page; raises NoSuchPage past its end."""
    if not asked.text:
        return SearchPage(query="", has_index=True)
    try:
        results = search(
            text=asked.text,
            lang=lang,
            page=asked.page,
            sort=asked.sort,
            is_exact=asked.is_exact,
        )
    except EngineError:
        return _without_index(asked, lang=lang)
    return _page(asked, results, lang=lang)


def _page(asked: Asked, results: Results, *, lang: str) -> SearchPage:
    # Filters narrow what is shown, also where that is not what was typed.
    query = parse_query(results.shown_instead) if results.shown_instead else results.query
    text = results.shown_instead or asked.text
    better = results.did_you_mean
    return SearchPage(
        query=asked.text,
        has_index=True,
        rows=_rows(results.hits, lang=lang),
        total=results.total,
        is_estimate=results.is_estimate,
        is_traceback=is_traceback(asked.text),
        number=results.page,
        page_count=results.page_count,
        previous=_to_page(asked, results.page - 1) if results.page > 1 else "",
        next=_to_page(asked, results.page + 1) if results.page < results.page_count else "",
        sort=results.sort.value,
        sorts=[
            Link(
                label=label,
                address=asked.address(sort="" if sort is Sort.RELEVANCE else sort.value),
                is_chosen=sort is asked.sort,
            )
            for sort, label in SORT_LABELS.items()
        ],
        chips=[
            Link(label=one.label, address=asked.address(query.without(one)))
            for one in query.filters
        ],
        facets=_facets(asked, text, query, results.facets, lang=lang),
        notes=[note for remark in results.remarks if (note := _note(remark))],
        did_you_mean=Link(label=better, address=asked.address(better)) if better else None,
        shown_instead=(
            Link(label=asked.text, address=asked.address(is_exact=True))
            if results.shown_instead
            else None
        ),
        instead=results.shown_instead or "",
        ways_out=[] if results.hits else _ways_out(asked, query, lang=lang),
        near_tags=[] if results.hits else near_tags(query),
    )


def _to_page(asked: Asked, number: int) -> str:
    return asked.address(page="" if number == 1 else str(number))


def _rows(hits: Sequence[Hit], *, lang: str) -> list[HitRow]:
    articles = Article.objects.filter(pk__in=[hit.article for hit in hits])
    rows = {row.article.pk: row for row in first_articles(articles, lang=lang, count=len(hits))}
    return [
        HitRow(
            hit=hit,
            row=rows[hit.article],
            prose_lang=html_lang(LANGUAGE_OF[hit.lang]),
            title_lang=html_lang(LANGUAGE_OF[hit.title_lang]),
            anchor=f"#answer-{hit.position}" if hit.position else "",
        )
        for hit in hits
        # Deleted a moment ago: the index does not know yet.
        if hit.article in rows
    ]


def _facets(
    asked: Asked, text: str, query: Query, facets: Facets, *, lang: str
) -> list[FacetGroup]:
    chosen = {(one.kind.value, one.value.lower()) for one in query.filters}
    names = _tag_names(lang) if facets.counts.get("tag") else {}
    groups = []
    for facet, title in FACET_TITLES.items():
        counts = facets.counts.get(facet, ())
        links = [
            Link(
                label=_facet_label(facet, value, names),
                address=asked.address(f"{text} {_filter_text(facet, value)}"),
                count=count,
            )
            for value, count in counts[:FACET_LINKS]
            if (facet, value.lower()) not in chosen
        ]
        # What all results have narrows nothing.
        if len(links) > 1 or (links and facet in {"tag", "verified", "runs-on"}):
            groups.append(FacetGroup(title=title, links=links))
    return groups


def _filter_text(facet: str, value: str) -> str:
    return f"[{value}]" if facet == FilterKind.TAG else f"{facet}:{value}"


def _tag_names(lang: str) -> dict[str, str]:
    return dict(Tag.objects.values_list("slug", "name_zh" if lang == "zh" else "name_en"))


def _facet_label(facet: str, value: str, tags: Mapping[str, str]) -> Any:
    if facet == "tag":
        return tags.get(value, value)
    if facet == "runs-on":
        known = runtimes.load_all()
        return known[value].label if value in known else value
    return LANGUAGE_LABELS.get(value) or VERIFIED_LABELS.get(value, value)


def _note(remark: Remark) -> str:
    values = {"text": remark.text}
    match remark.trouble:
        case Trouble.UNKNOWN_FILTER:
            return _("“%(text)s” is not a filter; its words were searched for.") % values
        case Trouble.WRONG_VALUE:
            return _("“%(text)s” was left out: the filter does not take this value.") % values
        case Trouble.UNKNOWN_TAG:
            return _("There is no tag “%(text)s”.") % values
        case Trouble.TOO_LONG:
            return _("The query was too long; its beginning was searched for.")
        case Trouble.TOO_MANY:
            return _("The query had too many words; the first ones were searched for.")


def _ways_out(asked: Asked, query: Query, *, lang: str) -> list[Link]:
    """Return addresses of searches that may find something."""
    links = [
        Link(
            label=_("Without %(filter)s") % {"filter": one.label},
            address=asked.address(query.without(one)),
        )
        for one in query.filters
    ]
    if len(query.filters) > 1 and query.terms:
        words = " ".join(query.text[term.start : term.end] for term in query.terms)
        links.append(Link(label=_("Without any filter"), address=asked.address(words)))
    languages = {one.value for one in query.filters if one.kind is FilterKind.LANG}
    if languages == {lang}:
        text = " ".join(
            [query.without(one) for one in query.filters if one.kind is FilterKind.LANG][:1]
        )
        other = OTHER[lang]
        links.append(
            Link(
                label=_("In %(language)s") % {"language": LANGUAGE_LABELS[other]},
                address=asked.address(f"{text} lang:{other}"),
            )
        )
    return links


def near_tags(query: Query) -> list[Tag]:
    """Return the tags whose names are most like what was typed."""
    words = [term.text for term in query.terms]
    words += [one.value for one in query.filters if one.kind is FilterKind.TAG]
    tags = list(Tag.objects.popular().prefetch_related("synonyms"))
    names = {
        name: tag
        for tag in tags
        for name in (tag.slug, tag.name_zh, tag.name_en, *(s.name for s in tag.synonyms.all()))
    }
    found: dict[Tag, float] = {}
    for word in words[:5]:
        for name, score, _key in _near(word, list(names)):
            found[names[name]] = max(score, found.get(names[name], 0.0))
    return sorted(found, key=lambda tag: (-found[tag], tag.slug))[:NEAREST_TAGS]


def _near(word: str, names: Sequence[str]) -> list[tuple[str, float, int]]:
    return process.extract(
        word, names, scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH, limit=NEAREST_TAGS
    )


def _without_index(asked: Asked, *, lang: str) -> SearchPage:
    """Search titles and tags in the database, as well as that goes."""
    articles = Article.objects.matching(asked.text[:200])
    paginator = Paginator(articles, HITS_PER_PAGE)
    try:
        page = paginator.page(asked.page)
    except InvalidPage as error:
        raise NoSuchPage(asked.page) from error
    start = (asked.page - 1) * HITS_PER_PAGE
    rows = first_articles(articles[start : start + HITS_PER_PAGE], lang=lang, count=HITS_PER_PAGE)
    return SearchPage(
        query=asked.text,
        has_index=False,
        plain_rows=rows,
        total=paginator.count,
        number=asked.page,
        page_count=paginator.num_pages,
        previous=_to_page(asked, asked.page - 1) if page.has_previous() else "",
        next=_to_page(asked, asked.page + 1) if page.has_next() else "",
    )
