"""What a block of code from elsewhere is, and the fence it gets. Pure."""

import ast
import json
import re
from collections.abc import Callable

from kb.archive import python_lines, shell_lines
from snippets import code as codes

# Names of languages in class attributes, as sites write them → as we do.
NAMES = {
    "py": "python", "python": "python", "python3": "python", "py3": "python",
    "python2": "python", "ipython": "python", "ipython3": "python",
    "sh": "bash", "bsh": "bash", "bash": "bash", "shell": "bash", "zsh": "bash",
    "console": "console", "pycon": "pycon", "js": "javascript", "c++": "cpp", "c#": "csharp",
    "yml": "yaml", "md": "markdown", "plain": "text", "none": "text", "plaintext": "text",
    "txt": "text", "text": "text",
}  # fmt: skip
NAMED = re.compile(
    r"(?:\blang(?:uage)?-|\bbrush:\s*|\blang:|\bhighlight-source-|\bhighlight-)([\w+#.-]+)", re.I
)
# What syntax highlighters put on a block beside the language's name.
NOT_NAMES = {"default", "prettyprint", "prettyprint-override", "s-code-block", "hljs", "code",
             "highlight", "none", "wp-block-code", "notranslate", "codehilite", "literal-block",
             "sourcecode", "syntax", "brush"}  # fmt: skip
CONSOLE = re.compile(r"\s*(?:>>> |In \[\d+\]:)")
PROMPT = re.compile(r"\s*(?:\$|\w+@\w+:\S*[$#]) \S")
PRINTED = re.compile(
    r"\s*(?:tensor\(|array\(|<tf\.|[\[(]+-?\d|-?\d+(?:\.\d+)?\s*$|True$|False$|None$"
    r"|Traceback \(|Epoch \d|\w*(?:Error|Exception): )"
)
FENCE_LANGUAGE = re.compile(r"[\w+#.-]{1,30}")


def language_named(*attributes: str) -> str:
    """Return the language that class attributes name, or nothing."""
    for text in attributes:
        if found := NAMED.search(text):
            return _known(found[1])
    for word in " ".join(attributes).lower().split():
        if word in NAMES:
            return NAMES[word]
    return ""


def info_of(code: str, language: str = "") -> str:
    """Return the fence's info string: `python run` for Python, else the language."""
    name = _known(language) if language else _guess(code)
    if name == "python":
        if CONSOLE.match(code):
            return "pycon"
        return "python run" if code.strip() else "python"
    return name if FENCE_LANGUAGE.fullmatch(name) else ""


def fence(code: str, info: str) -> list[str]:
    """Return the lines of a fence that this code cannot end."""
    runs = re.findall("`{3,}", code)
    marks = "`" * max(3, *(len(run) + 1 for run in runs)) if runs else "```"
    return [f"{marks}{info}", *code.split("\n"), marks]


def _known(name: str) -> str:
    name = name.lower().strip()
    return "" if name in NOT_NAMES else NAMES.get(name, name)


def _guess(code: str) -> str:
    lines = [line for line in code.split("\n") if line.strip()]
    if not lines:
        return ""
    by_form: dict[str, Callable[[], object]] = {
        "pycon": lambda: CONSOLE.match(lines[0]),
        "console": lambda: PROMPT.match(lines[0]),
        "output": lambda: PRINTED.match(lines[0]),
        "python": lambda: _is_program(code),
        "json": lambda: lines[0].lstrip()[:1] in {"{", "["} and _is_json(code),
        "bash": lambda: shell_lines.are_shell(lines),
    }
    if name := next((name for name, is_it in by_form.items() if is_it()), ""):
        return name
    # What does not parse may still be meant as Python, and its readers want to know why not.
    return "python" if python_lines.are_python(lines) else ""


def _is_json(code: str) -> bool:
    try:
        return isinstance(json.loads(code), dict | list)
    except (ValueError, RecursionError):
        return False


def _is_program(code: str) -> bool:
    """Say whether it parses and does something; a lone word and `key: value` parse too."""
    body = codes.tree_of(code).body
    return any(not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call) for node in body)
