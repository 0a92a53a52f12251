"""Tantivy, inside the process: the engine a site starts with."""

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import tantivy
from tantivy import Occur

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
    Query,
    anywhere,
    in_title,
    matching_query,
    ranking_query,
    sample_term,
    sampled,
)

NAME = "tantivy"
HEAP_BYTES = 64_000_000
FACET_SIZE = 24
MOST_COUNTED = 2_000
"""Of more posts, a facet's number of articles is estimated, from a sample of about so many."""
ARTICLES = {"cardinality": {"field": "article"}}
# Sums of powers of two are exact in the engine's 32-bit scores up to this many.
BITS = 22
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

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._meta = folder / "meta.json"
        self._lock = threading.Lock()
        self._seen = self._stamp()
        with _faults(folder):
            self._index = tantivy.Index.open(str(folder))
            # This process looks for commits itself, when it searches.
            self._index.config_reader("manual", 1)
            self._index.reload()
            self._searcher = self._index.searcher()

    def search(self, plan: Plan, *, limit: int, sort: Sort = Sort.RELEVANCE) -> Found:
        searcher = self._current()
        with _faults(self._folder):
            query = ranking_query(plan)
            if sort is Sort.RELEVANCE:
                result = searcher.search(query, limit)
            else:
                result = searcher.search(query, limit, order_by_field=SORT_FIELDS[sort])
            addresses = [address for _, address in result.hits]
            columns: list[Any] = [searcher.fast_field_values(name, addresses) for name in NUMBERS]
        scores = [score if sort is Sort.RELEVANCE else 0.0 for score, _ in result.hits]
        return Found(
            total=cast(Any, result).count or 0,  # its stub forgets it
            candidates=[
                Candidate(
                    post=post,
                    article=article,
                    score=score,
                    votes=votes,
                    health=health,
                    title_zh=title_zh,
                    title_en=title_en,
                    key_zh=key_zh,
                    key_en=key_en,
                )
                for score, post, article, votes, health, title_zh, title_en, key_zh, key_en in zip(
                    scores, *columns, strict=True
                )
            ],
        )

    def coverage(self, posts: Sequence[int], concepts: Sequence[Concept]) -> Mapping[int, Coverage]:
        probes: list[tuple[int, str, Query]] = []
        for place, concept in enumerate(concepts):
            probes.append((place, "text", anywhere(concept)))
            probes.append((place, "title", in_title(concept)))
            if concept.identifier:
                term = Query.term_query(SCHEMA, "identifiers", concept.identifier)
                probes.append((place, "identifier", term))
        found: dict[int, dict[str, int]] = {
            post: {"text": 0, "title": 0, "identifier": 0} for post in posts
        }
        if not posts:
            return {}
        searcher = self._current()
        with _faults(self._folder):
            among = Query.const_score_query(Query.term_set_query(SCHEMA, "post", list(posts)), 0.0)
            for start in range(0, len(probes), BITS):
                some = probes[start : start + BITS]
                bits = [
                    (Occur.Should, Query.const_score_query(query, float(1 << bit)))
                    for bit, (_, _, query) in enumerate(some)
                ]
                result = searcher.search(
                    Query.boolean_query([(Occur.Must, among), *bits]), len(posts), count=False
                )
                ids = _posts(searcher, [address for _, address in result.hits])
                for (score, _), post in zip(result.hits, ids, strict=True):
                    for bit, (place, name, _) in enumerate(some):
                        if int(score) >> bit & 1:
                            found[post][name] |= 1 << place
        return {post: Coverage(**values) for post, values in found.items()}

    def facets(self, plan: Plan, *, total: int) -> Facets:
        searcher = self._current()
        query = matching_query(plan)
        # Of very many posts a sample is counted; samples are of whole articles.
        parts = 1
        while parts < SAMPLES and total / parts > MOST_COUNTED:
            parts *= 2
        if parts > 1:
            query = sampled(query, SAMPLES // parts)
        wanted: dict[str, Any] = {
            name: {
                "terms": {"field": f"facet_{name}", "size": FACET_SIZE},
                "aggs": {"articles": ARTICLES},
            }
            for name in FACETS
        }
        with _faults(self._folder):
            result = searcher.aggregate(query, {**wanted, "articles": ARTICLES})

        def count(bucket: Mapping[str, Any]) -> int:
            return max(round(float(bucket["articles"]["value"]) * parts), 1)

        counts = {
            name: _most_first((bucket["key"], count(bucket)) for bucket in result[name]["buckets"])
            for name in FACETS
        }
        return Facets(counts=counts, articles=round(result["articles"]["value"] * parts))

    def shown(self, posts: Sequence[int]) -> Mapping[int, str]:
        if not posts:
            return {}
        searcher = self._current()
        with _faults(self._folder):
            query = Query.term_set_query(SCHEMA, "post", list(posts))
            addresses = [a for _, a in searcher.search(query, len(posts), count=False).hits]
            ids = _posts(searcher, addresses)
            texts = [searcher.doc(address)["shown"][0] for address in addresses]
        return {post: bytes(text).decode() for post, text in zip(ids, texts, strict=True)}

    def frequency(self, token: str) -> int:
        with _faults(self._folder):
            return int(self._current().doc_freq("text", token))

    def words(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        with _faults(self._folder):
            return list(self._current().terms_with_prefix("words", prefix, limit=limit))

    def identifiers(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        with _faults(self._folder):
            return list(self._current().terms_with_prefix("identifiers", prefix, limit=limit))

    def size(self) -> int:
        return int(self._current().num_docs)

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


def _most_first(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))


def _posts(searcher: tantivy.Searcher, addresses: list[Any]) -> list[int]:
    return cast(list[int], searcher.fast_field_values("post", addresses))


class TantivyWriter:
    """Holds the index's lock until it is closed."""

    def __init__(self, folder: Path, *, threads: int = 1, heap_bytes: int = HEAP_BYTES) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _faults(folder):
            index = tantivy.Index(SCHEMA, str(folder))
            self._writer = index.writer(heap_bytes, threads)

    def replace(self, articles: Iterable[int], documents: Iterable[Document]) -> None:
        with _faults(self._folder):
            for article in articles:
                self._writer.delete_documents_by_term("article", article)
            for document in documents:
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
        made.add_text(name, getattr(document, name))
    for term in document.terms:
        made.add_text("terms", term)
        facet, _, value = term.partition(":")
        if facet in FACETS:
            made.add_text(f"facet_{facet}", value)
    made.add_text("terms", sample_term(document.article))
    made.add_bytes("shown", document.shown.encode())
    return made
