"""The formats by the names that `manage.py import` knows."""

from collections.abc import Callable
from pathlib import Path

from kb.importers.base import Importer, Options, Problems
from kb.importers.stackexchange import StackExchange

FORMATS: dict[str, Callable[[Path, Options, Problems], Importer]] = {
    "stackexchange": StackExchange,
}
