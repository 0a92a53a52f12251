"""TeX formulas as MathML, with an error where the converter would keep silent."""

import html
import re
from xml.etree.ElementTree import Element, tostring  # only writes, never parses

from latex2mathml.converter import convert_to_element

from kb.errors import AuthoringError

# How many children MathML wants: the converter leaves some out of broken TeX.
CHILDREN = {
    "mfrac": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "mroot": 2,
    "msubsup": 3,
    "munderover": 3,
}
ESCAPED = re.compile(r"\\[\\{}$&%#_]")


def to_mathml(tex: str, *, display: bool, line: int | None = None) -> str:
    """Return `<math>` for a formula; AuthoringError names the line, the formula and the fault."""
    if problem := _brace_problem(tex):
        raise AuthoringError(f"formula ${tex}$: {problem}", line=line)
    # The converter knows alignment under the name of split only.
    known = re.sub(r"\\(begin|end)\{(?:aligned|align\*?|gathered)\}", r"\\\1{split}", tex)
    try:
        root = convert_to_element(known, display="block" if display else "inline")
    # The converter raises its own exceptions, IndexError and AttributeError alike.
    except Exception as error:
        fault = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__.removesuffix("Error"))
        raise AuthoringError(f"formula ${tex}$: {fault.lower()}", line=line) from error
    if problem := _tree_problem(root):
        raise AuthoringError(f"formula ${tex}$: {problem}", line=line)
    return tostring(_unescaped(root), encoding="unicode")


def _brace_problem(tex: str) -> str:
    if not tex.strip():
        return "empty; write TeX between the dollar signs"
    depth = 0
    for character in ESCAPED.sub("", tex):
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return "a } without its {"
    return f"{depth} {{ without }}" if depth else ""


def _tree_problem(root: Element) -> str:
    for element in root.iter():
        text = html.unescape(element.text or "").strip()
        if element.tag != "mtext" and re.match(r"\\[A-Za-z]", text):
            return f"unknown command {text}"
        if element.tag != "mtext" and text == "&":
            return "an & outside of a matrix or an alignment"
        if len(element) != CHILDREN.get(element.tag, len(element)):
            return f"an argument is missing ({element.tag} has {len(element)})"
    return ""


def _unescaped(root: Element) -> Element:
    # The converter's texts hold character references, which tostring would escape once more.
    for element in root.iter():
        element.text = html.unescape(element.text) if element.text else None
    return root
