"""Making spellings of the same text equal, character for character, so that offsets stay true."""

import functools
import re
import unicodedata
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


def normal_words(text: str) -> str:
    """Return a text with the words of `normalise(text)` at the same places.

    That is mostly the text itself, as one look tells, at a tenth of the price.
    """
    return text if text.isascii() or _plain().fullmatch(text) else normalise(text)


# What parts words may be spelled as it likes: spaces, quotes, arrows, signs, Chinese stops.
NO_WORDS = "\u00b0\u00b1\u00b7\u00d7\u2000-\u206f\u2190-\u22ff\u2500-\u25ff"
WIDE_STOPS = "\u3000-\u3003\u3008-\u301f"
WIDE_STOPS += "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3e\uff5b-\uff65"


@functools.cache
def _plain() -> re.Pattern[str]:
    """Return what matches texts whose words are normal: ASCII and simplified Chinese."""
    simplified = "".join(
        character
        for character in map(chr, range(0x4E00, 0xA000))
        if character not in simplified_of()
    )
    return re.compile(f"[\0-\x7f{NO_WORDS}{WIDE_STOPS}{simplified}]*")
