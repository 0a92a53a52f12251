"""Our own export, read into a site that has content: articles become new or changed ones.

`manage.py restore` brings an empty site back as it was; this brings texts, authors, dates,
tags, pictures and old addresses to another site, and leaves its votes and accounts alone.
"""

import base64
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.importers.base import Converted, ImportRefused, Item, Options, Problems, Unreadable
from kb.importers.dates import moment
from kb.importers.faults import fault_of
from kb.markdown.markup import PICTURE
from kb.models import Article, Language, Post
from kb.storing.drafts import ArticleDraft, PictureDraft, PostDraft, SourceDraft, TranslationDraft

VERSION = 1
# Each table's rows, found by the key of what they belong to.
TABLES = {
    "kb.post": "article_id",
    "kb.translation": "post_id",
    "kb.article_tags": "article_id",
    "kb.oldaddress": "article_id",
    "kb.tag": "id",
    "kb.source": "id",
    "kb.picture": "digest",
}

SOURCE = ("kind", "external_id", "title", "url", "author", "licence")

Row = dict[str, Any]


class Exported:
    """Reads a folder that `manage.py export` wrote."""

    kind = "export"
    has_unique_ids = False

    def __init__(self, path: Path, options: Options, problems: Problems) -> None:
        try:
            manifest = json.loads((path / "manifest.json").read_text())
            is_ours = manifest["format"] == "zhiyan-export"
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ImportRefused(f"{path}: no folder of `manage.py export`") from error
        if not is_ours or manifest.get("version") != VERSION:
            raise ImportRefused(f"{path}: an export of another version")
        self._data = path / "data"
        self._tables = manifest["tables"]
        self._options = options
        self._problems = problems
        self._rows = sqlite3.connect(options.scratch / "export.sqlite3", isolation_level=None)

    def __getstate__(self) -> dict[str, Any]:
        raise TypeError("converted where it is read: only few articles come this way at once")

    def expected(self) -> int | None:
        return None

    def items(self) -> Iterator[Item]:
        self._stage()
        for row in self._lines("kb.article"):
            if item := self._item(row):
                yield item
        self._rows.close()

    def _stage(self) -> None:
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE part (kind TEXT, owner TEXT, row TEXT)")
        self._rows.execute("BEGIN")
        for name, owner in TABLES.items():
            self._rows.executemany(
                "INSERT INTO part VALUES (?, ?, ?)",
                ((name, str(row[owner]), json.dumps(row)) for row in self._lines(name)),
            )
        self._rows.execute("COMMIT")
        self._rows.execute("CREATE INDEX by_owner ON part (kind, owner)")

    def _lines(self, name: str) -> Iterator[Row]:
        digest, number = hashlib.sha256(), 0
        try:
            with (self._data / f"{name}.jsonl").open("rb") as file:
                for line in file:
                    number += 1
                    digest.update(line)
                    yield json.loads(line)
        except (OSError, ValueError) as error:
            told = fault_of(error, first_line=number)
            raise ImportRefused(f"data/{name}.jsonl is missing or damaged: {told}") from error
        if digest.hexdigest() != self._tables.get(name, {}).get("sha256"):
            raise ImportRefused(f"data/{name}.jsonl was changed or cut off; get the export again")

    def _parts(self, kind: str, owner: object) -> list[Row]:
        sql = "SELECT row FROM part WHERE kind = ? AND owner = ? ORDER BY rowid"
        return [json.loads(text) for (text,) in self._rows.execute(sql, [kind, str(owner)])]

    def _item(self, article: Row) -> Item | None:
        posts = self._parts("kb.post", article["id"])
        tags = [
            tag["slug"]
            for link in self._parts("kb.article_tags", article["id"])
            for tag in self._parts("kb.tag", link["tag_id"])
        ]
        if not set(tags).issuperset(self._options.tags):
            return None
        source = next(iter(self._parts("kb.source", article["source_id"])), None)
        value = {
            "article": {key: article[key] for key in ("kind", "slug", "created_at", "updated_at")},
            "source": source
            and {k: v for k, v in source.items() if k not in {"id", "imported_at"}},
            "tags": tags,
            "addresses": self._parts("kb.oldaddress", article["id"]),
            "posts": posts,
            "texts": [self._parts("kb.translation", post["id"]) for post in posts],
        }
        name = f"{source['kind']}:{source['external_id']}" if source else f"article:{article['id']}"
        text = json.dumps([VERSION, value], sort_keys=True)
        return Item(
            row=f"article {article['id']}",
            external_id=name[:200],
            digest=hashlib.sha256(text.encode()).hexdigest(),
            kind=Article.Kind(article["kind"]),
            answer_count=sum(post["role"] == Post.Role.ANSWER for post in posts),
            data=value,
        )

    def convert(self, item: Item) -> Converted:
        value = item.data
        source, article = value["source"] or {}, value["article"]
        if not value["posts"]:
            raise Unreadable("an article without posts; left out")
        pictures = {
            digest
            for texts in value["texts"]
            for text in texts
            for digest in PICTURE.findall(text["markdown"])
        }
        draft = ArticleDraft(
            kind=item.kind,
            slug=article["slug"],
            source=SourceDraft(
                kind=self.kind,
                external_id=item.external_id,
                **{key: source.get(key, "") for key in ("title", "url", "author", "licence")},
            ),
            posts=tuple(
                _post(post, texts, value["addresses"])
                for post, texts in zip(value["posts"], value["texts"], strict=True)
            ),
            tags=tuple(value["tags"]),
            created_at=moment(article["created_at"]),
            updated_at=moment(article["updated_at"]),
            pictures=tuple(
                PictureDraft(
                    digest=digest,
                    media_type=row["media_type"],
                    data=base64.b64decode(row["data"]),
                )
                for digest in sorted(pictures)
                for row in self._parts("kb.picture", digest)
            ),
        )
        return Converted(draft=draft)


def _post(post: Row, texts: list[Row], addresses: list[Row]) -> PostDraft:
    if not texts:
        raise Unreadable(f"post {post['id']} has no text; left out")
    return PostDraft(
        role=Post.Role(post["role"]),
        translations={
            Language(text["language"]): TranslationDraft(
                markdown=text["markdown"], title=text["title"]
            )
            for text in texts
        },
        is_accepted=post["is_accepted"],
        score=post["score"],
        author=post["author"],
        created_at=moment(post["created_at"]),
        old_addresses=tuple(
            row["address"] for row in addresses if row["position"] == post["position"]
        ),
    )
