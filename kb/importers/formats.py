"""The formats by the names that `manage.py import` knows."""

from collections.abc import Callable
from pathlib import Path

from kb.importers.base import Importer, Options, Problems
from kb.importers.exported import Exported
from kb.importers.markdown import MarkdownFolder
from kb.importers.notebook import Notebook
from kb.importers.stackexchange import StackExchange
from kb.importers.webpage import SavedPage
from kb.importers.wxr import Wordpress

FORMATS: dict[str, Callable[[Path, Options, Problems], Importer]] = {
    "export": Exported,
    "html": SavedPage,
    "markdown": MarkdownFolder,
    "notebook": Notebook,
    "stackexchange": StackExchange,
    "wxr": Wordpress,
}
