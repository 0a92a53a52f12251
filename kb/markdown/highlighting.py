"""Code as HTML with Pygments classes; the colours are in the style sheet."""

from functools import cache
from html import escape

from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

FORMATTER = HtmlFormatter(nowrap=True)
# Names that authors use and Pygments does not know, or takes for something else.
ALIASES = {"output": "text", "": "text", "plain": "text", "plaintext": "text", "shell": "bash"}


@cache
def _lexer(language: str) -> Lexer | None:
    try:
        # Without its last line feed a console session loses what it printed.
        return get_lexer_by_name(ALIASES.get(language, language), stripnl=False, ensurenl=True)
    except ClassNotFound:
        return None


def highlight_block(code: str, language: str) -> str:
    """Return `<pre>` with the code; an unknown language is shown plainly."""
    lexer = _lexer(language)
    # A NUL or a lone control character has no place in HTML.
    code = "".join(c if c >= " " or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in code)
    inner = pygments_highlight(code, lexer, FORMATTER) if lexer else escape(code)
    name = f' class="language-{escape(language)}"' if language else ""
    return f'<pre class="code" tabindex="0"><code{name}>{inner.rstrip()}</code></pre>'
