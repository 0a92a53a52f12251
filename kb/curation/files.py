"""Curation as TOML files, by the digest of the code it is about: reviewed like code."""

import dataclasses
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from kb.curation.reviewing import keep_reason
from kb.curation.snippets import in_scope, keep_shared
from kb.models import AcceptedReason, AuditEntry, Deed, SharedSetup
from kb.people.auditing import LABEL_CHARACTERS
from kb.storing.restating import restate_snippets
from snippets import code as codes
from snippets.curating import Curated, CurationRefused, curate_snippet
from snippets.models import Curation, Snippet
from snippets.querysets import RED
from snippets.reasons import Reason

HEAD = """\
# Curation: setups, runtimes and corrections for code that is shown as its author wrote it.
# `manage.py curation import` reads it, `manage.py curation export` writes it; docs/verification.md
# explains every key. `about` is for people: it is the beginning of the code.
"""
SNIPPET_KEYS = {field.name for field in dataclasses.fields(Curated)} | {"about"}
SHARED_KEYS = {"scope", "code", "note"}
REASON_FIELDS = ("digest", "runtime", "outcome", "reason_code", "why")
DESK_REASONS = (Deed.ACKNOWLEDGED_SNIPPET, Deed.REOPENED_SNIPPET)
CODE_KEYS = {"setup", "suggestion", "code"}
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
class Accepted:
    """A reason for which code rightly fails on a runtime."""

    digest: str
    runtime: str
    outcome: str
    reason_code: str = ""
    why: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class CurationFile:
    snippets: tuple[Curated, ...] = ()
    shared: tuple[Shared, ...] = ()
    accepted: tuple[Accepted, ...] = ()


