"""PostgreSQL with its RUM extension: one index in the site's database, for all machines.

RUM ranks in the order of its own index; GIN would have to fetch and rank every match, so it
serves filters alone. Changes become visible with their transaction, like everything there.
"""

import contextlib
import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import Error, connection, transaction

from kb.search.engines.base import (
    FACETS,
    Alternative,
    Bound,
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

NAME = "postgresql"
SORT_COLUMNS = {Sort.NEWEST: "updated", Sort.VOTES: "score", Sort.VERIFIED: "verified_at"}
NUMBERS = (
    "post", "article", "score", "answers", "created", "updated", "verified_at", "health",
    "title_zh", "title_en", "key_zh", "key_en",
)  # fmt: skip
HANDED_OVER = (
    "post", "article", "score", "health", "title_zh", "title_en", "key_zh", "key_en",
)  # fmt: skip
COLUMNS = (*NUMBERS, "shown", "doc", "code", "identifiers", "words", "terms")
# The largest position that PostgreSQL keeps, and the most for one word.
LAST_POSITION = 16_383
MOST_POSITIONS = 255


@functools.cache
def is_available() -> bool:
    """Say whether the database is a PostgreSQL with the rum extension; asked once a process."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'rum'")
        return cursor.fetchone() is not None


def table_of(name: str) -> str:
    """Return the table of an index; its name ends in letters and digits made by us."""
    return f"kb_search_{re.sub('[^0-9a-z]', '', name.rpartition('-')[2])}"


def drop(name: str) -> None:
    with _faults(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table_of(name)}")


@contextlib.contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except Error as error:
        raise EngineError(f"search in PostgreSQL: {error}; run: manage.py reindex") from error


class PostgresqlReader:
    answers_threads = False

    def __init__(self, name: str) -> None:
        self._table = table_of(name)

    def search(
        self, plan: Plan, *, limit: int, sort: Sort = Sort.RELEVANCE, is_exact: bool = True
    ) -> Found:
        where, values = _where(plan)
        ranked = _ranked(plan)
        order = SORT_COLUMNS.get(sort)
        distance = "doc <=> %s::tsquery" if ranked and order is None else "0"
        total = self._rows(f"SELECT count(*) FROM {self._table} WHERE {where}", values)[0][0]
        rows = self._rows(
            f"SELECT {', '.join(HANDED_OVER)}, {distance} AS distance FROM {self._table} "
            f"WHERE {where} ORDER BY {f'{order} DESC, post' if order else 'distance'} LIMIT %s",
            [*([ranked] if distance != "0" else []), *values, limit],
        )
        return Found(
            total=total,
            candidates=[
                Candidate(
                    **dict(
                        zip(("post", "article", "votes", *HANDED_OVER[3:]), row[:8], strict=True)
                    ),
                    score=1 / row[8] if row[8] else 0.0,
                )
                for row in rows
            ],
        )

    def coverage(self, posts: Sequence[int], concepts: Sequence[Concept]) -> Mapping[int, Coverage]:
        if not posts or not concepts:
            return {post: Coverage() for post in posts}
        columns: list[str] = []
        values: list[Any] = []
        for concept in concepts:
            columns += ["doc @@ %s::tsquery", "doc @@ %s::tsquery", "identifiers @> ARRAY[%s]"]
            values += [_any(concept), _any(concept, ":A"), concept.identifier]
        rows = self._rows(
            f"SELECT post, {', '.join(columns)} FROM {self._table} WHERE post = ANY(%s)",
            [*values, list(posts)],
        )
        return {
            row[0]: Coverage(
                *(
                    sum(1 << place for place in range(len(concepts)) if row[1 + 3 * place + kind])
                    for kind in range(3)
                )
            )
            for row in rows
        }

    def facets(self, plan: Plan, *, at_most: int) -> Facets:
        where, values = _where(plan)
        wanted = [f"{name}:%" for name in FACETS]
        rows = self._rows(
            f"SELECT term, count(DISTINCT article) FROM {self._table}, unnest(terms) AS term "
            f"WHERE {where} AND term LIKE ANY(%s) GROUP BY term ORDER BY 2 DESC, 1",
            [*values, wanted],
        )
        counts: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
        for term, count in rows:
            name, _, value = term.partition(":")
            counts[name].append((value, count))
        articles = self._rows(
            f"SELECT count(DISTINCT article) FROM {self._table} WHERE {where}", values
        )[0][0]
        return Facets(counts=counts, articles=articles)

    def shown(self, posts: Sequence[int]) -> Mapping[int, str]:
        sql = f"SELECT post, shown FROM {self._table} WHERE post = ANY(%s)"
        return dict(self._rows(sql, [list(posts)]))

    def frequency(self, token: str) -> int:
        sql = f"SELECT count(*) FROM {self._table} WHERE doc @@ %s::tsquery"
        return int(self._rows(sql, [_quoted(token)])[0][0])

    def words(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        return self._vocabulary("words", prefix, limit)

    def identifiers(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        return self._vocabulary("identifiers", prefix, limit)

    def size(self) -> int:
        return int(self._rows(f"SELECT count(*) FROM {self._table}", [])[0][0])

    def _vocabulary(self, column: str, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        return self._rows(
            f"SELECT word, count(*) FROM {self._table}, unnest({column}) AS word "
            "WHERE starts_with(word, %s) GROUP BY word ORDER BY 2 DESC, 1 LIMIT %s",
            [prefix, limit],
        )

    def _rows(self, sql: str, values: Sequence[Any]) -> list[Any]:
        # A savepoint, so that a broken index does not take the reader's transaction with it.
        with _faults(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())


class PostgresqlWriter:
    def __init__(self, name: str) -> None:
        self._table = table_of(name)
        with _faults(), connection.cursor() as cursor:
            # Held for as long as the connection: one machine of several follows the changes.
            cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [self._table])
            if not cursor.fetchone()[0]:
                raise EngineBusy(f"{self._table}: another process writes this index")
            cursor.execute("SELECT to_regclass(%s)", [self._table])
            if cursor.fetchone()[0] is None:
                _create(cursor, self._table)
        self._waiting: list[tuple[list[int], list[Document]]] = []

    def replace(self, articles: Iterable[int], documents: Iterable[Document]) -> None:
        self._waiting.append((list(articles), list(documents)))
        if len(self._waiting) >= 10:
            self.commit()

    def commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        columns = ", ".join(COLUMNS)
        marks = ", ".join("%s::tsvector" if name in {"doc", "code"} else "%s" for name in COLUMNS)
        with _faults(), transaction.atomic(), connection.cursor() as cursor:
            for articles, documents in waiting:
                if articles:
                    cursor.execute(f"DELETE FROM {self._table} WHERE article = ANY(%s)", [articles])
                cursor.executemany(
                    f"INSERT INTO {self._table} ({columns}) VALUES ({marks})",
                    [_values(document) for document in documents],
                )

    def close(self) -> None:
        self._waiting = []
        with _faults(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [self._table])


def _create(cursor: Any, table: str) -> None:
    numbers = ", ".join(f"{name} bigint NOT NULL" for name in NUMBERS)
    cursor.execute(
        f"CREATE TABLE {table} ({numbers}, shown text NOT NULL, doc tsvector NOT NULL, "
        "code tsvector NOT NULL, identifiers text[] NOT NULL, words text[] NOT NULL, "
        "terms text[] NOT NULL, PRIMARY KEY (post))"
    )
    cursor.execute(f"CREATE INDEX ON {table} USING rum (doc rum_tsvector_ops)")
    cursor.execute(f"CREATE INDEX ON {table} USING gin (terms)")
    cursor.execute(f"CREATE INDEX ON {table} USING gin (identifiers)")
    cursor.execute(f"CREATE INDEX ON {table} (article)")


def _values(document: Document) -> list[Any]:
    return [
        *(getattr(document, name) for name in NUMBERS),
        document.shown.replace("\\u0000", ""),
        _vector(document.text.split(), len(document.title.split())),
        _vector(document.code.split(), 0),
        document.identifiers.split(),
        document.words.split(),
        list(document.terms),
    ]


def _vector(tokens: Sequence[str], title_length: int) -> str:
    """Return a tsvector's text; the title's tokens, which come first, have the weight A."""
    places: dict[str, list[str]] = defaultdict(list)
    for place, token in enumerate(tokens[:LAST_POSITION], 1):
        if len(places[token]) < MOST_POSITIONS:
            places[token].append(f"{place}{'A' if place <= title_length else 'B'}")
    return " ".join(f"{_quoted(token)}:{','.join(some)}" for token, some in places.items())


def _ranked(plan: Plan) -> str:
    concepts = [*plan.concepts, *plan.required]
    every = (one for concept in concepts for one in concept.alternatives)
    return " | ".join(f"({_alternative(one, '')})" for one in every)


def _where(plan: Plan) -> tuple[str, list[Any]]:
    where = ["true"]
    values: list[Any] = []

    def add(condition: str, value: Any) -> None:
        where.append(condition)
        values.append(value)

    if plan.concepts:
        add("doc @@ %s::tsquery", " | ".join(f"({_any(one)})" for one in plan.concepts))
    for concept in plan.required:
        add("doc @@ %s::tsquery", _any(concept))
    for concept in plan.code:
        add("code @@ %s::tsquery", _any(concept))
    for group in plan.filters:
        add("terms && %s::text[]", list(group))
    for name in plan.identifiers:
        add("identifiers @> %s::text[]", [name])
    if plan.articles:
        add("article = ANY(%s)", list(plan.articles))
    for concept in plan.excluded:
        add("NOT doc @@ %s::tsquery", _any(concept))
    if plan.barred:
        add("NOT terms && %s::text[]", list(plan.barred))
    where += [_between(bound, values) for bound in plan.bounds]
    where += [f"NOT ({_between(bound, values)})" for bound in plan.barred_bounds]
    return " AND ".join(where), values


def _between(bound: Bound, values: list[Any]) -> str:
    parts = ["true"]
    for sign, value in ((">=", bound.low), ("<=", bound.high)):
        if value is not None:
            parts.append(f"{bound.field} {sign} %s")
            values.append(value)
    return " AND ".join(parts)


def _any(concept: Concept, weight: str = "") -> str:
    return " | ".join(f"({_alternative(one, weight)})" for one in concept.whole)


def _alternative(one: Alternative, weight: str) -> str:
    joint = " <-> " if one.is_phrase else " & "
    return joint.join(f"{_quoted(token)}{weight}" for token in one.tokens)


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
