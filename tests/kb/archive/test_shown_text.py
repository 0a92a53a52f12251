"""What a reader sees of an imported post is the text of the file, line by line."""

import html
import re

from kb.archive.page import ReadPage, read_page
from kb.archive.paragraphs import LIST_ITEM
from kb.archive.reading import Line
from kb.markdown.rendering import PLACEHOLDER, SnippetDraft, render


def squashed(text: str) -> str:
    return "".join(text.split())


def shown(markdown: str) -> str:
    """Return the text of the rendered page, snippets and their claims in their places."""
    rendered = render(markdown)

    def code(snippet: SnippetDraft) -> str:
        claim = "" if snippet.is_claim_apart else snippet.claim
        return html.escape(f"{snippet.code}\n{claim}")

    text = "".join(
        code(rendered.snippets[block["snippet"]])
        if block["kind"] == "snippet"
        else PLACEHOLDER.sub(lambda match: code(rendered.snippets[int(match[1])]), block["html"])
        for block in rendered.blocks
    )
    return squashed(html.unescape(re.sub(r"<[^>]*>", "", text)))


def without_mark(line: Line) -> str:
    item = LIST_ITEM.match(line.text)
    return item["text"] if item else line.text


def require_shown_as_written(page: ReadPage) -> None:
    for article in page.articles:
        for post, draft in zip(article.posts, article.draft.posts, strict=True):
            for half in post.halves:
                lines = [line for block in half.blocks for line in block.lines]
                written = squashed("".join(map(without_mark, lines)))
                assert shown(draft.translations[half.language].markdown) == written


def test_sample_is_shown_as_written(sample: str) -> None:
    require_shown_as_written(read_page(sample.encode()))


def test_real_page_is_shown_as_written(archive: bytes) -> None:
    require_shown_as_written(read_page(archive))
