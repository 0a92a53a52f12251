"""SQLite's FTS5, in a file of its own: the fallback without tantivy, and the tests' oracle."""

import contextlib
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kb.search.engines.base import (
    FACETS,
    TITLE_WEIGHT,
    Alternative,
    Bound,
    Candidate,
    Concept,
    Coverage,
    Document,
    EngineError,
    Facets,
    Found,
    Plan,
    Sort,
)

NAME = "fts5"
FILE_NAME = "fts5.sqlite3"
SORT_COLUMNS = {Sort.NEWEST: "updated", Sort.VOTES: "score", Sort.VERIFIED: "verified_at"}
COLUMNS = (
    "post", "article", "title", "text", "code", "identifiers", "words", "terms", "score",
    "answers", "created", "updated", "verified_at", "health", "title_zh", "title_en", "key_zh",
    "key_en", "shown",
)  # fmt: skip
HANDED_OVER = (
    "post", "article", "score", "health", "title_zh", "title_en", "key_zh", "key_en",
)  # fmt: skip
SEARCHED = ("title", "text", "code", "identifiers", "words", "terms")
# The index keeps no text of its own: it reads the table. Tokens come ready made, so that
# only blanks part them; everything else that a filter's term may hold is part of a token.
TABLES = f"""
CREATE TABLE IF NOT EXISTS docs (
  {", ".join("post INTEGER PRIMARY KEY" if name == "post" else name for name in COLUMNS)}
);
CREATE INDEX IF NOT EXISTS docs_article ON docs (article);
CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(
  {", ".join(SEARCHED)}, content='docs', content_rowid='post',
  tokenize="ascii tokenchars '_.:+-'"
);
CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab(search, col);
"""
PLACES = ", ".join(SEARCHED)
GIVEN = ", ".join(f":{name}" for name in SEARCHED)


