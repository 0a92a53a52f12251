"""Terms of the field in both languages: content/glossary.yaml, written by us."""

import dataclasses
import functools
import hashlib
from pathlib import Path

import yaml
from django.conf import settings

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class GlossaryError(Exception):
    """The glossary cannot be used as it stands; says where and why."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Entry:
    """One meaning: the first name of each language is the usual one, the others are synonyms."""

    zh: tuple[str, ...]
    en: tuple[str, ...]


def path() -> Path:
    return Path(settings.BASE_DIR) / "content" / "glossary.yaml"


@functools.cache
def glossary_digest() -> str:
    """Return the sha256 of the file: queries and indexes depend on its every term."""
    try:
        return hashlib.sha256(path().read_bytes()).hexdigest()
    except FileNotFoundError:
        return "0" * 64


@functools.cache
def entries() -> tuple[Entry, ...]:
    """Return the terms; raises GlossaryError."""
    try:
        text = path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    return parse(text)


def parse(text: str) -> tuple[Entry, ...]:
    """Return the entries of lines `中文 | 同义词: [english, synonym]`; raises GlossaryError."""
    try:
        values = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader either way
    except yaml.YAMLError as error:
        raise GlossaryError(f"content/glossary.yaml: {error}") from error
    if not isinstance(values, dict):
        raise GlossaryError("content/glossary.yaml: expected lines such as 张量: [tensor]")
    return tuple(_entry(str(zh), en) for zh, en in values.items())


def _entry(zh: str, en: object) -> Entry:
    names = [en] if isinstance(en, str) else en
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise GlossaryError(
            f"content/glossary.yaml, {zh!r}: expected an English term or a list of them"
        )
    chinese = tuple(filter(None, (name.strip() for name in zh.split("|"))))
    return Entry(zh=chinese, en=tuple(name.strip() for name in names))


@functools.cache
def chinese_terms() -> tuple[str, ...]:
    """Return the Chinese names at whose borders Chinese text is cut.

    One that consists of others, such as 冻结层, is left out, so that 冻结 finds it.
    """
    names = {name for entry in entries() for name in entry.zh if not name.isascii()}
    return tuple(sorted(name for name in names if len(name) > 1 and not _is_made_of(name, names)))


def _is_made_of(name: str, names: set[str]) -> bool:
    return any(
        name[:at] in names and (name[at:] in names or _is_made_of(name[at:], names))
        for at in range(1, len(name))
    )
