"""Python code as HTML with Pygments' class names."""

import functools

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer


@functools.lru_cache(maxsize=512)
def python_html(code: str) -> str:
    """Return `code` as safe HTML spans, every character kept."""
    html: str = highlight(code, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    return html
