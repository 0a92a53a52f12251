"""Making spellings of the same text equal, character for character, so that offsets stay true."""

import functools
import re
import unicodedata
from collections.abc import Callable
from importlib import resources


@functools.cache
def simplified_of() -> dict[str, str]:
    """Return OpenCC's table of traditional characters and their commonest simplified form."""
    table = resources.files("opencc").joinpath("dictionary", "TSCharacters.txt")
    found: dict[str, str] = {}
    for line in table.read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        first = simplified.split(" ")[0]
        if len(traditional) == len(first) == 1:
            found[traditional] = first
    return found


class _Characters(dict[int, str]):
    """One normal character for each; worked out when first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        normal = unicodedata.normalize("NFKC", character)
        # What would become several characters, such as a ligature, would move all that follows.
        normal = normal if len(normal) == 1 else character
        self[code] = simplified_of().get(normal, normal)
        return self[code]


_CHARACTERS = _Characters()


def normalise(text: str) -> str:
    """Return `text` in half width, simplified and composed, with exactly as many characters."""
    return text if text.isascii() else text.translate(_CHARACTERS)


def normalise_words(text: str) -> str:
    """Return what has the same words as `normalise(text)`, which is much work in Chinese texts.

    There every third sign is one that changes: a comma in full width. Words seldom do.
    """
    return text if text.isascii() or not _changing()(text) else normalise(text)


@functools.cache
def _changing() -> Callable[[str], object]:
    """Return what finds a character that changes and that is part of a word, then or now.

    Beyond the first plane are rare ones alone, and one range for them all keeps it fast.
    """
    part = re.compile("[\\w\u0300-\u036f]")
    changing = [
        character
        for character in map(chr, range(0x80, 0x10000))
        if character in simplified_of() or not unicodedata.is_normalized("NFKC", character)
        if (normal := normalise(character)) != character
        if part.match(character) or part.match(normal)
    ]
    return re.compile(f"[{''.join(changing)}\U00010000-\U0010ffff]").search
