"""Jupyter notebooks (nbformat 3 and 4): each a guide, its outputs the claims of its code."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.importers.base import Converted, ImportRefused, Item, Options, Problem, Problems, Unreadable
from kb.importers.classifying import fence, info_of
from kb.importers.faults import fault_of
from kb.importers.foreign import to_ours
from kb.importers.languages import language_of
from kb.importers.pictures import Pictures
from kb.importers.text import one_line, tidy
from kb.markdown.markup import slugify
from kb.models import Article, Post
from kb.storing.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft
from snippets.terminal import visible

VERSION = 1
MOST_OUTPUT_CHARACTERS = 20_000
MAGIC = re.compile(r"^\s*[%!]", re.M)
CELL_MAGIC = re.compile(r"^\s*%%(\w+)[^\n]*\n?")
CELL_LANGUAGES = {"bash": "bash", "sh": "bash", "html": "html", "javascript": "javascript",
                  "js": "javascript", "writefile": "text", "latex": "text"}  # fmt: skip
HEADING = re.compile(r"^\s{0,3}#{1,2}\s+(.+?)\s*#*\s*$", re.M)


class Notebook:
    """Reads a .ipynb file, or every one in a folder."""

    kind = "notebook"
    has_unique_ids = False

    def __init__(self, path: Path, options: Options, problems: Problems) -> None:
        if not path.exists():
            raise ImportRefused(f"{path}: no such file or folder")
        self._root = path if path.is_dir() else path.parent
        files = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        self._files = [file for file in files if ".ipynb_checkpoints" not in file.parts]
        if not self._files:
            raise ImportRefused(f"{path}: no .ipynb file in it")
        self._options = options
        self._problems = problems

    def expected(self) -> int | None:
        return len(self._files)

    def items(self) -> Iterator[Item]:
        for file in self._files:
            name = file.relative_to(self._root).as_posix()
            try:
                data = file.read_bytes()
                text = data.decode("utf-8-sig")
                cells, language = _cells(json.loads(text))
            except (OSError, ValueError, RecursionError, Unreadable) as error:
                self._problems.add(name, f"not a notebook: {fault_of(error)}; left out")
                continue
            yield Item(
                row=name,
                external_id=name[:200],
                digest=hashlib.sha256(f"{VERSION} ".encode() + data).hexdigest(),
                kind=Article.Kind.GUIDE,
                data=(cells, language, file),
            )

    def convert(self, item: Item) -> Converted:
        cells, language, file = item.data
        pictures = Pictures(file.parent)
        problems: list[Problem] = []
        title, parts = "", []
        for number, cell in enumerate(cells):
            source = tidy(_joined(cell.get("source", cell.get("input", ""))))
            if cell.get("cell_type") in {"markdown", "raw"}:
                attached = _attachments(cell, pictures)
                if not title and (found := HEADING.search(source)):
                    title = found[1]
                    source = source[: found.start()] + source[found.end() :]
                parts.append(to_ours(source, picture=_Beside(attached, pictures)))
            elif cell.get("cell_type") == "code" and source.strip():
                parts.append(_code_cell(source, cell, language, pictures))
            elif cell.get("cell_type") == "heading":
                level = min(int(cell.get("level", 2)), 6)
                parts.append(f"{'#' * level} {one_line(source)}")
                title = title or one_line(source)
            elif cell.get("cell_type") not in {"code"}:
                problems.append(Problem(row=item.row, reason=f"cell {number}: unknown type"))
        markdown = "\n\n".join(part.strip("\n") for part in parts if part.strip())
        if not markdown:
            raise Unreadable("a notebook without text and code; left out")
        title = one_line(title.replace("`", "").replace("*", ""), 300) or file.stem
        draft = ArticleDraft(
            kind=Article.Kind.GUIDE,
            slug=slugify(file.stem)[:110],
            source=SourceDraft(kind=self.kind, external_id=item.external_id, title=title),
            posts=(
                PostDraft(
                    role=Post.Role.BODY,
                    translations={
                        language_of(title, markdown): TranslationDraft(
                            markdown=markdown, title=title
                        )
                    },
                ),
            ),
            tags=self._options.tags,
            pictures=pictures.drafts,
        )
        return Converted(draft=draft, problems=tuple(problems))


def _cells(value: Any) -> tuple[list[dict[str, Any]], str]:
    """Return the cells and the kernel's language; raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable("expected an object")
    sheets = value.get("worksheets")
    cells = value.get("cells") if sheets is None else [c for s in sheets for c in s["cells"]]
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise Unreadable("expected a list of cells")
    metadata = value.get("metadata") or {}
    info = metadata.get("language_info") or metadata.get("kernelspec") or {}
    return cells, str(info.get("language") or info.get("name") or "python").lower()


def _code_cell(source: str, cell: dict[str, Any], language: str, pictures: Pictures) -> str:
    if found := CELL_MAGIC.match(source):
        name = CELL_LANGUAGES.get(found[1], "")
        return "\n".join(fence(source, name) if name else fence(source, "python"))
    is_python = "python" in language
    lines = [line for line in source.split("\n") if line.strip()]
    if is_python and all(MAGIC.match(line) for line in lines):
        return "\n".join(fence(source, "bash" if lines[0].lstrip()[0] == "!" else "text"))
    outputs = cell.get("outputs") or []
    info = info_of(source, "python" if is_python else language)
    is_run = info == "python run"
    if is_run and any(output.get("output_type") in {"error", "pyerr"} for output in outputs):
        info += " expect=error"
    printed = _printed(outputs)
    parts = ["\n".join(fence(source.strip("\n"), info))]
    if printed.strip():
        parts.append("\n".join(fence(printed.strip("\n"), "output")))
    parts += [f"![{name}]({address})" for name, address in _figures(outputs, pictures)]
    return "\n\n".join(parts)


def _printed(outputs: list[dict[str, Any]]) -> str:
    """Return what the cell showed as text, with carriage returns and backspaces folded."""
    parts: list[str] = []
    for output in outputs:
        kind = output.get("output_type")
        if kind == "stream" and output.get("name", output.get("stream")) != "stderr":
            parts.append(_joined(output.get("text", "")))
        elif kind in {"execute_result", "pyout"}:
            data = output.get("data", output)
            parts.append(_joined(data.get("text/plain", data.get("text", ""))) + "\n")
    text = visible("".join(parts))
    return text if len(text) <= MOST_OUTPUT_CHARACTERS else ""


def _figures(outputs: list[dict[str, Any]], pictures: Pictures) -> Iterator[tuple[str, str]]:
    for output in outputs:
        data = output.get("data", output)
        for key in ("image/png", "image/jpeg", "png", "jpeg"):
            if key in data and (address := pictures.encoded(_joined(data[key]))):
                yield "output", address


class _Beside:
    """Finds a cell's pictures among its attachments and the files beside the notebook."""

    def __init__(self, attached: dict[str, str], pictures: Pictures) -> None:
        self._attached = attached
        self._pictures = pictures

    def __call__(self, source: str, /) -> str:
        return self._attached.get(source, "") or self._pictures.address(source)


def _attachments(cell: dict[str, Any], pictures: Pictures) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, by_type in (cell.get("attachments") or {}).items():
        for text in by_type.values():
            if address := pictures.encoded(_joined(text)):
                found[f"attachment:{name}"] = address
    return found


def _joined(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
