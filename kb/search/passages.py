"""The part of a text where a query matches, cut into matching and other pieces. Pure.

Pieces are plain text: whoever shows them escapes each, so no mark can break HTML.
"""

import itertools
import re
import string
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from kb.search.analyzer import ASCII_LEXEME, HAN, LEXEME, Token, cut, is_han
from kb.search.normalising import normalise_words

PASSAGE_CHARACTERS = 200
CODE_LINES = 4
LONGEST_CODE_LINE = 160
TELLING = 0.6
"""Part of what matches that code has to show."""
ACCENTED = re.compile(f"[^\\W\x00-\x7f{HAN}]+")
LINE_END = re.compile("\n")
SHORTEST_JOINED = 4  # letters of a name without its seams
LATIN = re.compile(f"[^\\W\x00-\x7f{HAN}]|[\u0300-\u036f]")
IN_ASCII_WORD = frozenset(string.ascii_letters + string.digits + "_")


class Piece(NamedTuple):
    text: str
    is_match: bool


Passage = tuple[Piece, ...]


class Matcher:
    """Finds the wanted tokens in texts.

    A text is not cut into tokens: most of its words have no letters in common with what is
    wanted, so words are looked at only around a beginning of a wanted token.
    """

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = frozenset(wanted)
        self._chinese = [token for token in self._wanted if is_han(token)]
        latin = [token for token in self._wanted if not is_han(token)]
        beginnings = {_beginning(token) for token in latin}
        self._long = [one for one in beginnings if len(one) >= SHORTEST_JOINED]
        # What begins with another beginning is found with it.
        self._beginnings = [one for one in beginnings if beginnings.isdisjoint(_shorter(one))]
        self._inside: dict[str, tuple[Token, ...]] = {}

    def matches(self, *texts: str) -> list[list[Token]]:
        """Return the wanted tokens of each text; whole names where their joined form is wanted."""
        found: list[list[Token]] = [[] for _ in texts]
        # Apart: one letter that is not ASCII makes looking through all of them take thrice as long.
        for is_ascii in (True, False):
            some = [place for place, text in enumerate(texts) if text.isascii() is is_ascii]
            for place, token in self._matches([texts[place] for place in some]):
                found[some[place]].append(token)
        return found

    def _matches(self, texts: Sequence[str]) -> Iterator[tuple[int, Token]]:
        """Yield the wanted tokens and the places of their texts."""
        normal = normalise_words("\n".join(texts))
        words = self._words_with_chinese(normal) | self._words_with_latin(normal)
        borders = list(itertools.accumulate((len(text) + 1 for text in texts), initial=0))
        place = 0
        for at in sorted(words):
            while at >= borders[place + 1]:
                place += 1
            start = at - borders[place]
            for text, first, last in self._look_inside(words[at]):
                yield place, Token(text, start + first, start + last)

    def _words_with_chinese(self, normal: str) -> dict[int, str]:
        words: dict[int, str] = {}
        if normal.isascii():
            return words
        for token in self._chinese:
            at = normal.find(token)
            while at >= 0:
                while at > 0 and is_han(normal[at - 1]):
                    at -= 1
                words[at] = LEXEME.match(normal, at)[0]  # type: ignore[index]
                at = normal.find(token, at + len(words[at]))
        return words

    def _words_with_latin(self, normal: str) -> dict[int, str]:
        if not self._beginnings:
            return {}
        words: dict[int, str] = {}
        lower = normal.replace("İ", "I").lower()  # the one letter whose small form is two
        for beginning in [*self._beginnings, *self._seams(lower)]:
            at = lower.find(beginning)
            while at >= 0:
                start, word = _word_around(normal, at)
                words[start] = word
                at = lower.find(beginning, start + len(word))
        if not normal.isascii():
            # Their tokens are spelled in other letters.
            for match in ACCENTED.finditer(normal):
                start, word = _word_around(normal, match.start())
                words[start] = word
        return words

    def _seams(self, lower: str) -> tuple[str, ...]:
        """Return what names in parts are found by, where one may be wanted without its seams."""
        if not self._long or "_" not in lower:
            return ()
        with_seams = "\n".join([line for line in lower.split("\n") if "_" in line])
        joined = with_seams.replace("_", "")
        has_more = any(joined.count(one) > with_seams.count(one) for one in self._long)
        return ("_",) if has_more else ()

    def _look_inside(self, lexeme: str) -> tuple[Token, ...]:
        """Return the wanted tokens of one match of LEXEME, by their places in it."""
        found = self._inside.get(lexeme)
        if found is None:
            pieces = cut(lexeme)
            if pieces.extras and lexeme.isascii() and not self._wanted.isdisjoint(pieces.extras):
                found = (Token(pieces.extras[0], 0, len(lexeme)),)
            else:
                found = tuple([part for part in pieces.parts if part.text in self._wanted])
            self._inside[lexeme] = found
        return found


