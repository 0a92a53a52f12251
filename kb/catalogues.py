"""Translations of the site's own words: finding what must be translated, compiling what is.

In Python, so that neither building nor testing needs GNU gettext.
"""

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

FUNCTIONS = {
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy",
    "pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy",
}  # fmt: skip
LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
TEMPLATE_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({LITERAL})(?:,\s*({LITERAL}))?")
PACKAGES = ("config", "kb", "snippets")


@dataclasses.dataclass(frozen=True, order=True, kw_only=True)
class Message:
    """A text to translate, as gettext names it."""

    context: str
    msgid: str
    plural: str


def messages_in(base: Path) -> dict[Message, Path]:
    """Return every message of the site's Python and templates, with a file that uses it."""
    found: dict[Message, Path] = {}
    for package in PACKAGES:
        for path in sorted((base / package).rglob("*.py")):
            for message in _in_python(path.read_text(encoding="utf-8")):
                found.setdefault(message, path)
    for path in sorted((base / "templates").rglob("*.html")):
        for message in _in_template(path.read_text(encoding="utf-8")):
            found.setdefault(message, path)
    return found


def compile_stale(locale: Path) -> list[Path]:
    """Compile each .po that is newer than its .mo; return the compiled ones."""
    compiled = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            # Whole or not at all: a running site may be reading it.
            draft = target.with_suffix(".mo.new")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(target)
            compiled.append(target)
    return compiled


def _in_python(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [arg.value for arg in node.args[:3] if isinstance(arg, ast.Constant)]
        strings = [text for text in texts if isinstance(text, str)]
        if name in FUNCTIONS and strings:
            yield _message(name, strings)


def _in_template(source: str) -> Iterator[Message]:
    for name, *literals in TEMPLATE_CALL.findall(templatize(source)):
        yield _message(name, [ast.literal_eval(text) for text in literals if text])


def _message(function: str, texts: list[str]) -> Message:
    context = texts.pop(0) if "pgettext" in function and len(texts) > 1 else ""
    is_plural = function.startswith("n") and len(texts) > 1
    return Message(context=context, msgid=texts[0], plural=texts[1] if is_plural else "")
