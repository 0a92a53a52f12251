"""The part of a text where a query matches, cut into matching and other pieces. Pure.

Pieces are plain text: whoever shows them escapes each, so no mark can break HTML.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Sequence
from typing import NamedTuple

from kb.search.analyzer import ASCII_LEXEME, LEXEME, Token, analyze, cut, is_han, words_with
from kb.search.normalising import normalise

PASSAGE_CHARACTERS = 200
CODE_LINES = 4
LONGEST_CODE_LINE = 160


class Piece(NamedTuple):
    text: str
    is_match: bool


Passage = tuple[Piece, ...]


class Matcher:
    """Finds the wanted tokens in texts, and remembers where they are in each word."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = frozenset(wanted)
        self._chinese = [token for token in self._wanted if is_han(token)]
        self._others = [token for token in self._wanted if not is_han(token)]
        self._inside: dict[str, tuple[Token, ...]] = {}

    def matches(self, text: str) -> list[Token]:
        """Return the wanted tokens; whole names where their joined form is wanted."""
        if not self._wanted:
            return []
        normal = normalise(text)
        lexemes = set((ASCII_LEXEME if text.isascii() else LEXEME).findall(normal))
        found = words_with(self._others, lexemes) if self._others else set()
        for token in self._chinese:
            if token in normal:  # rules most texts out at once
                found.update([lexeme for lexeme in lexemes if token in lexeme])
        for lexeme in found.difference(self._inside):
            self._inside[lexeme] = self._look_inside(lexeme)
        if not found:
            return []
        inside_of = self._inside
        return [
            Token(one.text, match.start() + one.start, match.start() + one.end)
            for match in LEXEME.finditer(normal)
            if match[0] in found
            for one in inside_of[match[0]]
        ]

    def _look_inside(self, lexeme: str) -> tuple[Token, ...]:
        pieces = cut(lexeme)
        if pieces.extras and lexeme.isascii() and not self._wanted.isdisjoint(pieces.extras):
            return (Token(pieces.extras[0], 0, len(lexeme)),)
        return tuple([part for part in pieces.parts if part.text in self._wanted])


def highlight(text: str, found: Sequence[Token]) -> Passage:
    """Return the whole text in pieces."""
    return _pieces(text, 0, len(text), found)


def best_passage(text: str, found: Sequence[Token]) -> Passage:
    """Return about PASSAGE_CHARACTERS around the most different matches; else the beginning."""
    start, end = _window(found, len(text))
    start, end = _at_word_borders(text, start, end)
    pieces = _pieces(text, start, end, found)
    before = (Piece("… ", False),) if start > 0 else ()
    after = (Piece(" …", False),) if end < len(text) else ()
    return (*before, *pieces, *after)


def best_lines(code: str, found: Sequence[Token]) -> Passage:
    """Return a few lines of code around the most different matches; none where nothing matches."""
    if not found:
        return ()
    starts = [0, *(at + 1 for at, character in enumerate(code) if character == "\n")]
    by_line: dict[int, set[str]] = {}
    for token in found:
        by_line.setdefault(bisect_left(starts, token.start + 1) - 1, set()).add(token.text)

    def worth(first: int) -> tuple[int, int]:
        lines = range(first, first + CODE_LINES)
        return len(set().union(*(by_line.get(line, set()) for line in lines))), -first

    first = max(by_line, key=worth)
    last = min(first + CODE_LINES, len(starts))
    end = starts[last] - 1 if last < len(starts) else len(code)
    return _pieces(code, starts[first], min(end, starts[first] + 4 * LONGEST_CODE_LINE), found)


def matched_tokens(passage: Passage) -> set[str]:
    """Return the different tokens that a passage marks."""
    return {token for piece in passage if piece.is_match for token in _tokens_of(piece.text)}


def _tokens_of(text: str) -> list[str]:
    return [token.text for token in analyze(text)]


def _window(found: Sequence[Token], length: int) -> tuple[int, int]:
    if not found:
        return 0, min(PASSAGE_CHARACTERS, length)
    best, best_start, best_last = (-1, 0), found[0].start, found[0].end
    first = 0
    for last, token in enumerate(found):
        while token.end - found[first].start > PASSAGE_CHARACTERS * 0.8 and first < last:
            first += 1
        inside = found[first : last + 1]
        worth = (len({one.text for one in inside}), len(inside))
        if worth > best:
            best, best_start, best_last = worth, found[first].start, token.end
    spare = max(PASSAGE_CHARACTERS - (best_last - best_start), 0)
    start = max(best_start - spare // 3, 0)
    return start, min(max(start + PASSAGE_CHARACTERS, best_last), length)


def _at_word_borders(text: str, start: int, end: int) -> tuple[int, int]:
    """Move both ends outwards, a little, so that no word and no character is cut."""
    while start > 0 and text[start - 1].isalnum() and text[start - 1].isascii():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end].isascii():
        end += 1
    while 0 < start < len(text) and unicodedata.combining(text[start]):
        start -= 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return start, end


def _pieces(text: str, start: int, end: int, found: Sequence[Token]) -> Passage:
    pieces: list[Piece] = []
    at = start
    for token in found:
        if token.start < at or token.end > end:
            continue
        if token.start > at:
            pieces.append(Piece(text[at : token.start], False))
        pieces.append(Piece(text[token.start : token.end], True))
        at = token.end
    if at < end:
        pieces.append(Piece(text[at:end], False))
    return tuple(pieces)
