"""What is typed, or a title, as words: the units of which a query asks."""

import dataclasses
import functools
import re

from kb.search.analyzer import IS_HAN, LEXEME, cut, is_han, stem
from kb.search.normalising import normalise

DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|\w+", re.ASCII)
# What says nothing of the subject. Indexed all the same, since a phrase may need it.
ENGLISH_STOP_WORDS = """
a an and are as at be but by can could did do does for from had has have how i if in into is it its
me my not of on or our should so than that the their them then there these this those to was we
were what when where which while who why will with would you your get got use using
"""
CHINESE_STOP_WORDS = """
的 了 吗 呢 吧 啊 是 在 和 与 或 及 我 你 他 它 我们 你们 这 那 这个 那个 一个 怎么 怎样 如何 什么
为什么 为何 哪个 哪些 哪里 多少 可以 能 能不能 会 要 应该 需要 请问 有 没有 不 就 都 也 还 把 被 让
使 用 从 到 对 为 里 中 上 下 时 时候 之后 之前 怎么办 怎么样 一下 请 关于 以及 各 各是
"""
STOP_WORDS = {*ENGLISH_STOP_WORDS.split(), *CHINESE_STOP_WORDS.split()}
STOP_TOKENS = {stem(word) for word in STOP_WORDS}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """One thing that was typed, with the tokens it stands for."""

    tokens: tuple[str, ...]
    surface: str
    joined: str = ""
    identifier: str = ""

    @property
    def is_stop_word(self) -> bool:
        return self.surface.lower() in STOP_WORDS


def words_of(text: str) -> list[Word]:
    """Return the words of a text: Chinese ones as cut, names with their dots whole."""
    normal = normalise(text)
    words: list[Word] = []
    at = 0
    while match := LEXEME.search(normal, at):
        at = match.end()
        if is_han(match[0]):
            words += [Word(tokens=(part.text,), surface=part.text) for part in cut(match[0]).parts]
        elif (name := DOTTED.match(normal, match.start())) and name.end() >= match.end():
            at = name.end()
            words.append(_name(name[0]))
        else:
            words.append(_name(match[0]))
    return words


@functools.lru_cache(maxsize=10_000)
def _name(surface: str) -> Word:
    pieces = [cut(lexeme) for lexeme in LEXEME.findall(surface)]
    tokens = tuple(part.text for piece in pieces for part in piece.parts)
    joined = pieces[0].extras[0] if len(pieces) == 1 and pieces[0].extras else ""
    is_identifier = len(tokens) > 1 or "_" in surface.strip("_")
    return Word(
        tokens=tokens,
        surface=surface,
        joined=joined,
        identifier=surface.lower() if is_identifier else "",
    )


def telling_words(words: list[Word]) -> list[Word]:
    """Return the words that say something; all of them where none does."""
    return [word for word in words if not word.is_stop_word] or words


def is_chinese(text: str) -> bool:
    """Say whether a text has Chinese words."""
    return bool(IS_HAN.search(normalise(text)))
