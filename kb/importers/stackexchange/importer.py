"""Questions with their answers, as articles."""

import dataclasses
import hashlib
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.importers.base import (
    Converted,
    ImportRefused,
    Item,
    Options,
    Problem,
    Problems,
    Unreadable,
)
from kb.importers.dates import moment
from kb.importers.html import Page, to_markdown
from kb.importers.languages import language_of
from kb.importers.stackexchange.history import earlier_texts
from kb.importers.stackexchange.reading import number, stage_others, stage_posts, tags_of
from kb.importers.stackexchange.staging import Row, Staging
from kb.importers.text import first_words, one_line, without_tags
from kb.markdown.markup import slugify
from kb.models import Article, Language, Post
from kb.storing.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft

EXCERPT_CHARACTERS = 600
VERSION = 2
"""Part of every digest: raise it when the same rows are to become other articles."""
SITE = re.compile(
    r"(?:[\w-]+\.)*(?:stackexchange|stackoverflow|serverfault|superuser|mathoverflow|askubuntu)"
    r"\.(?:com|net)"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Thread:
    """A question's rows and what the other files say of them."""

    site: str
    rows: tuple[Row, ...]  # the question first
    names: dict[str, str]  # of people, by id
    scores: dict[str, int]  # by post, where Posts.xml has none
    history: dict[str, list[Row]]  # by post, where PostHistory.xml is given
    accepted: str  # the answer's id, empty where none is
    links: tuple[tuple[int, bool, str], ...]  # id, whether it is a duplicate of it, title
    duplicates: tuple[int, ...]  # of this one, and not imported themselves


class StackExchange:
    """Reads a dump's folder, or its Posts.xml alone."""

    kind = "stackexchange"
    has_unique_ids = True

    def __init__(self, path: Path, options: Options, problems: Problems) -> None:
        self._posts = path / "Posts.xml" if path.is_dir() else path
        if not self._posts.is_file():
            raise ImportRefused(f"{self._posts}: no such file; name the dump's folder")
        self._options = options
        self._problems = problems
        found = SITE.search(str(path.resolve()))
        self._site = (options.site or (f"https://{found[0]}" if found else "")).rstrip("/")
        self._staging: Staging | None = None
        self._excerpts: dict[str, str] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_staging": None, "_problems": Problems(), "_excerpts": {}}

    def expected(self) -> int | None:
        return self._read().count()

    def items(self) -> Iterator[Item]:
        staging = self._read()
        try:
            for question, rows in staging.threads():
                if item := self._item(staging, question, rows):
                    yield item
        finally:
            staging.close()
            self._staging = None

    def _read(self) -> Staging:
        """Read the files, once; nothing is imported before all of them were read."""
        if self._staging is None:
            staging = Staging(self._options.scratch)
            try:
                stage_posts(self._posts, staging, self._options, self._problems)
                stage_others(self._posts.parent, staging, self._problems)
            except BaseException:
                staging.close()
                raise
            staging.finish()
            self._excerpts = staging.excerpts()
            self._staging = staging
        return self._staging

    def _item(
        self, staging: Staging, question: int, rows: list[tuple[int, str | None]]
    ) -> Item | None:
        if rows[0][0] != question:
            for id_, _ in rows:
                self._problems.add(f"post {id_}", f"an answer without its question {question}")
            return None
        if rows[0][1] is None:
            return None
        texts = [text for _, text in rows if text is not None]
        parsed = tuple(json.loads(text) for text in texts)
        people = {row["OwnerUserId"] for row in parsed if "OwnerUserId" in row}
        thread = Thread(
            site=self._site,
            rows=parsed,
            names=staging.names(sorted(people)),
            scores={
                row["Id"]: total
                for row in parsed
                if "Score" not in row and (total := staging.votes(int(row["Id"]))) is not None
            },
            history={row["Id"]: found for row in parsed if (found := staging.history(row["Id"]))},
            accepted=_accepted(staging, parsed),
            links=tuple(
                (id_, is_duplicate, json.loads(row).get("Title", ""))
                for id_, is_duplicate, row in staging.links(question)
            ),
            duplicates=tuple(staging.duplicates(question)),
        )
        known = [VERSION, self._site, thread.names, thread.scores, thread.history,
                 thread.accepted, thread.links, thread.duplicates, texts]  # fmt: skip
        host = self._site.partition("://")[2]
        return Item(
            row=f"post {question}",
            external_id=f"{host}/{question}" if host else str(question),
            digest=hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest(),
            kind=Article.Kind.QUESTION,
            answer_count=len(texts) - 1,
            data=thread,
        )

    def describe_tag(self, name: str) -> str:
        excerpt = self._excerpts.get(name.casefold(), "")
        return one_line(without_tags(excerpt), EXCERPT_CHARACTERS)

    def convert(self, item: Item) -> Converted:
        return convert_thread(item)


def _accepted(staging: Staging, rows: tuple[Row, ...]) -> str:
    """Return the accepted answer's id, from the votes where the question does not say it."""
    if said := rows[0].get("AcceptedAnswerId"):
        return str(said)
    found = staging.accepted(int(row["Id"]) for row in rows[1:])
    return "" if found is None else str(found)


def convert_thread(item: Item) -> Converted:
    """Return the article of a thread; raises Unreadable where the question says nothing."""
    thread: Thread = item.data
    question = thread.rows[0]
    problems: list[Problem] = []
    posts = [_post(thread, row, position, problems) for position, row in enumerate(thread.rows)]
    title = one_line(without_tags(question.get("Title", "")), 300)
    body = next(iter(posts[0].translations.values())).markdown
    if not title:
        title = first_words(body)
        problems.append(Problem(row=item.row, reason="no title; it got the first words"))
    if not title:
        raise Unreadable("a question without title and text")
    language = language_of(title, body)
    earlier = next(iter(posts[0].translations.values())).earlier
    whole = TranslationDraft(markdown=body or title, title=title, earlier=earlier)
    posts[0] = dataclasses.replace(posts[0], translations={language: whole})
    active = moment(question.get("LastActivityDate", ""))
    licences = {row["ContentLicense"] for row in thread.rows if row.get("ContentLicense")}
    draft = ArticleDraft(
        kind=Article.Kind.QUESTION,
        slug=slugify(title)[:110],
        source=SourceDraft(
            kind=StackExchange.kind,
            external_id=item.external_id,
            title=title,
            url=f"{thread.site}/questions/{question['Id']}" if thread.site else "",
            author=posts[0].author,
            licence=", ".join(sorted(licences)),
        ),
        posts=tuple(posts),
        tags=tuple(tags_of(question.get("Tags", ""))),
        created_at=posts[0].created_at,
        updated_at=active or posts[0].created_at,
    )
    return Converted(draft=draft, problems=tuple(problems))


def _post(thread: Thread, row: Row, position: int, problems: list[Problem]) -> PostDraft:
    page = Page(url=thread.site)
    body = row.get("Body", "") + ("" if position else _links(thread))
    markdown = to_markdown(body, page)
    created = moment(row.get("CreationDate", ""))
    if created is None:
        where = f"post {row['Id']}"
        problems.append(Problem(row=where, reason="no date; it got its question's, or today's"))
    if position and not markdown.strip():
        markdown = "…"
        problems.append(Problem(row=f"post {row['Id']}", reason="an answer without text"))
    owner = thread.names.get(row.get("OwnerUserId", ""), row.get("OwnerDisplayName", ""))
    id_ = row["Id"]
    return PostDraft(
        role=Post.Role.ANSWER if position else Post.Role.QUESTION,
        translations={
            language_of(markdown): TranslationDraft(
                markdown=markdown, earlier=earlier_texts(thread.history.get(id_, ()))
            )
        },
        is_accepted=bool(position) and thread.accepted == id_,
        score=thread.scores.get(id_, number(row.get("Score"))),
        author=one_line(owner),
        created_at=created,
        old_addresses=(f"/a/{id_}",)
        if position
        else tuple(f"/questions/{one}" for one in (id_, *thread.duplicates)),
    )


def _links(thread: Thread) -> str:
    """Return the questions that this one points to, as HTML that follows its text."""
    is_chinese = language_of(thread.rows[0].get("Title", "")) is Language.ZH
    parts: list[str] = []
    for wanted, english, chinese in (
        (True, "Duplicate of", "重复问题"),
        (False, "See also", "另见"),
    ):
        found = [
            f'<a href="/questions/{id_}">{html.escape(title) or id_}</a>'
            for id_, is_duplicate, title in thread.links
            if is_duplicate == wanted
        ]
        if found:
            said = f"{chinese}：" if is_chinese else f"{english}: "
            parts.append(f"<p><strong>{said}</strong>{', '.join(found)}</p>")
    return "".join(parts)
