"""Printed text as a page may show it: what a terminal hides or obeys is shown or left out."""

import re
import unicodedata

COLOURS = re.compile(r"\x1b\[[0-9;:]*m")
KEPT = "\n\t"
KEPT_OUT = str.maketrans("", "", KEPT)


def visible(text: str) -> str:
    """Return `text` with colours left out, overwriting done and other controls made visible.

    A carriage return starts its line anew, as a progress bar means it; a
    backspace takes a character back. Everything else that steers a terminal or
    turns the direction of text is shown as a symbol or as its code point.
    """
    plain = COLOURS.sub("", text.replace("\r\n", "\n"))
    if "\b" in plain:
        plain = _take_back(plain)
    if "\r" in plain:
        plain = "\n".join(_overwritten(line) for line in plain.split("\n"))
    if plain.isascii() and plain.translate(KEPT_OUT).isprintable():
        return plain
    return "".join(map(_shown, plain))


def _take_back(text: str) -> str:
    kept: list[str] = []
    for character in text:
        if character != "\b":
            kept.append(character)
        elif kept and kept[-1] not in "\n\r":
            kept.pop()
    return "".join(kept)


def _overwritten(line: str) -> str:
    """Return what a terminal shows of a line with carriage returns in it."""
    shown = ""
    for part in line.split("\r"):
        shown = part + shown[len(part) :]
    return shown


def _shown(character: str) -> str:
    code = ord(character)
    if character in KEPT:
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and code != 0x200D:
        return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character
