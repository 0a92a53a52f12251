"""No text gets a script, a style or a foreign address into a page."""

import re

import pytest

from kb.markdown.rendering import render

PROBES = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](java&#115;cript:alert(1))",
    "<javascript:alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "<style>*{display:none}</style>",
    '<p style="position:fixed">x</p>',
    "<form action=//evil.example><button>x</button></form>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></mglyph></table>",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\text{<img src=x onerror=alert(1)>}$",
    "$$\n\\href{javascript:alert(1)}{x}\n$$",
    r"$\style{position:fixed}{x}$",
    "```text\n</code></pre><script>alert(1)</script>\n```",
    "```python run\n</code></pre><script>alert(1)</script>\n```",
    "`<script>alert(1)</script>`",
    "# <script>alert(1)</script>",
    "| <script>alert(1)</script> |\n|---|\n| [x](javascript:alert(1)) |",
    '[x](https://a.example "onmouseover=alert(1) x=\\"")',
    "\x02klzzwxh:0000\x03",
    "[x]: javascript:alert(1)\n\n[x]",
]
DANGER = re.compile(
    r"<(script|style|img|svg|iframe|form|object|embed|base|meta|link|input)\b"
    r"|<[^>]*\son\w+\s*=|<[^>]*\sstyle\s*=|<[^>]*(?:href|src)\s*=\s*[\"']?\s*(?:javascript|data|vbscript)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("probe", PROBES)
def test_probe_is_harmless(probe: str):
    try:
        blocks = render(f"before\n\n{probe}\n\nafter").blocks
    except ValueError:
        return  # refused is harmless, too

    html = "".join(block.get("html", "") for block in blocks)
    assert not DANGER.search(html), html
    assert "before" in html
    assert "after" in html
