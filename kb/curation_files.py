"""Curation as TOML files, by the digest of the code it is about: reviewed like code."""

import dataclasses
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from kb.auditing import LABEL_CHARACTERS
from kb.curating import in_scope
from kb.models import AuditEntry, SharedSetup
from kb.restating import restate_snippets
from snippets import code as codes
from snippets.curating import Curated, CurationRefused, curate_snippet
from snippets.models import Curation, Snippet

HEAD = """\
# Curation: setups, runtimes and corrections for code that is shown as its author wrote it.
# `manage.py curation import` reads it, `manage.py curation export` writes it; docs/verification.md
# explains every key. `about` is for people: it is the beginning of the code.
"""
SNIPPET_KEYS = {field.name for field in dataclasses.fields(Curated)} | {"about"}
SHARED_KEYS = {"scope", "code", "note"}
ABOUT_CHARACTERS = 72


class CurationFileError(Exception):
    """A file that cannot be imported; the message names the file and the entry."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shared:
    """Lines to run before the fragments of an article or a tag."""

    scope: str
    code: str
    note: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CurationFile:
    snippets: tuple[Curated, ...]
    shared: tuple[Shared, ...]


def read_files(path: Path) -> CurationFile:
    """Return what a TOML file, or every one of a folder, says; raises CurationFileError."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    snippets: list[Curated] = []
    shared: list[Shared] = []
    for file in files:
        one = read_file(file)
        snippets += one.snippets
        shared += one.shared
    return CurationFile(snippets=tuple(snippets), shared=tuple(shared))


def read_file(path: Path) -> CurationFile:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CurationFileError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CurationFileError(f"{path}: {error}") from error
    if unknown := sorted(set(values) - {"snippet", "shared"}):
        raise CurationFileError(f"{path}: unknown table {unknown[0]!r}; known: snippet, shared")
    return CurationFile(
        snippets=tuple(_curated(path, entry) for entry in values.get("snippet", ())),
        shared=tuple(_shared(path, entry) for entry in values.get("shared", ())),
    )


def without_desk(curation: CurationFile) -> CurationFile:
    """Return the file without what curators have changed on the desk since: theirs is later."""
    by_hand = set(Curation.objects.exclude(updated_by=None).values_list("digest", flat=True))
    kind = str(SharedSetup._meta.model_name)
    shared = set(AuditEntry.objects.filter(target_kind=kind).values_list("label", flat=True))
    return CurationFile(
        snippets=tuple(one for one in curation.snippets if one.digest not in by_hand),
        shared=tuple(one for one in curation.shared if one.scope[:LABEL_CHARACTERS] not in shared),
    )


@transaction.atomic
def import_curation(*, curation: CurationFile, user: Any = None) -> dict[str, int]:
    """Keep what the files say, for snippets that are here and for those that may come."""
    changed = sum(curate_snippet(curated=one, user=user) for one in curation.snippets)
    scopes = [one.scope for one in curation.shared if _keep_shared(one)]
    if scopes:
        restate_snippets(snippet_ids={id_ for scope in scopes for id_ in in_scope(scope)})
    return {
        "snippets": len(curation.snippets),
        "shared": len(curation.shared),
        "changed": changed + len(scopes),
        "present": Snippet.objects.filter(
            digest__in=[one.digest for one in curation.snippets]
        ).count(),
    }


def export_curation() -> str:
    """Return everything that curators said, as TOML."""
    codes_by_digest = dict(
        Snippet.objects.filter(
            digest__in=Curation.objects.values_list("digest", flat=True)
        ).values_list("digest", "code")
    )
    parts = [HEAD]
    for shared in SharedSetup.objects.order_by("scope"):
        parts.append(_table("shared", [("scope", shared.scope), ("code", shared.code),
                                       ("note", shared.note)]))  # fmt: skip
    for curation in Curation.objects.order_by("pk"):
        parts.append(_table("snippet", _entries(curation, codes_by_digest)))
    return "\n".join(parts)


def _entries(curation: Curation, known: dict[str, str]) -> list[tuple[str, Any]]:
    about = " ".join(known.get(curation.digest, "").split())[:ABOUT_CHARACTERS]
    return [
        ("digest", curation.digest),
        ("about", about),
        ("setup", curation.setup),
        ("runtimes", curation.runtimes),
        ("suggestion", curation.suggestion),
        ("suggestion_note", curation.suggestion_note),
        ("accepts_translation", curation.accepts_translation),
        ("claim", curation.claim),
        ("note", curation.note),
    ]


def _keep_shared(shared: Shared) -> bool:
    known = SharedSetup.objects.filter(scope=shared.scope).first()
    if known is not None and (known.code, known.note) == (shared.code, shared.note):
        return False
    SharedSetup.objects.update_or_create(
        scope=shared.scope, defaults={"code": shared.code, "note": shared.note}
    )
    return True


def _curated(path: Path, entry: dict[str, Any]) -> Curated:
    values = _checked(path, entry, SNIPPET_KEYS, "digest")
    values.pop("about", None)
    values["runtimes"] = tuple(values.get("runtimes", ()))
    try:
        # A claim keeps the white space that was printed.
        return Curated(
            **{key: value if key == "claim" else _tidy(value) for key, value in values.items()}
        )
    except CurationRefused as error:
        raise CurationFileError(f"{path}: {error}") from error


def _shared(path: Path, entry: dict[str, Any]) -> Shared:
    values = _checked(path, entry, SHARED_KEYS, "scope")
    scope = str(values["scope"])
    if not scope.startswith(("tag:", "article:")):
        raise CurationFileError(f"{path}: scope {scope!r}: expected tag:… or article:…")
    code = str(values.get("code", ""))
    if (error := codes.syntax_error(code)) or not code.strip():
        raise CurationFileError(f"{path}: {scope}: code: {error or 'empty'}")
    return Shared(scope=scope, code=codes.tidy(code), note=str(values.get("note", "")))


def _checked(path: Path, entry: Any, keys: set[str], needed: str) -> dict[str, Any]:
    if not isinstance(entry, dict) or needed not in entry:
        raise CurationFileError(f"{path}: an entry without {needed!r}")
    if unknown := sorted(set(entry) - keys):
        raise CurationFileError(
            f"{path}: {entry[needed]!r}: unknown key {unknown[0]!r}; "
            f"known: {', '.join(sorted(keys))}"
        )
    for key, value in entry.items():
        wanted = {"runtimes": list, "accepts_translation": bool}.get(key, str)
        if not isinstance(value, wanted):
            raise CurationFileError(f"{path}: {entry[needed]!r}: {key} must be a {wanted.__name__}")
    return dict(entry)


def _tidy(value: Any) -> Any:
    return codes.tidy(value) if isinstance(value, str) and "\n" in value else value


def _table(name: str, entries: Sequence[tuple[str, Any]]) -> str:
    lines = [f"[[{name}]]"]
    lines += [f"{key} = {_value(value)}" for key, value in entries if value]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_text(str(item)) for item in value) + "]"
    return _text(str(value))


def _text(text: str) -> str:
    """Return a TOML string: as it stands between ''' where it may, else escaped."""
    is_plain = all(char.isprintable() or char in "\n\t" for char in text)
    if "\n" in text and is_plain and "'''" not in text and not text.endswith("'"):
        return f"'''\n{text}\n'''"
    escaped = "".join(_escaped(char) for char in text)
    return f'"{escaped}"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char, f"\\U{ord(char):08x}")
