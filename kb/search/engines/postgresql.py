"""PostgreSQL with its RUM extension: one index in the site's database, for all machines.

RUM ranks in the order of its own index; GIN would have to fetch and rank every match, so it
serves filters alone. Changes become visible with their transaction, like everything there.
"""

import contextlib
import dataclasses
import functools
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import Error, connection, transaction

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
from kb.search.engines.postgresql_queries import (
    COLUMNS,
    NUMBERS,
    any_of,
    condition_of,
    quoted,
    ranking_query,
    row_of,
)

NAME = "postgresql"
SORT_COLUMNS = {Sort.NEWEST: "updated", Sort.VOTES: "score", Sort.VERIFIED: "verified_at"}
HANDED_OVER = (  # as in Candidate
    "post", "article", "score", "health", "title_zh", "title_en", "key_zh", "key_en",
)  # fmt: skip
MOST_COUNTED = 1_000
"""Of more posts, the number is the planner's estimate, and the facets are those of so many."""
STATISTICS_SECONDS = 600


@functools.cache
def is_available() -> bool:
    """Say whether the database is a PostgreSQL with the rum extension; asked once a process."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'rum'")
        return cursor.fetchone() is not None


def _require_rum() -> None:
    if not is_available():
        raise EngineError(
            "ZHIYAN_SEARCH=postgresql needs a PostgreSQL with the rum extension: install it "
            "(Debian: postgresql-15-rum) and, as a superuser, run CREATE EXTENSION rum; or leave "
            "the setting at auto"
        )


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


class _Statistics(NamedTuple):
    """What PostgreSQL knows of a table since it last analysed it."""

    read_at: float
    size: int
    common: Mapping[str, int]  # how many posts have the commonest tokens


class PostgresqlReader:
    answers_threads = False

    def __init__(self, name: str) -> None:
        _require_rum()
        self._table = table_of(name)
        self._known: _Statistics | None = None

    def search(
        self, plan: Plan, *, limit: int, sort: Sort = Sort.RELEVANCE, is_exact: bool = True
    ) -> Found:
        if sort is Sort.RELEVANCE and not is_exact and len(plan.concepts) > 1:
            # What has every word is found in a fraction of the time, and ranks first anyway.
            every = dataclasses.replace(
                plan, concepts=(), required=(*plan.required, *plan.concepts)
            )
            some = self._best(every, limit)
            if len(some) == limit:
                return Found(total=self._total(plan), candidates=some)
        some = self._best(plan, limit, sort)
        total = self._total(plan) if len(some) == limit else len(some)
        return Found(total=total, candidates=some)

    def _best(self, plan: Plan, limit: int, sort: Sort = Sort.RELEVANCE) -> list[Candidate]:
        condition, values = condition_of(plan)
        column = SORT_COLUMNS.get(sort)
        ranked = "" if column else ranking_query(plan)
        distance = "doc <=> %s::tsquery" if ranked else "0"
        rows = self._rows(
            f"SELECT {distance} AS distance, {', '.join(HANDED_OVER)} FROM {self._table} "
            f"WHERE {condition} ORDER BY {f'{column} DESC, post' if column else 'distance'} "
            "LIMIT %s",
            [*([ranked] if ranked else []), *values, limit],
        )
        return [Candidate(1 / row[0] if row[0] else 0.0, *row[1:]) for row in rows]

    def _total(self, plan: Plan) -> int:
        condition, values = condition_of(plan)
        matching = f"SELECT 1 FROM {self._table} WHERE {condition}"
        few = f"SELECT count(*) FROM ({matching} LIMIT %s) AS few"
        counted = int(self._rows(few, [*values, MOST_COUNTED + 1])[0][0])
        if counted <= MOST_COUNTED:
            return counted
        (planned,) = self._rows(f"EXPLAIN (FORMAT JSON) {matching}", values)[0][0]
        return max(int(planned["Plan"]["Plan Rows"]), MOST_COUNTED + 1)

    def coverage(self, posts: Sequence[int], concepts: Sequence[Concept]) -> Mapping[int, Coverage]:
        if not posts or not concepts:
            return {post: Coverage() for post in posts}
        columns: list[str] = []
        values: list[Any] = []
        for concept in concepts:
            columns += ["doc @@ %s::tsquery", "doc @@ %s::tsquery", "identifiers @> ARRAY[%s]"]
            values += [any_of(concept), any_of(concept, ":A"), concept.identifier]
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
        condition, values = condition_of(plan)
        # Tables are filled in the order of places: the first posts are a fair sample.
        some = self._rows(
            f"SELECT article, terms FROM {self._table} WHERE {condition} LIMIT %s",
            [*values, MOST_COUNTED],
        )
        articles: dict[str, set[int]] = defaultdict(set)
        for article, terms in some:
            for term in terms:
                articles[term].add(article)
        of_all = {article for article, _ in some}
        times = at_most / len(some) if len(some) == MOST_COUNTED else 1
        counts: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
        for term, those in sorted(articles.items(), key=lambda pair: (-len(pair[1]), pair[0])):
            name, _, value = term.partition(":")
            if name in counts:
                counts[name].append((value, round(len(those) * times)))
        return Facets(counts=counts, articles=round(len(of_all) * times))

    def shown(self, posts: Sequence[int]) -> Mapping[int, str]:
        sql = f"SELECT post, shown FROM {self._table} WHERE post = ANY(%s)"
        return dict(self._rows(sql, [list(posts)]))

    def frequency(self, token: str) -> int:
        if (common := self._statistics().common.get(token)) is not None:
            return common
        sql = f"SELECT count(*) FROM {self._table} WHERE doc @@ %s::tsquery"
        return int(self._rows(sql, [quoted(token)])[0][0])

    def words(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        return self._vocabulary("words", prefix, limit)

    def identifiers(self, prefix: str, limit: int) -> Sequence[tuple[str, int]]:
        return self._vocabulary("identifiers", prefix, limit)

    def size(self) -> int:
        return self._statistics().size

    def _statistics(self) -> _Statistics:
        known = self._known
        if known is None or time.monotonic() - known.read_at > STATISTICS_SECONDS:
            size = int(self._rows(f"SELECT count(*) FROM {self._table}", [])[0][0])
            rows = self._rows(
                "SELECT unnest(most_common_elems::text::text[]), unnest(most_common_elem_freqs) "
                "FROM pg_stats WHERE schemaname = current_schema() AND attname = 'doc' "
                "AND tablename = %s",
                [self._table],
            )
            # The list of frequencies ends in the least and the largest of them.
            common = {token: round(part * size) for token, part in rows if token is not None}
            known = self._known = _Statistics(time.monotonic(), size, common)
        return known

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
    """Fills a new table before it indexes it, which takes a fraction of the time."""

    def __init__(self, name: str) -> None:
        _require_rum()
        self._table = table_of(name)
        self._is_new = False
        with _faults(), connection.cursor() as cursor:
            # Held for as long as the connection: one machine of several follows the changes.
            cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [self._table])
            if not cursor.fetchone()[0]:
                raise EngineBusy(f"{self._table}: another process writes this index")
            cursor.execute("SELECT to_regclass(%s)", [self._table])
            if cursor.fetchone()[0] is None:
                self._is_new = True
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
                    [row_of(document) for document in documents],
                )

    def close(self) -> None:
        self._waiting = []
        with _faults(), connection.cursor() as cursor:
            if self._is_new:
                _index(cursor, self._table)
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [self._table])


def _create(cursor: Any, table: str) -> None:
    numbers = ", ".join(f"{name} bigint NOT NULL" for name in NUMBERS)
    cursor.execute(
        f"CREATE TABLE {table} ({numbers}, shown text NOT NULL, doc tsvector NOT NULL, "
        "code tsvector NOT NULL, identifiers text[] NOT NULL, words text[] NOT NULL, "
        "terms text[] NOT NULL, PRIMARY KEY (post))"
    )
    cursor.execute(f"ALTER TABLE {table} ALTER doc SET STATISTICS 1000")
    cursor.execute(f"CREATE INDEX ON {table} (article)")


def _index(cursor: Any, table: str) -> None:
    cursor.execute(f"CREATE INDEX ON {table} USING rum (doc rum_tsvector_ops)")
    cursor.execute(f"CREATE INDEX ON {table} USING gin (terms)")
    cursor.execute(f"CREATE INDEX ON {table} USING gin (identifiers)")
    cursor.execute(f"ANALYZE {table}")
