"""Mechanical repairs of cut-out code: they change how it is written, never what it means."""

import dataclasses
import re
import textwrap
from collections.abc import Callable, Iterator
from enum import StrEnum

from snippets import code as codes

QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "′": "'", "″": '"'})
TYPOGRAPHY = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "−": "-",
        "…": "...",
        "×": "*",
        "\u200b": "",
        "\ufeff": "",
        "，": ",",
        "（": "(",
        "）": ")",
        "：": ":",
        "；": ";",
        "　": " ",
    }
)
MAGIC = re.compile(r"^(\s*)(?:%%?\w[^\n]*|![^\n]*)$")
OPENS_BODY = re.compile(
    r"^(\s*)(?:async\s+)?(?:def|class|for|while|if|elif|else|try|except|finally|with)\b.*:\s*(?:#.*)?$"
)
PROMPT = re.compile(r"^\s*(?:In\s*\[\d*\]:|>>>|\.\.\.(?=\s|$)|\.\.\.:)\s?")
PRINTED = re.compile(
    r"^\s*(?:Out\s*\[\d*\]:|tensor\(|array\(|torch\.Size\(|<tf\.|Epoch \d|Traceback \(|[\[(]+\s*-?\d|"
    r"\d+(?:\.\d+)?\s*$|\w+Error:|Output:|>>>|---+|===+|\.{3,}\s*$)"
)
TAIL_LINES = 40


class Repair(StrEnum):
    QUOTES = "quotes"
    MAGICS = "magics"
    PROMPTS = "prompts"
    INDENTATION = "indentation"
    BODIES = "bodies"
    ELLIPSIS = "ellipsis"
    OUTPUT = "output"
    RETURN = "return"
    BRACKETS = "brackets"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Repaired:
    """Code that compiles, and what was done to it."""

    code: str
    repairs: tuple[Repair, ...]


def repair(code: str) -> Repaired | None:
    """Return `code` mended so that it compiles; None where no repair here can do that."""
    tidy = codes.tidy(code)
    if codes.syntax_error(tidy) is None:
        return Repaired(code=tidy, repairs=())
    return next(_mended(tidy), None)


def _mended(code: str) -> Iterator[Repaired]:
    """Yield what compiles, the fewest repairs first: each alone, then all in turn."""
    for name, mend in MENDS.items():
        changed = mend(code)
        if changed != code and codes.syntax_error(changed) is None:
            yield Repaired(code=changed, repairs=(name,))
    done: list[Repair] = []
    for name, mend in MENDS.items():
        changed = mend(code)
        if changed != code:
            code = changed
            done.append(name)
            if codes.syntax_error(code) is None:
                yield Repaired(code=code, repairs=tuple(done))


def _quotes(code: str) -> str:
    return code.translate(QUOTES).translate(TYPOGRAPHY)


def _magics(code: str) -> str:
    return "\n".join(
        MAGIC.sub(r"\1pass", line) if _is_magic(line) else line for line in code.split("\n")
    )


def _is_magic(line: str) -> bool:
    return bool(MAGIC.match(line))


def _prompts(code: str) -> str:
    """Take prompts away; what stands between them without one is output."""
    lines = code.split("\n")
    if not any(re.match(r"^\s*(?:In\s*\[\d*\]:|>>>)", line) for line in lines):
        return code
    kept = [PROMPT.sub("", line, count=1) for line in lines if PROMPT.match(line)]
    return textwrap.dedent("\n".join(kept))


def _indentation(code: str) -> str:
    """Straighten a block that was cut out: its first line too far left, or some lines adrift."""
    lines = code.expandtabs(4).split("\n")
    rest = [line for line in lines[1:] if line.strip()]
    if rest and not lines[0].rstrip().endswith((":", "(", "[", "{", ",", "\\")):
        margin = min(len(line) - len(line.lstrip()) for line in rest)
        if margin:
            straight = [lines[0].strip(), *(line[margin:] for line in lines[1:])]
            if codes.syntax_error("\n".join(straight)) is None:
                return "\n".join(straight)
    return _settle("\n".join(lines))


