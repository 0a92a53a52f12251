"""What an author says beside a statement: trailing comments, bare comparisons, sessions."""

import ast
import dataclasses
import io
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence

from snippets import code as codes

ARROW = re.compile(r"^(?:[-=~]+>|→|⇒|>{2,}|<-+|={2,}(?=\s))\s*")
EQUALS = re.compile(r"^=\s+")
WORD = re.compile(
    r"^(?:it\s+|will\s+|this\s+|now\s+|should\s+)*(?:(?<=should\s)be|prints?|printed|outputs?|returns?|gives?|yields?|evaluates\s+to|"
    r"displays?|results?(?:\s+(?:in|is))?|out|输出|打印|显示|返回|结果|得到)(?:为|是)?(?![\w])\s*(?:\[\d*\])?\s*"
    r"(?P<sign>is\b|are\b|:|：|[-=]+>|=(?!=)|→)?\s*",
    re.IGNORECASE,
)
ABOUT = re.compile(
    r"^(?P<name>[A-Za-z_]\w*(?:\.\w+(?:\(\))?)*)\s*(?:is(?:\s+now)?|are|==|=|:|：|为|是|[-=]+>)\s+(?P<rest>\S.*)$",
    re.DOTALL,
)
SIZE_WORD = re.compile(
    r"^(?:the\s+)?(?:output\s+)?(?:shape|size|dims?|形状)\s*(?:is|:|：|=|[-=]+>)?\s*", re.IGNORECASE
)
# How objects write themselves, as far as values do; `<batch, steps>` is no value.
OBJECT = re.compile(
    r"<(?:class '|tf\.|function |bound method |generator object |KerasTensor|[\w.]+ object at 0x|"
    r"\w+Backward\d*\b)[^<>]*>"
)
ARRAY_PRINT = re.compile(r"^[\[\]\s\d.,+\-eE…]*\d[\[\]\s\d.,+\-eE…]*$")
CONSTRUCTORS = {
    "tensor",
    "array",
    "torch.Size",
    "TensorShape",
    "Size",
    "device",
    "torch.device",
    "Parameter",
    "OrderedDict",
    "dict_keys",
    "set",
    "frozenset",
    "range",
    "Fraction",
    "Decimal",
}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Claim:
    """What a statement is said to print, to be or to have as its shape."""

    line: int  # the last of the statement it is about
    text: str
    about: str = ""  # another name, or an attribute of one, that the text is about
    is_strong: bool = True  # said in words or by an arrow, not only by its form
    is_comparison: bool = False  # the statement itself compares: it must be true
    is_session: bool = False  # printed under a prompt


def read_claims(code: str) -> list[Claim]:
    """Return the claims in comments and bare comparisons of `code`, in order."""
    tree = codes.tree_of(code)
    comments = _comments(code)
    lines = code.split("\n")
    claims: list[Claim] = []
    statements = list(_statements(tree))
    last_of_line = {statement.end_lineno: statement for statement in statements}
    for statement in statements:
        end = statement.end_lineno or statement.lineno
        is_last = last_of_line[statement.end_lineno] is statement
        said = _said(statement, end, comments, lines) if is_last else None
        is_comparison = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Compare)
        if is_comparison and said is not None and said.text == "False":
            said = dataclasses.replace(said, is_strong=True)
        elif is_comparison:
            claims.append(Claim(line=end, text="True", is_comparison=True))
        claims += [said] if said else []
    return claims


def _said(
    statement: ast.stmt, end: int, comments: Mapping[int, str], lines: Sequence[str]
) -> Claim | None:
    """Return what the comment beside a statement claims, else the comment below it."""
    text = comments.get(end, "")
    if not text:
        below = _below(end, comments, lines)
        return _claim(below, end, statement) if below else None
    if _is_open(text):
        text = "\n".join([text, *_comment_lines(end, comments, lines)])
    return _claim(text, end, statement)


