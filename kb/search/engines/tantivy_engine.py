"""Tantivy, inside the process: the engine a site starts with."""

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import tantivy

from kb.search.engines.base import (
    FACETS,
    Candidate,
    Concept,
    Coverage,
    Document,
    EngineBusy,
    EngineError,
    Facets,
    Found,
    Plan,
    Sort,
)
from kb.search.engines.tantivy_queries import (
    SAMPLES,
    SCHEMA,
    SORT_FIELDS,
    any_of_posts,
    counting,
    field_of,
    has_groups,
    matching_query,
    probes_of,
    ranking_query,
    read_counts,
    sampled,
    samples_of,
)

NAME = "tantivy"
HEAP_BYTES = 64_000_000
FILLING_HEAP_BYTES = 200_000_000
"""As much as 100,000 posts take: an index in one piece answers a tenth faster than one in four."""
FACET_SIZE = 24
MOST_EXACT = 500
"""Of more posts, a facet's number of articles is estimated."""
MOST_COUNTED = 2_000
"""Of more posts, only a sample is looked at."""
LEAST_COUNTED = 250
"""Of fewer in the sample, a larger sample is taken."""
ALL = {"value_count": {"field": "post"}}
ARTICLES = {"cardinality": {"field": "article"}}
NUMBERS = ("post", "article", "score", "health", "title_zh", "title_en", "key_zh", "key_en")


@contextlib.contextmanager
def _faults(folder: Path) -> Iterator[None]:
    try:
        yield
    # The binding panics on some damaged files; a panic derives from BaseException alone.
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        if "LockBusy" in str(error):
            raise EngineBusy(f"{folder}: another process writes this index") from error
        raise EngineError(f"{folder}: {error}; run: manage.py reindex") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise EngineError(f"{folder}: {error}; run: manage.py reindex") from error


