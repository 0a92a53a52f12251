"""Is every line there? Counted from the Markdown that will be stored."""

from collections.abc import Iterator

from kb.archive.errors import ArchiveError
from kb.archive.markdown import read
from kb.archive.page import ReadArticle, ReadPage
from kb.archive.paragraphs import LIST_ITEM
from kb.archive.reading import Line
from kb.storing.drafts import ArticleDraft


def count_unplaced(page: ReadPage) -> int:
    """Return how many non-blank lines of the file are in no post and are no structure.

    Raises ArchiveError for a line that is placed twice, and where the Markdown of a post
    does not show the lines that were placed there: both are faults of the importer.
    """
    placed: set[int] = {page.lines[0].number}
    for article in page.articles:
        for line in _lines_of(article):
            if line.number in placed:
                raise ArchiveError("this line would be imported twice", line=line.number)
            placed.add(line.number)
    return sum(not line.is_blank and line.number not in placed for line in page.lines)


def _lines_of(article: ReadArticle) -> Iterator[Line]:
    for position, post in enumerate(article.posts):
        yield from post.structure
        for half in post.halves:
            lines = [line for block in half.blocks for line in block.lines if not line.is_blank]
            _require_shown(article.draft, position, half.language, lines)
            yield from lines


def _require_shown(draft: ArticleDraft, position: int, language: str, lines: list[Line]) -> None:
    texts = {str(key): value.markdown for key, value in draft.posts[position].translations.items()}
    shown = read(texts[str(language)])
    for line, text in zip(lines, shown, strict=False):
        if _squash(_without_mark(line.text)) != _squash(text):
            raise ArchiveError(f"this line would be imported as {text!r}", line=line.number)
    if len(lines) != len(shown):
        raise ArchiveError(
            f"{len(lines)} lines from here on would become {len(shown)}", line=lines[0].number
        )


def _without_mark(text: str) -> str:
    item = LIST_ITEM.match(text)
    return item["text"] if item else text


def _squash(text: str) -> str:
    return "".join(text.split())