def _settle(code: str) -> str:
    """Move each line that Python finds wrongly indented to the nearest depth that it allows."""
    lines = code.split("\n")
    for _ in range(len(lines)):
        error = codes.syntax_error("\n".join(lines))
        if not isinstance(error, IndentationError) or not error.lineno:
            break
        at = min(error.lineno, len(lines)) - 1
        above = next(
            (x for x in reversed(lines[:at]) if x.strip() and not x.lstrip().startswith("#")), ""
        )
        depth = len(above) - len(above.lstrip())
        own = len(lines[at]) - len(lines[at].lstrip())
        if "expected an indented block" in str(error.msg):
            break
        code_above = [x for x in lines[:at] if x.strip() and not x.lstrip().startswith("#")]
        depths = {len(x) - len(x.lstrip()) for x in code_above}
        target = depth if own > depth else max([d for d in depths if d <= own], default=0)
        if target == own:
            target = depth
        if target == own:
            break
        lines[at:] = _shifted(lines[at:], own, target)
    return "\n".join(lines)


def _shifted(lines: list[str], own: int, target: int) -> list[str]:
    """Shift the first line, and those that stand at least as deep right after it."""
    shifted: list[str] = []
    for index, line in enumerate(lines):
        depth = len(line) - len(line.lstrip())
        if line.strip() and depth < own:
            return [*shifted, *lines[index:]]
        shifted.append(" " * (depth - own + target) + line.lstrip() if line.strip() else line)
    return shifted


def _bodies(code: str) -> str:
    """Give `pass` to a line that opens a body and has none, comments aside."""
    lines = code.split("\n")
    mended: list[str] = []
    for index, line in enumerate(lines):
        mended.append(line)
        opening = OPENS_BODY.match(line)
        if not opening or _is_open_bracket("\n".join(lines[: index + 1])):
            continue
        following = next(
            (x for x in lines[index + 1 :] if x.strip() and not x.strip().startswith("#")), ""
        )
        depth = len(following) - len(following.lstrip())
        if not following or depth <= len(opening[1]):
            mended.append(opening[1] + "    pass")
    return "\n".join(mended)


def _is_open_bracket(text: str) -> bool:
    bare = re.sub(r"#[^\n]*|\"[^\"\n]*\"|'[^'\n]*'", "", text)
    return sum(bare.count(x) for x in "([{") > sum(bare.count(x) for x in ")]}")


def _ellipsis(code: str) -> str:
    """Comment out lines of dots that only say "and so on", where a value or nothing may stand."""
    dots = re.compile(r"^(\s*)(\.{2,}|\.(?:\s*\.)+)\s*,?\s*$")
    lines = code.split("\n")
    kept: list[str] = []
    for index, line in enumerate(lines):
        found = dots.match(line)
        if found and _is_open_bracket("\n".join(lines[:index])):
            return code  # inside a display it stands for elements that nobody knows
        kept.append(f"{found[1]}pass  # ..." if found else line)
    return "\n".join(kept)


def _output(code: str) -> str:
    """Cut off output that was pasted after the code."""
    lines = code.split("\n")
    starts = [i for i, line in enumerate(lines) if i and PRINTED.match(line)]
    for start in starts:
        head = "\n".join(lines[:start]).rstrip()
        if head and codes.syntax_error(head) is None and len(lines) - start <= TAIL_LINES:
            return head
    return code


def _return(code: str) -> str:
    """Make a body that was cut out of its function one again, and call it."""
    if not re.search(r"^(?:\s*)(?:return|yield)\b", code, re.MULTILINE):
        return code
    body = textwrap.indent(code, "    ")
    return f"def fragment():\n{body}\n\nfragment()"


def _brackets(code: str) -> str:
    """Take away closing brackets at the end that nothing opened."""
    stripped = code.rstrip()
    while stripped[-1:] in ")]}" and not _is_balanced(stripped):
        bare = re.sub(r"#[^\n]*|\"[^\"\n]*\"|'[^'\n]*'", "", stripped)
        if sum(bare.count(x) for x in ")]}") <= sum(bare.count(x) for x in "([{"):
            return code
        stripped = stripped[:-1].rstrip()
    return stripped


def _is_balanced(code: str) -> bool:
    bare = re.sub(r"#[^\n]*|\"[^\"\n]*\"|'[^'\n]*'", "", code)
    return sum(bare.count(x) for x in "([{") == sum(bare.count(x) for x in ")]}")


MENDS: dict[Repair, Callable[[str], str]] = {
    Repair.QUOTES: _quotes,
    Repair.PROMPTS: _prompts,
    Repair.MAGICS: _magics,
    Repair.OUTPUT: _output,
    Repair.ELLIPSIS: _ellipsis,
    Repair.BODIES: _bodies,
    Repair.INDENTATION: _indentation,
    Repair.BRACKETS: _brackets,
    Repair.RETURN: _return,
}