def is_literal(text: str) -> bool:
    """Say whether `text` is a value as Python or an array library writes it."""
    stripped = (
        text.strip().rstrip(".;,") if not text.strip().endswith((".]", ".)")) else text.strip()
    )
    if ARRAY_PRINT.match(stripped):
        return True
    try:
        tree = ast.parse(OBJECT.sub("None", _balanced(stripped)), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return all(map(_is_literal_node, ast.walk(tree)))


def _balanced(text: str) -> str:
    return re.sub(r"\n\s*", " ", text)


def _is_literal_node(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return ast.unparse(node.func) in CONSTRUCTORS
    if isinstance(node, ast.Name):
        return node.id in {c.partition(".")[0] for c in CONSTRUCTORS} | {
            "torch",
            "nan",
            "inf",
            "np",
        }
    allowed = (
        ast.Constant,
        ast.List,
        ast.Tuple,
        ast.Dict,
        ast.Set,
        ast.UnaryOp,
        ast.USub,
        ast.UAdd,
        ast.Load,
        ast.keyword,
        ast.Attribute,
    )
    return isinstance(node, allowed)


def _claim(comment: str, line: int, statement: ast.stmt) -> Claim | None:
    """Return what a comment claims of the statement, or None where it only explains."""
    text = comment.strip()
    is_strong = False
    for _ in range(3):
        if arrow := ARROW.match(text):
            text, is_strong = text[arrow.end() :], True
        elif (equals := EQUALS.match(text)) and is_literal(text[equals.end() :]):
            text, is_strong = text[equals.end() :], True
        elif (word := WORD.match(text)) and text[word.end() :].strip():
            rest = text[word.end() :]
            if not word["sign"] and not is_literal(rest) and not _is_print(statement):
                break
            text, is_strong = rest, True
        else:
            break
    text = text.strip()
    if sized := SIZE_WORD.match(text):
        rest = text[sized.end() :]
        if is_literal(rest) and rest.strip()[:1] in "([tT":
            return Claim(line=line, text=rest.strip(), is_strong=True)
    if not is_literal(text) and (about := ABOUT.match(text)) and is_literal(about["rest"]):
        return Claim(line=line, text=about["rest"].strip(), about=about["name"])
    if not text or not (is_literal(text) or is_strong):
        return None
    if not is_strong and not _may_be_claimed(statement):
        return None
    return Claim(line=line, text=text, is_strong=is_strong)


def _is_print(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func) == "print"


def _may_be_claimed(statement: ast.stmt) -> bool:
    """Say whether a bare value after the statement can be its result: not after a constant."""
    match statement:
        case ast.Expr():
            return not isinstance(statement.value, ast.Constant)
        case ast.Assign() | ast.AugAssign() | ast.AnnAssign():
            return statement.value is not None and any(
                isinstance(node, ast.Call | ast.BinOp | ast.Subscript | ast.Compare | ast.Attribute)
                for node in ast.walk(statement.value)
            )
        case _:
            return False


def _is_open(text: str) -> bool:
    return sum(map(text.count, "([{")) > sum(map(text.count, ")]}"))


def _comment_lines(end: int, comments: Mapping[int, str], lines: Sequence[str]) -> list[str]:
    """Return the comments that stand alone right below a line."""
    found: list[str] = []
    at = end + 1
    while at <= len(lines) and lines[at - 1].lstrip().startswith("#"):
        found.append(comments.get(at, ""))
        at += 1
    return found


def _below(end: int, comments: Mapping[int, str], lines: Sequence[str]) -> str:
    """Return the comment lines right below a statement, where they begin as a value or an arrow."""
    found = _comment_lines(end, comments, lines)
    if not found:
        return ""
    first = found[0].strip()
    if not (ARROW.match(first) or WORD.match(first) or _starts_like_value(first)):
        return ""
    return "\n".join(found)


def _starts_like_value(text: str) -> bool:
    return bool(
        re.match(
            r"^(?:[\[({]|tensor\(|array\(|torch\.Size|<tf\.|[-+]?\d|'|\"|True\b|False\b|None\b)",
            text,
        )
    )


def _statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements that have no body of their own, in order."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign):
            yield child
        elif not isinstance(child, ast.expr):
            yield from _statements(child)


def _comments(code: str) -> dict[int, str]:
    found: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                found[token.start[0]] = token.string.lstrip("#")
    except (tokenize.TokenError, SyntaxError):
        pass  # comments up to there are known
    return found