@contextlib.contextmanager
def _faults(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise EngineError(f"{path}: {error}; run: manage.py reindex") from error


class Fts5Reader:
    answers_threads = False

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        if not self._path.exists():
            raise EngineError(f"{self._path}: no index there; run: manage.py reindex")
        with _faults(self._path):
            self._db = sqlite3.connect(
                f"file:{self._path}?mode=ro", uri=True, check_same_thread=False
            )
            self._lock = threading.Lock()

    def search(
        self, plan: Plan, *, limit: int, sort: Sort = Sort.RELEVANCE, is_exact: bool = True
    ) -> Found:
        match, values = _match(plan)
        where, more = _where(plan)
        order = SORT_COLUMNS.get(sort)
        if match:
            rank = f"-bm25(search, {TITLE_WEIGHT}, 1.0, 0.0, 0.0, 0.0, 0.0)"
            source = "search JOIN docs ON docs.post = search.rowid"
            where = ["search MATCH :match", *where]
        else:
            rank, source = "0.0", "docs"
        condition = f"WHERE {' AND '.join(where)}" if where else ""
        columns = ", ".join(f"docs.{name}" for name in HANDED_OVER)
        values = {**values, **more, "limit": limit}
        total = self._rows(f"SELECT count(*) FROM {source} {condition}", values)[0][0]
        rows = self._rows(
            f"SELECT {columns}, {rank} AS rank_ FROM {source} {condition} "
            f"ORDER BY {f'docs.{order}' if order else 'rank_'} DESC, docs.post LIMIT :limit",
            values,
        )
        return Found(
            total=total,
            candidates=[
                Candidate(
                    post=row[0],
                    article=row[1],
                    votes=row[2],
                    health=row[3],
                    title_zh=row[4],
                    title_en=row[5],
                    key_zh=row[6],
                    key_en=row[7],
                    score=0.0 if order else row[8],
                )
                for row in rows
            ],
        )

    def coverage(self, posts: Sequence[int], concepts: Sequence[Concept]) -> Mapping[int, Coverage]:
        found = {post: {"text": 0, "title": 0, "identifier": 0} for post in posts}
        for place, concept in enumerate(concepts):
            probes = {"text": _any("text", concept), "title": _any("title", concept)}
            if concept.identifier:
                probes["identifier"] = f"identifiers : {_quoted(concept.identifier)}"
            for name, match in probes.items():
                for post in self._among(posts, match):
                    found[post][name] |= 1 << place
        return {post: Coverage(**values) for post, values in found.items()}

    def facets(self, plan: Plan, *, at_most: int) -> Facets:
        match, values = _match(plan)
        where, more = _where(plan)
        source = "search JOIN docs ON docs.post = search.rowid" if match else "docs"
        where = ["search MATCH :match", *where] if match else where
        condition = f"WHERE {' AND '.join(where)}" if where else ""
        found: dict[str, dict[str, set[int]]] = {name: defaultdict(set) for name in FACETS}
        articles: set[int] = set()
        for terms, article in self._rows(
            f"SELECT docs.terms, docs.article FROM {source} {condition}", {**values, **more}
        ):
            articles.add(article)
            for term in terms.split():
                name, _, value = term.partition(":")
                if name in found:
                    found[name][value].add(article)
        ordered = {
            name: sorted(
                ((value, len(some)) for value, some in by_value.items()),
                key=lambda pair: (-pair[1], pair[0]),
            )
            for name, by_value in found.items()
        }
        return Facets(counts=ordered, articles=len(articles))

    def shown(self, posts: Sequence[int]) -> Mapping[int, str]:
        marks = ", ".join("?" * len(posts))
        return dict(self._rows(f"SELECT post, shown FROM docs WHERE post IN ({marks})", posts))

    def frequency(self, token: str) -> int:
        sql = "SELECT doc FROM vocabulary WHERE term = ? AND col = 'text'"
        return sum(int(count) for (count,) in self._rows(sql, [token]))

    def words(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        return self._vocabulary("words", prefix, limit)

    def identifiers(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        return self._vocabulary("identifiers", prefix, limit)

    def size(self) -> int:
        return int(self._rows("SELECT count(*) FROM docs", [])[0][0])

    def _vocabulary(self, column: str, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        return self._rows(
            "SELECT term, doc FROM vocabulary WHERE col = ? AND term >= ? AND term < ? "
            "ORDER BY doc DESC, term LIMIT ?",
            [column, prefix, prefix + "\U0010ffff", limit],
        )

    def _among(self, posts: Sequence[int], match: str) -> list[int]:
        marks = ", ".join("?" * len(posts))
        sql = f"SELECT rowid FROM search WHERE search MATCH ? AND rowid IN ({marks})"
        return [row[0] for row in self._rows(sql, [match, *posts])]

    def _rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any]) -> list[Any]:
        # One connection serves all threads, one after another.
        with self._lock, _faults(self._path):
            return self._db.execute(sql, values).fetchall()


class Fts5Writer:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / FILE_NAME
        with _faults(self._path):
            self._db = sqlite3.connect(self._path, timeout=20, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(TABLES)
            self._db.execute("BEGIN IMMEDIATE")

    def replace(self, articles: Iterable[int], documents: Iterable[Document]) -> None:
        with _faults(self._path):
            for article in articles:
                self._forget(article)
            for document in documents:
                values = {name: getattr(document, name) for name in COLUMNS}
                values["terms"] = " ".join(document.terms)
                values["shown"] = document.shown.decode()
                places = ", ".join(f":{name}" for name in COLUMNS)
                self._db.execute(f"INSERT INTO docs VALUES ({places})", values)
                self._db.execute(
                    f"INSERT INTO search (rowid, {PLACES}) VALUES (:post, {GIVEN})", values
                )

    def commit(self) -> None:
        with _faults(self._path):
            self._db.execute("COMMIT")
            self._db.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        with _faults(self._path):
            self._db.execute("ROLLBACK")
            self._db.close()

    def _forget(self, article: int) -> None:
        # The index wants to be told what it is to forget.
        self._db.execute(
            f"INSERT INTO search (search, rowid, {PLACES}) "
            f"SELECT 'delete', post, {PLACES} FROM docs WHERE article = ?",
            [article],
        )
        self._db.execute("DELETE FROM docs WHERE article = ?", [article])


def _match(plan: Plan) -> tuple[str, dict[str, Any]]:
    """Return the expression that FTS5 takes; empty where nothing but numbers is asked for."""
    each: list[str] = []
    if plan.concepts:
        each.append(" OR ".join(_any("{title text}", concept) for concept in plan.concepts))
    each += [_any("{title text}", concept) for concept in plan.required]
    each += [_any("code", concept) for concept in plan.code]
    each += [" OR ".join(f"terms : {_quoted(term)}" for term in group) for group in plan.filters]
    each += [f"identifiers : {_quoted(name)}" for name in plan.identifiers]
    barred = [_any("text", concept) for concept in plan.excluded]
    barred += [f"terms : {_quoted(term)}" for term in plan.barred]
    if barred and not each:
        each.append(" OR ".join(f'terms : "lang:{lang}"' for lang in ("zh", "en")))
    match = " AND ".join(f"({one})" for one in each)
    if barred:
        match = f"({match}) NOT ({' OR '.join(f'({one})' for one in barred)})"
    return match, {"match": match}


def _where(plan: Plan) -> tuple[list[str], dict[str, int]]:
    values: dict[str, int] = {}
    where = [_between(bound, values) for bound in plan.bounds]
    where += [f"NOT ({_between(bound, values)})" for bound in plan.barred_bounds]
    if plan.articles:
        where.append(f"docs.article IN ({', '.join(map(str, plan.articles))})")
    return where, values


def _between(bound: Bound, values: dict[str, int]) -> str:
    parts = []
    for sign, value in ((">=", bound.low), ("<=", bound.high)):
        if value is not None:
            name = f"bound{len(values)}"
            values[name] = value
            parts.append(f"docs.{bound.field} {sign} :{name}")
    return " AND ".join(parts) or "1"


def _any(columns: str, concept: Concept) -> str:
    return " OR ".join(f"{columns} : ({_alternative(one)})" for one in concept.whole)


def _alternative(one: Alternative) -> str:
    if one.is_phrase:
        return _quoted(" ".join(one.tokens))
    return " AND ".join(map(_quoted, one.tokens))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
