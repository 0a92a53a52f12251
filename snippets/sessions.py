"""Console sessions: what was typed told apart from what was printed."""

import dataclasses
import re
import textwrap

PROMPT = re.compile(r"^(?P<indent>\s*)(?:>>>|In\s*\[\d*\]:)(?: (?P<code>.*)|\s*)$")
MORE = re.compile(r"^\s*(?:\.\.\.:?|\s*\.\.\.:)(?: (?P<code>.*)|\s*)$")
RESULT = re.compile(r"^\s*Out\s*\[\d*\]:\s?")
BLANK = "<BLANKLINE>"  # how a doctest writes one
# The lines after a traceback's frames, which are indented; its module is not named everywhere.
RAISED = re.compile(
    r"^\S*\s*Traceback \(most recent call last\).*?\n"
    r"(?:\w+\.)*(?P<type>\w+)(?:: ?(?P<message>.*))?\Z",
    re.DOTALL | re.MULTILINE,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Step:
    """Something typed, and what it printed."""

    code: str
    output: str


def is_session(code: str) -> bool:
    """Say whether `code` is what a Python prompt showed."""
    lines = [line for line in code.split("\n") if line.strip()]
    return (
        bool(lines)
        and any(PROMPT.match(line) for line in lines)
        and (
            PROMPT.match(lines[0]) is not None
            or sum(bool(PROMPT.match(line)) for line in lines) * 3 >= len(lines)
        )
    )


def is_shell_session(code: str) -> bool:
    """Say whether `code` is what a shell showed: it begins with a shell's prompt."""
    first = next((line for line in code.split("\n") if line.strip()), "")
    return bool(re.match(r"^\s*(?:\$|\w+@[\w.-]+\S*[$#])\s+\S", first))


def read_session(code: str) -> list[Step]:
    """Return the steps; lines before the first prompt are left out."""
    steps: list[Step] = []
    typed: list[str] = []
    printed: list[str] = []
    for line in textwrap.dedent(code).split("\n"):
        if prompt := PROMPT.match(line):
            _end(steps, typed, printed)
            typed, printed = [prompt["code"] or ""], []
        elif typed and not printed and (more := MORE.match(line)):
            typed.append(more["code"] or "")
        elif typed:
            printed.append(RESULT.sub("", line))
    _end(steps, typed, printed)
    return steps


def _end(steps: list[Step], typed: list[str], printed: list[str]) -> None:
    code = "\n".join(typed).rstrip()
    output = "\n".join("" if line.strip() == BLANK else line for line in printed).strip("\n")
    if not code.strip():
        return
    raised = RAISED.search(output)
    steps.append(_raising(code, raised) if raised else Step(code=code, output=output))


def _raising(code: str, raised: re.Match[str]) -> Step:
    """Return what was shown to raise as a step after which the session goes on."""
    lines = [
        'raised = "nothing"',
        "try:",
        textwrap.indent(code, "    "),
        "except Exception as error:",
        '    raised = f"{type(error).__name__}: {error}"',
        "print(raised)",
    ]
    return Step(code="\n".join(lines), output=f"{raised['type']}: {raised['message'] or ''}")


def program_of(steps: list[Step]) -> str:
    """Return what was typed as one program."""
    return "\n".join(step.code for step in steps)


def spans(steps: list[Step]) -> list[tuple[int, str]]:
    """Return, for each step that printed, its last line in the program and its output."""
    line = 0
    found: list[tuple[int, str]] = []
    for step in steps:
        line += step.code.count("\n") + 1
        if step.output.strip():
            found.append((line, step.output))
    return found
