"""Text and query → tokens, by one code path; the offsets count characters of the original.

Chinese runs are cut into words; what else is a word is cut at underscores and capitals,
folded and stemmed. A token holds letters and digits alone, which every engine keeps whole.
Of words that were cut, `extras` has the uncut form, so that `dataloader` finds `DataLoader`.
"""

import functools
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Set
from sys import intern
from typing import Any, NamedTuple

import Stemmer

from kb.search.glossary import chinese_terms, glossary_digest
from kb.search.normalising import normalise, normalise_words

try:
    import rjieba
except ImportError:  # pairs of characters do nearly as well
    rjieba = None  # type: ignore[assignment]

VERSION = 5
"""Raise it when the same text would give other tokens, or an index would keep other fields.

Indexes are then built anew."""

HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
# Combining marks belong to the letter before them.
LEXEME = re.compile(f"[{HAN}]+|\\w[^\\W{HAN}]*(?:[\u0300-\u036f]+[^\\W{HAN}]*)*")
ASCII_LEXEME = re.compile(r"\w+", re.ASCII)  # the same where there is nothing else
BLANKS = bytes(code if ASCII_LEXEME.match(chr(code)) else ord(" ") for code in range(256))
"""The same as a table: whatever parts ASCII lexemes becomes a blank."""
IS_HAN = re.compile(f"[{HAN}]")
SEAM = re.compile(r"_+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])")
# Names that capitals do not cut: "tensor" is no part of TensorFlow.
NAMES = {
    "pytorch", "tensorflow", "tensorboard", "numpy", "scipy", "github", "opencv", "javascript",
    "torchscript", "torchvision", "openai", "youtube", "macos", "mxnet", "jupyterlab",
}  # fmt: skip
LONGEST_LEXEME = 120
"""Longer ones, such as encoded data, are cut there: nobody types them."""


class _Stemmers(threading.local):
    """A stemmer for each thread: one must not be used by two at once."""

    def __init__(self) -> None:
        self.english = Stemmer.Stemmer("english", 0)  # its own cache would only repeat ours


_stemmers = _Stemmers()


class Token(NamedTuple):
    text: str
    start: int
    end: int


class Cut(NamedTuple):
    """A word and what it is made of; places are relative to the word."""

    parts: tuple[Token, ...]
    extras: tuple[str, ...]


def version() -> str:
    """Return what an index must have been built with to understand today's queries."""
    return f"{VERSION}.{glossary_digest()[:8]}"


def is_han(text: str) -> bool:
    return bool(IS_HAN.match(text))


def analyze(text: str) -> list[Token]:
    """Return the tokens in reading order."""
    tokens: list[Token] = []
    for match in LEXEME.finditer(normalise(text)):
        start = match.start()
        parts = cut(match[0]).parts
        tokens.extend(Token(part.text, start + part.start, start + part.end) for part in parts)
    return tokens


class Indexed(NamedTuple):
    """A text as an index keeps it; made in C as far as possible, since reindexing is this."""

    text: str  # the same tokens as `analyze` gives, joined by blanks
    extras: Set[str]  # the uncut forms and the parts of long words, which are kept besides
    lexemes: list[str]


def index_text(text: str) -> Indexed:
    if not text:
        return EMPTY
    if text.isascii():
        lexemes = text.encode().translate(BLANKS).decode().split()
    else:
        lexemes = LEXEME.findall(normalise_words(text))
    tokens = " ".join(map(_known_tokens.__getitem__, lexemes))
    if MARK not in tokens:
        return Indexed(tokens, NOTHING, lexemes)
    parts = tokens.split(MARK)
    return Indexed("".join(parts[::2]), set(" ".join(parts[1::2]).split()), lexemes)


def words_of(lexemes: Iterable[str]) -> set[str]:
    """Return the Latin words in lower case, unstemmed, for spelling and completion."""
    words = set(map(_known_words.__getitem__, lexemes))
    words.discard("")
    return words


class _Memory(dict[str, str]):
    """What was worked out for each lexeme; all is forgotten when it is very much."""

    def __init__(self, work_out: Callable[[str], str]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, lexeme: str) -> str:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        # Equal strings are one string: what takes the time is memory that is far away.
        made = self[intern(lexeme)] = intern(self._work_out(lexeme))
        return made


def _tokens_of(lexeme: str) -> str:
    """Return the tokens joined by blanks, and, between marks, the extras where there are any."""
    pieces = cut(lexeme)
    tokens = " ".join([part.text for part in pieces.parts])
    return f"{tokens}{MARK}{' '.join(pieces.extras)}{MARK}" if pieces.extras else tokens


def _word_of(lexeme: str) -> str:
    is_word = 3 <= len(lexeme) <= 30 and lexeme.isascii() and lexeme.isalpha()
    return lexeme.lower() if is_word else ""


MARK = "\0"
NOTHING: frozenset[str] = frozenset()
EMPTY = Indexed("", NOTHING, [])
MOST_REMEMBERED = 200_000
_known_tokens = _Memory(_tokens_of)
_known_words = _Memory(_word_of)


def cut(lexeme: str) -> Cut:
    """Return the tokens of one match of LEXEME."""
    return _cut_han(lexeme) if is_han(lexeme) else _cut_latin(lexeme)


@functools.lru_cache(maxsize=100_000)
def _cut_latin(lexeme: str) -> Cut:
    spans: list[tuple[int, int]] = []
    start = 0
    whole = lexeme.lower() in NAMES
    for seam in () if whole else SEAM.finditer(lexeme):
        spans.append((start, seam.start()))
        start = seam.end()
    spans.append((start, len(lexeme)))
    parts = tuple(
        Token(stem(lexeme[begin : min(end, begin + LONGEST_LEXEME)]), begin, end)
        for begin, end in spans
        if end > begin
    )
    joined = (stem(lexeme.replace("_", "")),) if len(parts) > 1 else ()
    return Cut(tuple(part for part in parts if part.text), tuple(filter(None, joined)))


def stem(word: str) -> str:
    """Return the word folded to lower case and ASCII where it can be, without its ending."""
    folded = word.casefold()
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join(c for c in decomposed if not unicodedata.combining(c) and c.isalnum())
    return str(_stemmers.english.stemWord(folded)) if folded.isascii() else folded


@functools.lru_cache(maxsize=100_000)
def _cut_han(run: str) -> Cut:
    parts = tuple(_pairs(run) if _dictionary() is None else _words(run))
    extras = tuple(part for word in parts if len(word.text) > 2 for part in subwords(word.text))
    return Cut(parts, extras)


def _words(run: str) -> Iterator[Token]:
    at = 0
    for word in _dictionary().cut(run):
        yield Token(word, at, at + len(word))
        at += len(word)


def _pairs(run: str) -> Iterator[Token]:
    for at in range(max(len(run) - 1, 1)):
        yield Token(run[at : at + 2], at, min(at + 2, len(run)))


@functools.lru_cache(maxsize=20_000)
def subwords(word: str) -> tuple[str, ...]:
    """Return the shorter words of a long Chinese word: 神经 and 网络 of 神经网络."""
    dictionary = _dictionary()
    if dictionary is None:
        return ()
    parts: list[str] = dictionary.cut_for_search(word)
    return tuple(part for part in parts if part != word and len(part) > 1)


@functools.cache
def _dictionary() -> Any:
    """Return rjieba's dictionary with our terms, or None where rjieba is not installed."""
    if rjieba is None:
        return None
    dictionary = rjieba.Jieba()
    for term in chinese_terms():
        dictionary.add_word(term, None, None)
    return dictionary