def _shorter(beginning: str) -> Iterator[str]:
    return (beginning[:end] for end in range(1, len(beginning)))


def _beginning(stem: str) -> str:
    """Return what every English word with this stem begins with: `di` of `die`, as in dying."""
    if len(stem) > 2 and stem.endswith("ie"):
        return stem[:-2]
    return stem[:-1] if len(stem) > 1 and stem[-1] in "eily" else stem


def _word_around(normal: str, at: int) -> tuple[int, str]:
    """Return the match of LEXEME that holds a letter that is not Chinese, and where it starts."""
    start = at
    while start > 0 and (
        (before := normal[start - 1]) in IN_ASCII_WORD or (before > "\x7f" and LATIN.match(before))
    ):
        start -= 1
    # Most words are of ASCII alone, and that takes a third of the time.
    ascii_word = ASCII_LEXEME.match(normal, start)
    if ascii_word and normal[ascii_word.end() : ascii_word.end() + 1].isascii():
        return start, ascii_word[0]
    while (match := LEXEME.match(normal, start)) is None:  # a mark without its letter
        start += 1
    return start, match[0]


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


def telling_lines(code: str, found: Sequence[Token], elsewhere: Sequence[Token]) -> Passage:
    """Return a few lines of code around the most different matches.

    None where they hold too little of what matches here and elsewhere: an import tells nothing.
    """
    if not found:
        return ()
    start, end = _best_lines(code, found)
    shown = [token for token in found if start <= token.start and token.end <= end]
    everything = {token.text for token in (*found, *elsewhere)}
    if len({token.text for token in shown}) < TELLING * len(everything):
        return ()
    return _pieces(code, start, end, shown)


def _best_lines(code: str, found: Sequence[Token]) -> tuple[int, int]:
    starts = [0, *(match.end() for match in LINE_END.finditer(code))]
    by_line: dict[int, set[str]] = {}
    for token in found:
        by_line.setdefault(bisect_left(starts, token.start + 1) - 1, set()).add(token.text)

    different = len({token.text for token in found})
    first, most = 0, 0
    for line in by_line:
        some = set().union(*[by_line.get(one, ()) for one in range(line, line + CODE_LINES)])
        if len(some) > most:
            first, most = line, len(some)
        if most == different:
            break
    last = min(first + CODE_LINES, len(starts))
    end = starts[last] - 1 if last < len(starts) else len(code)
    return starts[first], min(end, starts[first] + 4 * LONGEST_CODE_LINE)


def _window(found: Sequence[Token], length: int) -> tuple[int, int]:
    if not found:
        return 0, min(PASSAGE_CHARACTERS, length)
    best, best_start, best_last = (0, 0), found[0].start, found[0].end
    inside: dict[str, int] = {}  # how often each token is between `first` and `last`
    first = 0
    for last, token in enumerate(found):
        inside[token.text] = inside.get(token.text, 0) + 1
        while token.end - found[first].start > PASSAGE_CHARACTERS * 0.8 and first < last:
            gone = found[first].text
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        worth = (len(inside), last - first + 1)
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
