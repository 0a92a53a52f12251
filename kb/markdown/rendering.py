"""Markdown → what a page shows, once, when a text is saved. Pure: knows no database.

Fences and display formulas become unguessable words, the words go through
Markdown and the cleaner as ordinary text, and only then does each become its
block; so no text can fake one, and no Markdown rule can damage code.

A runnable fence at the top level becomes a block of its own. One inside a list
or a quote stays in its block's HTML as the comment `<!--snippet:N-->`; the
cleaner removes every comment, so only this module can have written it.
N is the snippet's place among the text's drafts, from 0, until `place_snippets`
puts the stored snippets' ids there.
"""

import dataclasses
import re
import secrets
from collections.abc import Sequence
from typing import Any

from kb.errors import AuthoringError
from kb.markdown import markup
from kb.markdown.fences import Fence, FenceKind, Formula, Options, Piece, Text, continuation, scan
from kb.markdown.highlighting import highlight_block
from kb.markdown.mathml import to_mathml

Block = dict[str, Any]
PLACEHOLDER = re.compile(r"<!--snippet:(\d+)-->")


@dataclasses.dataclass(frozen=True, kw_only=True)
class SnippetDraft:
    """A runnable fence, as its author wrote it."""

    line: int
    code: str
    options: Options
    setup: str = ""  # of the setup fences right before it
    claim: str = ""  # of the output fence right after it, or one that names it
    is_claim_apart: bool = False  # and is shown where that fence stands
    earlier: tuple[str, ...] = ()  # code of the runnable fences before it, in order


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rendered:
    blocks: list[Block]
    snippets: list[SnippetDraft]


def render(markdown: str, *, id_prefix: str = "", top_heading: int = 2) -> Rendered:
    """Return the text's blocks and runnable snippets.

    `id_prefix` keeps heading ids apart on a page that shows several texts;
    `top_heading` is the level that `#` and `##` get. AuthoringError has the line.
    """
    pieces = scan(markdown)
    snippets, places = _collect_snippets(pieces)
    mark = "zy" + secrets.token_hex(16)
    words: dict[str, str] = {}
    lines: list[str] = []
    for index, piece in enumerate(pieces):
        if isinstance(piece, Text):
            lines.append(piece.text)
        elif (number := places.get(index)) != -1:
            word = f"{mark}x{index}x"
            words[word] = _shown(piece) if number is None else f"<!--snippet:{number}-->"
            lines.extend(_in_place(piece, word))
    html = markup.to_html(
        "\n".join(lines),
        separator=f"{mark}xbreakx",
        id_prefix=id_prefix,
        top_heading=top_heading,
        line_of=lambda text: _line_of(markdown, text),
    )
    parts = markup.clean(html).split(f"{mark}xbreakx")
    return Rendered(blocks=_blocks(parts, words, mark), snippets=snippets)


def find_snippets(markdown: str) -> list[SnippetDraft]:
    """Return the text's runnable snippets without rendering it.

    AuthoringError as from `render`, but for formulas and pictures.
    """
    return snippets_of(scan(markdown))


def snippets_of(pieces: Sequence[Piece]) -> list[SnippetDraft]:
    """Return a scanned text's runnable snippets, as `find_snippets` does."""
    return _collect_snippets(pieces)[0]


def snippet_values(snippets: Sequence[SnippetDraft], index: int) -> dict[str, Any]:
    """Return what is to be stored of one of a text's snippets, a session's setup joined."""
    draft = snippets[index]
    setup = draft.setup
    if draft.options.is_session:
        parts = [text for s in snippets[:index] if not s.options.expects_error
                 for text in (s.setup, s.code)]  # fmt: skip
        setup = "\n\n".join(part.strip("\n") for part in [*parts, setup] if part.strip())
    return {
        "code": draft.code,
        "name": draft.options.name,
        "runtimes": draft.options.runtimes,
        "claim": draft.claim,
        "setup": setup,
        "earlier": draft.earlier,
        "expects_error": draft.options.expects_error,
        "needs_gpu": draft.options.needs_gpu,
    }


def place_snippets(blocks: Sequence[Block], ids: Sequence[int]) -> list[Block]:
    """Return the blocks with the snippets' ids in place of their numbers."""
    return [
        {"kind": "snippet", "snippet": ids[block["snippet"]]}
        if block["kind"] == "snippet"
        else {
            **block,
            "html": PLACEHOLDER.sub(
                lambda match: f"<!--snippet:{ids[int(match[1])]}-->", block["html"]
            ),
        }
        for block in blocks
    ]


