"""What parsers, codecs and the system find wrong with a file: in one form, and in two languages."""

import json
import lzma
import zlib
from pathlib import PurePath

import yaml
from django.utils.translation import gettext_noop

from kb.importers.text import one_line
from snippets.faults import SYSTEM

CHARACTERS = 160


def fault_of(error: Exception, *, first_line: int = 1) -> str:
    """Return what is wrong in English, with line and column where they are known.

    `first_line` is where in its file the text that was parsed begins.
    """
    match error:
        case json.JSONDecodeError():
            return f"line {error.lineno + first_line - 1}, column {error.colno}: {error.msg}"
        case yaml.MarkedYAMLError(problem_mark=yaml.Mark() as mark):
            place = f"line {mark.line + first_line}, column {mark.column + 1}"
            told = f"{place}: {error.problem or error.context}"
        case yaml.reader.ReaderError():
            told = f"character U+{int(error.character):04X} is not allowed"
        case UnicodeDecodeError():
            name, at = error.encoding.upper(), error.start + 1
            told = f"not {name} at byte {at:,} ({error.reason})"
        case RecursionError():
            told = "nested too deeply"
        case EOFError():
            told = "it ends too early"
        case OSError(strerror=str() as what) if error.filename:
            told = f"cannot read or write {PurePath(str(error.filename)).name}: {what}"
        case OSError(strerror=str() as what):
            told = what
        case zlib.error() | lzma.LZMAError():
            told = "its compressed data is damaged"
        case _:
            told = str(error) or type(error).__name__
    return one_line(told, CHARACTERS)


SENTENCES = (
    *SYSTEM,
    gettext_noop("cannot read or write %(name)s: %(fault)s"),
    gettext_noop("line %(line)s, column %(column)s: %(fault)s"),
    gettext_noop("nested too deeply"),
    gettext_noop("it ends too early"),
    # JSON
    gettext_noop("Expecting value"),
    gettext_noop("Expecting ',' delimiter"),
    gettext_noop("Expecting ':' delimiter"),
    gettext_noop("Expecting property name enclosed in double quotes"),
    gettext_noop("Unterminated string starting at"),
    gettext_noop("Invalid control character at"),
    gettext_noop("Invalid \\escape"),
    gettext_noop("Invalid \\uXXXX escape"),
    gettext_noop("Extra data"),
    # YAML
    gettext_noop("mapping values are not allowed here"),
    gettext_noop("mapping keys are not allowed here"),
    gettext_noop("sequence entries are not allowed here"),
    gettext_noop("could not find expected ':'"),
    gettext_noop("expected <block end>, but found %(found)s"),
    gettext_noop("expected ',' or ']', but got %(found)s"),
    gettext_noop("expected ',' or '}', but got %(found)s"),
    gettext_noop("expected the node content, but found %(found)s"),
    gettext_noop("expected alphabetic or numeric character, but found %(found)s"),
    gettext_noop("but found another document"),
    gettext_noop("found character %(found)s that cannot start any token"),
    gettext_noop("found unknown escape character %(found)s"),
    gettext_noop("found unexpected end of stream"),
    gettext_noop("found unexpected document separator"),
    gettext_noop("'<stream end>'"),
    gettext_noop("'<document start>'"),
    gettext_noop("'<block mapping start>'"),
    gettext_noop("'<block sequence start>'"),
    gettext_noop("'<block end>'"),
    gettext_noop("found undefined alias %(name)s"),
    gettext_noop("found duplicate anchor %(name)s"),
    gettext_noop("found unhashable key"),
    gettext_noop("could not determine a constructor for the tag %(name)s"),
    gettext_noop("character %(code)s is not allowed"),
    gettext_noop("month must be in 1..12"),
    gettext_noop("day is out of range for month"),
    # XML
    gettext_noop("syntax error"),
    gettext_noop("not well-formed (invalid token)"),
    gettext_noop("mismatched tag"),
    gettext_noop("duplicate attribute"),
    gettext_noop("junk after document element"),
    gettext_noop("undefined entity"),
    gettext_noop("unbound prefix"),
    gettext_noop("reference to invalid character number"),
    gettext_noop("XML or text declaration not at start of entity"),
    gettext_noop("no element found"),
    gettext_noop("unclosed token"),
    gettext_noop("unclosed CDATA section"),
    # Zip files
    gettext_noop("File is not a zip file"),
    gettext_noop("Bad CRC-32 for file %(name)s"),
    gettext_noop("Bad magic number for central directory"),
    gettext_noop("Bad magic number for file header"),
    gettext_noop("Bad offset for central directory"),
    gettext_noop("Truncated central directory"),
    gettext_noop("Truncated file header"),
    gettext_noop("File name in directory %(name)s and header %(other)s differ."),
    gettext_noop("That compression method is not supported"),
    gettext_noop("compression type %(name)s"),
    gettext_noop("zipfiles that span multiple disks are not supported"),
    gettext_noop("Invalid data stream"),
    gettext_noop("its compressed data is damaged"),
    # Encodings
    gettext_noop("not %(encoding)s at byte %(number)s (%(fault)s)"),
    gettext_noop("invalid start byte"),
    gettext_noop("invalid continuation byte"),
    gettext_noop("unexpected end of data"),
    gettext_noop("truncated data"),
    gettext_noop("illegal encoding"),
    gettext_noop("illegal UTF-16 surrogate"),
    gettext_noop("illegal multibyte sequence"),
    gettext_noop("incomplete multibyte sequence"),
    gettext_noop("ordinal not in range(128)"),
    gettext_noop("character maps to <undefined>"),
)