def read_files(path: Path) -> CurationFile:
    """Return what a TOML file, or every one of a folder, says; raises CurationFileError."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    read = [read_file(file) for file in files]
    return CurationFile(
        snippets=tuple(entry for one in read for entry in one.snippets),
        shared=tuple(entry for one in read for entry in one.shared),
        accepted=tuple(entry for one in read for entry in one.accepted),
    )


def read_file(path: Path) -> CurationFile:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CurationFileError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CurationFileError(f"{path}: {error}") from error
    if unknown := sorted(set(values) - {"snippet", "shared", "accepted"}):
        raise CurationFileError(
            f"{path}: unknown table {unknown[0]!r}; known: accepted, shared, snippet"
        )
    return CurationFile(
        snippets=tuple(_curated(path, entry) for entry in values.get("snippet", ())),
        shared=tuple(_shared(path, entry) for entry in values.get("shared", ())),
        accepted=tuple(_accepted(path, entry) for entry in values.get("accepted", ())),
    )


def without_desk(curation: CurationFile) -> CurationFile:
    """Return the file without what curators have changed on the desk since: theirs is later."""
    by_hand = set(Curation.objects.exclude(updated_by=None).values_list("digest", flat=True))
    kind = str(SharedSetup._meta.model_name)
    shared = set(AuditEntry.objects.filter(target_kind=kind).values_list("label", flat=True))
    looked_at = AuditEntry.objects.filter(verb__in=DESK_REASONS).values("target_id")
    reasons = set(Snippet.objects.filter(pk__in=looked_at).values_list("digest", flat=True))
    return CurationFile(
        snippets=tuple(one for one in curation.snippets if one.digest not in by_hand),
        shared=tuple(one for one in curation.shared if one.scope[:LABEL_CHARACTERS] not in shared),
        accepted=tuple(one for one in curation.accepted if one.digest not in reasons),
    )


@transaction.atomic
def import_curation(*, curation: CurationFile, user: Any = None) -> dict[str, int]:
    """Keep what the files say, for snippets that are here and for those that may come."""
    changed = sum(curate_snippet(curated=one, user=user) for one in curation.snippets)
    scopes = [
        one.scope
        for one in curation.shared
        if keep_shared(scope=one.scope, code=one.code, note=one.note, user=user)
    ]
    if scopes:
        restate_snippets(snippet_ids={id_ for scope in scopes for id_ in in_scope(scope)})
    reasons = [AcceptedReason(**dataclasses.asdict(one)) for one in curation.accepted]
    changed += sum(keep_reason(reason=one) for one in reasons)
    return {
        "snippets": len(curation.snippets),
        "shared": len(curation.shared),
        "accepted": len(curation.accepted),
        "changed": changed + len(scopes),
        "present": Snippet.objects.filter(
            digest__in=[one.digest for one in curation.snippets]
        ).count(),
    }


def export_curation() -> str:
    """Return everything that curators said, as TOML."""
    digests = [*Curation.objects.values_list("digest", flat=True),
               *AcceptedReason.objects.values_list("digest", flat=True)]  # fmt: skip
    known = dict(Snippet.objects.filter(digest__in=digests).values_list("digest", "code"))
    parts = [HEAD]
    for shared in SharedSetup.objects.order_by("scope"):
        parts.append(_table("shared", [("scope", shared.scope), ("code", shared.code),
                                       ("note", shared.note)]))  # fmt: skip
    for curation in Curation.objects.order_by("pk"):
        parts.append(_table("snippet", _entries(curation, known)))
    for reason in AcceptedReason.objects.order_by("pk"):
        (first, digest), *more = ((name, getattr(reason, name)) for name in REASON_FIELDS)
        about = ("about", _about(reason.digest, known))
        parts.append(_table("accepted", [(first, digest), about, *more]))
    return "\n".join(parts)


def _entries(curation: Curation, known: dict[str, str]) -> list[tuple[str, Any]]:
    return [
        ("digest", curation.digest),
        ("about", _about(curation.digest, known)),
        ("setup", curation.setup),
        ("runtimes", curation.runtimes),
        ("suggestion", curation.suggestion),
        ("suggestion_note", curation.suggestion_note),
        ("accepts_translation", curation.accepts_translation),
        ("claim", curation.claim),
        ("note", curation.note),
    ]


def _about(digest: str, known: dict[str, str]) -> str:
    return " ".join(known.get(digest, "").split())[:ABOUT_CHARACTERS]


def _curated(path: Path, entry: dict[str, Any]) -> Curated:
    values = _checked(path, entry, SNIPPET_KEYS, "digest")
    values.pop("about", None)
    values["runtimes"] = tuple(values.get("runtimes", ()))
    # Other texts are kept as they stand: a claim with the white space that was printed.
    values |= {key: codes.tidy(value) for key, value in values.items() if key in CODE_KEYS}
    try:
        return Curated(**values)
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


def _accepted(path: Path, entry: dict[str, Any]) -> Accepted:
    values = _checked(path, entry, {*REASON_FIELDS, "about"}, "digest")
    values.pop("about", None)
    place = f"{path}: {values['digest']!r}"
    if not codes.is_digest(values["digest"]):
        raise CurationFileError(f"{place}: expected 64 hexadecimal digits")
    if not values.get("runtime"):
        raise CurationFileError(f"{place}: an accepted reason without 'runtime'")
    if values.get("outcome") not in RED:
        raise CurationFileError(f"{place}: outcome must be one of {', '.join(RED)}")
    if (code := values.get("reason_code")) and code not in set(Reason):
        raise CurationFileError(f"{place}: unknown reason_code {code!r}; see docs/verification.md")
    return Accepted(**values)


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


def _table(name: str, entries: Sequence[tuple[str, Any]]) -> str:
    lines = [f"[[{name}]]"]
    for key, value in entries:
        # Code in several lines ends in a line feed, as files do; reading takes it off.
        end = "\n" if key in CODE_KEYS and "\n" in value else ""
        if value:
            lines.append(f"{key} = {_value(value + end if end else value)}")
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
        return f"'''\n{text}'''"
    escaped = "".join(_escaped(char) for char in text)
    return f'"{escaped}"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char, f"\\U{ord(char):08x}")