def snippet_ids(blocks: Sequence[Block]) -> list[int]:
    """Return the snippets that the blocks show, in reading order."""
    found: list[int] = []
    for block in blocks:
        if block["kind"] == "snippet":
            found.append(block["snippet"])
        else:
            found.extend(int(number) for number in PLACEHOLDER.findall(block["html"]))
    return found


def _collect_snippets(pieces: Sequence[Piece]) -> tuple[list[SnippetDraft], dict[int, int]]:
    """Return the drafts, and by piece which draft stands there; -1: nothing is shown there."""
    snippets: list[SnippetDraft] = []
    places: dict[int, int] = {}
    setups: list[Fence] = []
    claimable = False  # a runnable fence came last, so an output fence is its claim
    for index, piece in enumerate(pieces):
        if isinstance(piece, Text):
            claimable = claimable and not piece.text.strip(" >\n")
        elif isinstance(piece, Formula):
            claimable = False
        elif piece.kind is FenceKind.SETUP:
            setups.append(piece)
            places[index] = -1
            claimable = False
        elif piece.kind is FenceKind.RUN:
            places[index] = len(snippets)
            snippets.append(_draft(piece, setups, snippets))
            setups = []
            claimable = True
        elif piece.kind is FenceKind.CLAIM:
            _claim(piece, snippets)
            claimable = False
        elif piece.kind is FenceKind.OUTPUT and claimable:
            snippets[-1] = dataclasses.replace(snippets[-1], claim=piece.code)
            places[index] = -1
            claimable = False
        else:
            claimable = False
    if setups:
        raise AuthoringError("no ```python run fence follows this set-up", line=setups[0].line)
    return snippets, places


def _shown(piece: Fence | Formula) -> str:
    if isinstance(piece, Formula):
        # TeX can carry addresses: \href.
        return markup.clean(to_mathml(piece.tex, display=True, line=piece.line))
    return highlight_block(piece.code, piece.language)


def _claim(fence: Fence, snippets: list[SnippetDraft]) -> None:
    """Make the fence what the snippet that it names, or else the last one, is said to print."""
    name = fence.options.name
    places = [n for n, draft in enumerate(snippets) if not name or draft.options.name == name]
    if not places:
        which = f"named {name!r} " if name else ""
        raise AuthoringError(
            f"no ```python run fence {which}stands before this output claim", line=fence.line
        )
    snippets[places[-1]] = dataclasses.replace(
        snippets[places[-1]], claim=fence.code, is_claim_apart=True
    )


def _draft(fence: Fence, setups: Sequence[Fence], before: Sequence[SnippetDraft]) -> SnippetDraft:
    if not fence.code.strip():
        raise AuthoringError(
            "this runnable fence is empty; write code or remove it", line=fence.line
        )
    if fence.options.is_session and not before:
        raise AuthoringError(
            "session goes on from an earlier ```python run fence, and there is none",
            line=fence.line,
        )
    return SnippetDraft(
        line=fence.line,
        code=fence.code,
        options=fence.options,
        setup="\n".join(setup.code for setup in setups),
        earlier=tuple(draft.code for draft in before),
    )


def _in_place(piece: Fence | Formula, word: str) -> list[str]:
    # Blank lines around it make it a paragraph, also in a list or a quote.
    after = continuation(piece.prefix)
    blank = after.rstrip()
    return [blank, piece.prefix + word, blank]


def _blocks(parts: Sequence[str], words: dict[str, str], mark: str) -> list[Block]:
    word = re.compile(rf"<p>\s*({mark}x\d+x)\s*</p>|({mark}x\d+x)")
    blocks: list[Block] = []
    for part in parts:
        html = word.sub(lambda match: words[match[1] or match[2]], part).strip()
        if alone := PLACEHOLDER.fullmatch(html):
            blocks.append({"kind": "snippet", "snippet": int(alone[1])})
        elif html:
            blocks.append({"kind": "html", "html": _scrolling(html)})
    return blocks


def _scrolling(html: str) -> str:
    # A wide table scrolls in its own box instead of widening the page.
    if html.startswith("<table"):
        return f'<div class="scroll" tabindex="0">{html}</div>'
    return html


def _line_of(markdown: str, text: str) -> int | None:
    found = markdown.find(text)
    return markdown.count("\n", 0, found) + 1 if found >= 0 else None
