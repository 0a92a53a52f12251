"""Which of the two languages a text is written in. Pure."""

import re

from kb.models import Language

CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
FENCE = re.compile(r"^[ >]*(`{3,}|~{3,}).*?^[ >]*\1", re.MULTILINE | re.DOTALL)


def language_of(*texts: str) -> Language:
    """Return Chinese where Chinese characters are at least a third of the words, else English.

    Code is left out; a technical Chinese text has many Latin words.
    """
    prose = "\n".join(FENCE.sub("", text) if "```" in text else text for text in texts)
    chinese = 0 if prose.isascii() else len(CHINESE.findall(prose))
    if not chinese:
        return Language.EN
    # A Chinese word has about two characters.
    return Language.ZH if chinese >= len(LATIN_WORD.findall(prose)) else Language.EN
