"""The dump's XML files → the scratch database, a row at a time."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kb.importers.base import ImportRefused, Options, Problems
from kb.importers.dates import moment
from kb.importers.stackexchange.staging import Row, Staging
from kb.importers.xml import Text, parse

QUESTION, ANSWER, EXCERPT = "1", "2", "4"
# What the site takes of a post; the rest would only fill the scratch database.
KEPT = (
    "Id", "PostTypeId", "ParentId", "AcceptedAnswerId", "CreationDate", "LastEditDate",
    "LastActivityDate", "Score", "ViewCount", "Body", "Title", "Tags", "OwnerUserId",
    "OwnerDisplayName", "ContentLicense",
)  # fmt: skip
HISTORY_TYPES = {str(number) for number in (1, 2, 4, 5, 7, 8)}  # titles and bodies
VOTES = {"2": 1, "3": -1}
ACCEPTED = "1"
LINKED, DUPLICATE = "1", "3"

StagedPost = tuple[int, int, int, str | None]


def tags_of(text: str) -> list[str]:
    """Return the tags of `<a><b>`, the older spelling, or `|a|b|`."""
    for mark in "<>|":
        text = text.replace(mark, " ")
    return text.split()


def stage_posts(path: Path, staging: Staging, options: Options, problems: Problems) -> None:
    """Read Posts.xml; raises ImportRefused where it is none."""
    for rows in _rows(path, "posts", problems):
        staging.add_excerpts(
            (number(row.get("Id")), row.get("Body", ""))
            for row in rows
            if row.get("PostTypeId") == EXCERPT
        )
        staged = [post for row in rows if (post := _staged(row, options, problems))]
        for id_ in staging.add_posts(staged):
            problems.add(f"post {id_}", "this Id stands here again; only the first is taken")


def _staged(row: Row, options: Options, problems: Problems) -> StagedPost | None:
    kind = row.get("PostTypeId")
    if kind not in {QUESTION, ANSWER}:
        return None
    try:
        id_ = int(row["Id"])
        question = id_ if kind == QUESTION else int(row["ParentId"])
    except (KeyError, ValueError):
        what = "no Id" if not row.get("Id", "").isdigit() else "an answer without a ParentId"
        problems.add(f"post {row.get('Id', '?')}", f"{what}; left out")
        return None
    if kind == QUESTION and not _is_wanted(row, options):
        return id_, question, 0, None
    kept = {name: row[name] for name in KEPT if name in row}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    return id_, question, int(kind == ANSWER), text


def _is_wanted(row: Row, options: Options) -> bool:
    tags = {tag.lower() for tag in tags_of(row.get("Tags", ""))}
    if not tags.issuperset(tag.lower() for tag in options.tags):
        return False
    if options.min_score is not None and number(row.get("Score")) < options.min_score:
        return False
    if options.since is not None:
        created = moment(row.get("CreationDate", ""))
        return created is not None and created.date() >= options.since
    return True


def number(text: str | None) -> int:
    """Return the whole number, 0 where there is none."""
    try:
        return int(text or 0)
    except ValueError:
        return 0


def stage_others(folder: Path, staging: Staging, problems: Problems) -> None:
    """Read those of the other files that are given."""
    for name, tag, stage in (
        ("Users.xml", "users", _stage_users),
        ("PostHistory.xml", "posthistory", _stage_history),
        ("Votes.xml", "votes", _stage_votes),
        ("Tags.xml", "tags", _stage_tags),
        ("PostLinks.xml", "postlinks", _stage_links),
    ):
        path = folder / name
        if path.exists():
            for rows in _rows(path, tag, problems):
                stage(staging, rows)


def _stage_users(staging: Staging, rows: list[Row]) -> None:
    staging.add_people(
        (int(row["Id"]), row["DisplayName"])
        for row in rows
        if row.get("DisplayName") and row.get("Id", "").lstrip("-").isdigit()
    )


def _stage_history(staging: Staging, rows: list[Row]) -> None:
    wanted = ("PostHistoryTypeId", "RevisionGUID", "CreationDate", "Text", "Comment", "UserId",
              "UserDisplayName")  # fmt: skip
    staging.add_history(
        (
            int(row["PostId"]),
            number(row.get("Id")),
            json.dumps({name: row[name] for name in wanted if name in row}, ensure_ascii=False),
        )
        for row in rows
        if row.get("PostHistoryTypeId") in HISTORY_TYPES and row.get("PostId", "").isdigit()
    )


def _stage_votes(staging: Staging, rows: list[Row]) -> None:
    staging.add_votes(
        (number(row.get("PostId")), VOTES[row["VoteTypeId"]])
        for row in rows
        if row.get("VoteTypeId") in VOTES
    )
    staging.add_accepted(
        number(row.get("PostId")) for row in rows if row.get("VoteTypeId") == ACCEPTED
    )


def _stage_tags(staging: Staging, rows: list[Row]) -> None:
    staging.add_tags(
        (row["TagName"], number(row.get("ExcerptPostId")))
        for row in rows
        if row.get("TagName") and row.get("ExcerptPostId")
    )


def _stage_links(staging: Staging, rows: list[Row]) -> None:
    staging.add_links(
        (number(row.get("PostId")), number(row.get("RelatedPostId")),
         row["LinkTypeId"] == DUPLICATE)
        for row in rows
        if row.get("LinkTypeId") in {LINKED, DUPLICATE}
    )  # fmt: skip


def _rows(path: Path, tag: str, problems: Problems) -> Iterator[list[Row]]:
    """Yield the rows of a file, a chunk's at a time."""
    text = Text(path=path)
    rows: list[Row] = []
    for _ in parse(path, text, {"StartElementHandler": _handler(path, tag, rows)}):
        if rows:
            yield rows
            rows.clear()
    if text.replaced:
        problems.add(
            path.name, f"{text.replaced} characters that XML forbids were replaced by U+FFFD"
        )


def _handler(path: Path, tag: str, rows: list[Row]) -> Callable[[str, dict[str, Any]], None]:
    is_root = True

    def start(name: str, attributes: dict[str, Any]) -> None:
        nonlocal is_root
        if is_root and name != tag:
            raise ImportRefused(
                f"{path.name}, line 1: begins with <{name}>, expected <{tag}>; "
                "name the folder of a Stack Exchange dump or its Posts.xml"
            )
        is_root = False
        if name == "row":
            rows.append(attributes)

    return start
