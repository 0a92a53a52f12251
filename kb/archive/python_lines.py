"""Telling lines of Python from other lines."""

import ast
import re
from collections.abc import Sequence

from kb.archive.scanner import Scanner, is_prose

TARGET = r"[A-Za-z_]\w*(?:\.\w+|\[[^\]]*\])*"
NAME = r"[A-Za-z_][\w.]*"
# A line in one of these forms makes a paragraph code; strings are "" here, comments gone.
STATEMENT = re.compile(
    rf"""^\s*(?:
        import\s+{NAME}(?:\s+as\s+\w+)?(?:\s*,\s*{NAME}(?:\s+as\s+\w+)?)*
      | from\s+[\w.]+\s+import\s+[\w*(].*
      | (?:async\s+)?(?:def|class)\s+\w+.*
      | (?:async\s+)?(?:for\s+.+\s+in\s+.+|with\s+\S.*|while\s+\S.*|if\s+\S.*):(?:\s*\S.*)?
      | {TARGET}(?:\s*,\s*{TARGET})*(?:\s*:\s*{TARGET})?\s*(?:[-+*/@%&|]|//|\*\*)?=(?![=>])\s*\S.*
      | {NAME}\(.*
      | print\ \(.*
      | {NAME}\ \([^,]+,.*\)
      | @{NAME}(?:\(.*)?
      | print\s+(?:""(?:\s*[,%].*)?|{NAME}\s*(?:,.*)?)
    )$""",
    re.VERBOSE,
)
# A line in one of these forms may stand among such lines.
COMPANION = re.compile(
    rf"""^\s*(?:
        | [)\]}}].*
        | (?:elif\s+\S.*|else|try|except\b.*|finally):(?:\s*\S.*)?
        | (?:return|yield|raise|assert|del|global|nonlocal)\b.*
        | pass | break | continue | \.\.\.
        | "".*
        | \.\w+.*
        | {TARGET}(?:\s*(?:[-+*/@%<>]|[=!<>]=)\s*\S.*)?
    )$""",
    re.VERBOSE,
)
STRAIGHT_QUOTES = str.maketrans("“”‘’", "\"\"''")


def are_python(texts: Sequence[str]) -> bool:
    """Say whether a paragraph is Python: every line may be, and one certainly is."""
    scanner = Scanner()
    has_statement = False
    for text in texts:
        goes_on = scanner.is_open
        bare = scanner.bare(text).rstrip()
        if is_prose(bare):
            return False
        if goes_on:
            continue
        if STATEMENT.match(bare) and not _is_sentence(bare):
            has_statement = True
        elif not COMPANION.match(bare):
            return False
    return has_statement


def is_damaged_statement(text: str) -> bool:
    """Say whether the line is an assignment that prose's typography went through."""
    if not re.match(r"^\w+\s?=(?!=)[^=]*\(.*\)\s*$", text):
        return False
    try:
        tree = ast.parse(text.strip().translate(STRAIGHT_QUOTES))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return isinstance(tree.body[0], ast.Assign) and isinstance(tree.body[0].value, ast.Call)


def _is_sentence(bare: str) -> bool:
    # "f(x) is what we want." and "Logistics(Video 1)" begin like a call.
    if called := re.match(r"^\s*[A-Za-z_][\w.]*(\(.*)$", bare):
        return _rest_is_prose(called[1]) or _has_loose_words(called[1])
    return bare.rstrip().endswith(".")


def _rest_is_prose(called: str) -> bool:
    """Say whether words follow the call's closing bracket."""
    depth = 0
    for at, character in enumerate(called):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0:
            rest = called[at + 1 :].strip()
            if rest.startswith(("(", "[")):
                return _rest_is_prose(rest)
            return bool(re.match(r"[A-Za-z]", rest)) or rest in {".", "!", "?"}
    return False


def _has_loose_words(called: str) -> bool:
    """Say whether two words stand beside each other as no Python does."""
    keywords = r"(?:for|in|if|else|not|and|or|is|lambda|await|from|as)"
    return bool(re.search(rf"\b(?!{keywords}\b)[A-Za-z_]\w* (?!{keywords}\b)\w", called))