class TantivyReader:
    """Follows the commits of a writer in another process."""

    answers_threads = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._meta = folder / "meta.json"
        self._lock = threading.Lock()
        self._seen = self._stamp()
        with _faults(folder):
            self._index = tantivy.Index.open(str(folder))
            if self._index.schema != SCHEMA:
                raise ValueError("its fields are another version's")
            # This process looks for commits itself, when it searches.
            self._index.config_reader("manual", 1)
            self._index.reload()
            self._searcher = self._index.searcher()

    def search(
        self, plan: Plan, *, limit: int, sort: Sort = Sort.RELEVANCE, is_exact: bool = True
    ) -> Found:
        searcher = self._current()
        with _faults(self._folder):
            if sort is Sort.RELEVANCE:
                query = ranking_query(plan, is_exact=is_exact)
                result = searcher.search(query, limit)
            else:
                query = matching_query(plan)
                result = searcher.search(query, limit, order_by_field=SORT_FIELDS[sort])
            hits = result.hits  # made anew each time it is asked for
            addresses = [address for _, address in hits]
            columns: list[Any] = [searcher.fast_field_values(name, addresses) for name in NUMBERS]
        scores = [score if sort is Sort.RELEVANCE else 0.0 for score, _ in hits]
        return Found(
            is_loose=sort is Sort.RELEVANCE and not is_exact and has_groups(plan),
            total=cast(Any, result).count or 0,  # its stub forgets it
            candidates=list(map(Candidate, scores, *columns)),
        )

    def coverage(self, posts: Sequence[int], concepts: Sequence[Concept]) -> Mapping[int, Coverage]:
        if not posts:
            return {}
        scores: dict[int, tuple[int, ...]] = dict.fromkeys(posts, ())
        groups = list(probes_of(concepts))
        searcher = self._current()
        with _faults(self._folder):
            among = any_of_posts(posts)
            for probes in groups:
                hits = searcher.search(counting(among, probes), len(posts), count=False).hits
                ids = _posts(searcher, [address for _, address in hits])
                for (score, _), post in zip(hits, ids, strict=True):
                    scores[post] += (int(score),)
        # Many posts have the same words.
        read = {counts: read_counts(groups, counts) for counts in set(scores.values())}
        return {post: read[counts] for post, counts in scores.items()}

    def facets(self, plan: Plan, *, at_most: int) -> Facets:
        query = matching_query(plan)
        if at_most > MOST_EXACT:
            halvings = min((at_most // MOST_COUNTED).bit_length(), SAMPLES)
            counted = self._count(sampled(query, halvings))
            while halvings and counted["all"]["value"] < LEAST_COUNTED:
                halvings = max(halvings - 3, 0)
                counted = self._count(sampled(query, halvings))
            if halvings or counted["all"]["value"] > MOST_EXACT:
                return _estimated(counted, times=2**halvings)
        return _exact(self._count(query, aggs={"articles": ARTICLES}))

    def _count(self, query: tantivy.Query, **each: Any) -> Mapping[str, Any]:
        wanted = {
            name: {"terms": {"field": f"facet_{name}", "size": FACET_SIZE}, **each}
            for name in FACETS
        }
        with _faults(self._folder):
            return self._current().aggregate(query, {**wanted, "all": ALL, "articles": ARTICLES})

    def shown(self, posts: Sequence[int]) -> Mapping[int, str]:
        if not posts:
            return {}
        searcher = self._current()
        with _faults(self._folder):
            result = searcher.search(any_of_posts(posts), len(posts), count=False)
            addresses = [address for _, address in result.hits]
            ids = _posts(searcher, addresses)
            texts = [searcher.doc(address)["shown"][0] for address in addresses]
        return {post: bytes(text).decode() for post, text in zip(ids, texts, strict=True)}

    def frequency(self, token: str) -> int:
        with _faults(self._folder):
            return int(self._searcher.doc_freq("text", token))

    def words(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        with _faults(self._folder):
            return list(self._current().terms_with_prefix("words", prefix, limit=limit))

    def identifiers(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        with _faults(self._folder):
            return list(self._current().terms_with_prefix("identifiers", prefix, limit=limit))

    def size(self) -> int:
        return int(self._searcher.num_docs)

    def _stamp(self) -> tuple[int, int]:
        try:
            state = self._meta.stat()
        except OSError as error:
            raise EngineError(f"{self._folder}: no index there; run: manage.py reindex") from error
        return state.st_mtime_ns, state.st_ino

    def _current(self) -> tantivy.Searcher:
        try:
            stamp = self._stamp()
        except EngineError:
            # What is open can be read although its files are gone; the drainer will notice.
            return self._searcher
        if stamp != self._seen:
            with self._lock, _faults(self._folder):
                self._index.reload()
                self._searcher = self._index.searcher()
                self._seen = stamp
        return self._searcher


def _exact(counted: Mapping[str, Any]) -> Facets:
    return Facets(
        counts={
            name: _most_first(
                (bucket["key"], round(bucket["articles"]["value"]))
                for bucket in counted[name]["buckets"]
            )
            for name in FACETS
        },
        articles=round(counted["articles"]["value"]),
    )


def _estimated(counted: Mapping[str, Any], *, times: int) -> Facets:
    """Return the facets of so many times what was counted.

    Each post is taken for as many articles as all of them are on the average.
    """
    articles = counted["articles"]["value"] * times
    per_post = articles / counted["all"]["value"]
    return Facets(
        counts={
            name: _most_first(
                (bucket["key"], max(round(bucket["doc_count"] * per_post), 1))
                for bucket in counted[name]["buckets"]
            )
            for name in FACETS
        },
        articles=round(articles),
    )


def _most_first(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))


def _posts(searcher: tantivy.Searcher, addresses: list[Any]) -> list[int]:
    return cast(list[int], searcher.fast_field_values("post", addresses))


class TantivyWriter:
    """Holds the index's lock until it is closed."""

    def __init__(self, folder: Path, *, heap_bytes: int = HEAP_BYTES) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _faults(folder):
            index = tantivy.Index(SCHEMA, str(folder))
            self._writer = index.writer(heap_bytes, 1)

    def replace(self, articles: Iterable[int], documents: Iterable[Document]) -> None:
        with _faults(self._folder):
            for article in articles:
                self._writer.delete_documents_by_term("article", article)
            # One after the other at once: else each would wake the engine's own thread.
            for document in list(documents):
                self._writer.add_document(_tantivy_document(document))

    def commit(self) -> None:
        with _faults(self._folder):
            self._writer.commit()
            self._writer.garbage_collect_files()

    def close(self) -> None:
        with _faults(self._folder):
            self._writer.wait_merging_threads()


def _tantivy_document(document: Document) -> tantivy.Document:
    made = tantivy.Document()
    for name in (
        "post", "article", "score", "answers", "created", "updated", "verified_at", "health",
        "title_zh", "title_en", "key_zh", "key_en",
    ):  # fmt: skip
        made.add_integer(name, getattr(document, name))
    for name in ("title", "text", "code", "identifiers", "words"):
        if text := getattr(document, name):
            made.add_text(name, text)
    terms = list(samples_of(document.article))
    for term in document.terms:
        name, value = field_of(term)
        if name == "terms":
            terms.append(term)
        else:
            made.add_text(name, value)
    if terms:
        made.add_text("terms", " ".join(terms))
    made.add_bytes("shown", document.shown)
    return made
