"""A dump's rows in a scratch database, so that answers meet their questions in constant memory."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

Row = dict[str, str]

SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8000;
CREATE TABLE post (id INTEGER PRIMARY KEY, question INTEGER, is_answer INTEGER, row TEXT);
CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE history (post INTEGER, id INTEGER, row TEXT);
CREATE TABLE vote (post INTEGER PRIMARY KEY, total INTEGER);
CREATE TABLE accepted (post INTEGER PRIMARY KEY);
CREATE TABLE excerpt (id INTEGER PRIMARY KEY, body TEXT);
CREATE TABLE tag (name TEXT, excerpt INTEGER);
CREATE TABLE link (post INTEGER, related INTEGER, is_duplicate INTEGER);
"""


LINKS_AT_MOST = 10
"""More would bury the question."""


class Staging:
    """The scratch database; `close` deletes it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "stackexchange.sqlite3"
        self._path.unlink(missing_ok=True)
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        self._connection.executescript(SCHEMA)
        self._connection.execute("BEGIN")
        self._has_history = self._has_links = self._has_accepted = False

    def close(self) -> None:
        self._connection.close()
        self._path.unlink(missing_ok=True)

    def add_posts(self, rows: Iterable[tuple[int, int, int, str | None]]) -> list[int]:
        """Store (id, question, is_answer, row); return the ids that were there already.

        A question that was not asked for has no row; its answers are left out without a word.
        """
        wanted: dict[int, tuple[int, int, int, str | None]] = {}
        repeated: list[int] = []
        for row in rows:
            if row[0] in wanted:
                repeated.append(row[0])
            wanted.setdefault(row[0], row)
        for id_ in self._known(list(wanted)):
            repeated.append(id_)
            del wanted[id_]
        self._connection.executemany("INSERT INTO post VALUES (?, ?, ?, ?)", wanted.values())
        return repeated

    def _known(self, ids: Sequence[int]) -> list[int]:
        found: list[int] = []
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            marks = ",".join("?" * len(part))
            sql = f"SELECT id FROM post WHERE id IN ({marks})"  # noqa: S608 - marks alone
            found += [id_ for (id_,) in self._connection.execute(sql, part)]
        return found

    def add_people(self, rows: Iterable[tuple[int, str]]) -> None:
        self._connection.executemany("INSERT OR REPLACE INTO person VALUES (?, ?)", rows)

    def add_history(self, rows: Iterable[tuple[int, int, str]]) -> None:
        self._connection.executemany("INSERT INTO history VALUES (?, ?, ?)", rows)

    def add_votes(self, rows: Iterable[tuple[int, int]]) -> None:
        self._connection.executemany(
            "INSERT INTO vote VALUES (?, ?) "
            "ON CONFLICT (post) DO UPDATE SET total = total + excluded.total",
            rows,
        )

    def add_accepted(self, posts: Iterable[int]) -> None:
        self._connection.executemany(
            "INSERT OR IGNORE INTO accepted VALUES (?)", ((post,) for post in posts)
        )

    def add_excerpts(self, rows: Iterable[tuple[int, str]]) -> None:
        self._connection.executemany("INSERT OR IGNORE INTO excerpt VALUES (?, ?)", rows)

    def add_tags(self, rows: Iterable[tuple[str, int]]) -> None:
        self._connection.executemany("INSERT INTO tag VALUES (?, ?)", rows)

    def add_links(self, rows: Iterable[tuple[int, int, bool]]) -> None:
        self._connection.executemany("INSERT INTO link VALUES (?, ?, ?)", rows)

    def finish(self) -> None:
        """Make what reading by question needs."""
        self._connection.execute("CREATE INDEX by_question ON post (question, is_answer, id)")
        self._connection.execute("CREATE INDEX by_post ON history (post, id)")
        self._connection.execute("CREATE INDEX from_post ON link (post, is_duplicate, related)")
        self._connection.execute("CREATE INDEX to_post ON link (related, is_duplicate, post)")
        self._has_history = self._has_rows("history")
        self._has_links = self._has_rows("link")
        self._has_accepted = self._has_rows("accepted")

    def _has_rows(self, table: str) -> bool:
        sql = f"SELECT EXISTS (SELECT 1 FROM {table})"  # noqa: S608 - a name of ours
        return bool(self._connection.execute(sql).fetchone()[0])

    def count(self) -> int:
        """Return how many questions are to be imported."""
        sql = "SELECT count(*) FROM post WHERE is_answer = 0 AND row IS NOT NULL"
        return int(self._connection.execute(sql).fetchone()[0])

    def threads(self) -> Iterator[tuple[int, list[tuple[int, str | None]]]]:
        """Yield each question's id with the rows of it and of its answers, by id.

        Where the first row is not the question's own, the dump lacks the question.
        """
        cursor = self._connection.execute(
            "SELECT question, id, row FROM post ORDER BY question, is_answer, id"
        )
        current: int | None = None
        rows: list[tuple[int, str | None]] = []
        for question, id_, text in cursor:
            if question != current and rows:
                assert current is not None
                yield current, rows
                rows = []
            current = question
            rows.append((id_, text))
        if rows and current is not None:
            yield current, rows

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the names of people by id."""
        found = {}
        for id_ in ids:
            row = self._connection.execute("SELECT name FROM person WHERE id = ?", [id_]).fetchone()
            if row:
                found[id_] = row[0]
        return found

    def history(self, post: str) -> list[Row]:
        """Return a post's history, the oldest first."""
        if not self._has_history:
            return []
        sql = "SELECT row FROM history WHERE post = ? ORDER BY id"
        return [json.loads(text) for (text,) in self._connection.execute(sql, [int(post)])]

    def votes(self, post: int) -> int | None:
        """Return up minus down votes; None where Votes.xml has none for it."""
        row = self._connection.execute("SELECT total FROM vote WHERE post = ?", [post]).fetchone()
        return int(row[0]) if row else None

    def accepted(self, posts: Iterable[int]) -> int | None:
        """Return the first of these posts that the asker accepted, by Votes.xml."""
        for post in posts if self._has_accepted else ():
            sql = "SELECT 1 FROM accepted WHERE post = ?"
            if self._connection.execute(sql, [post]).fetchone():
                return post
        return None

    def excerpts(self) -> dict[str, str]:
        """Return what Tags.xml and the excerpts among the posts say of tags, by name."""
        sql = "SELECT tag.name, body FROM tag JOIN excerpt ON excerpt.id = tag.excerpt"
        return {name.casefold(): body for name, body in self._connection.execute(sql)}

    def links(self, question: int) -> list[tuple[int, bool, str]]:
        """Return (id, is_duplicate, row) of imported questions that this one points to."""
        if not self._has_links:
            return []
        sql = (
            "SELECT related, max(is_duplicate), row FROM link JOIN post ON post.id = related "
            "WHERE link.post = ? AND row IS NOT NULL AND is_answer = 0 AND related != link.post "
            "GROUP BY related ORDER BY max(is_duplicate) DESC, related LIMIT ?"
        )
        found = self._connection.execute(sql, [question, LINKS_AT_MOST])
        return [(related, bool(duplicate), row) for related, duplicate, row in found]

    def duplicates(self, question: int) -> list[int]:
        """Return the questions that were closed as duplicates of this one and are not imported."""
        if not self._has_links:
            return []
        sql = (
            "SELECT DISTINCT link.post FROM link LEFT JOIN post ON post.id = link.post "
            "WHERE related = ? AND is_duplicate = 1 AND row IS NULL ORDER BY link.post"
        )
        return [post for (post,) in self._connection.execute(sql, [question])]
