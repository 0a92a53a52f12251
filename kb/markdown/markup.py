"""The Markdown dialect and the cleaner: what an author may write, and what may reach a page."""

import re
import unicodedata
from collections.abc import Callable
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from kb.errors import AuthoringError
from kb.markdown.mathml import to_mathml

LineOf = Callable[[str], int | None]

# As in Pandoc: no space inside the dollars, no digit after them, so that
# "$5 and $6" and "$HOME" stay what they are. \x02 opens the library's mark for code it has
# already taken out: no formula goes across that.
INLINE_MATH = r"(?<![\\$])\$(?![\s$])((?:[^$\\\x02]|\\.)+?)(?<!\s)\$(?![\d$])"
# A picture that came with an import, by the sha256 of its bytes.
PICTURE = re.compile(r"picture:([0-9a-f]{64})")
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}

MATHML = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot",
    "mstyle", "mpadded", "mphantom", "msub", "msup", "msubsup", "munder", "mover",
    "munderover", "mtable", "mtr", "mtd", "menclose",
}  # fmt: skip
MATHML_ATTRIBUTES = {
    "display", "displaystyle", "mathvariant", "stretchy", "fence", "separator", "form",
    "lspace", "rspace", "width", "height", "depth", "voffset", "minsize", "maxsize",
    "symmetric", "largeop", "movablelimits", "accent", "accentunder", "linethickness",
    "linebreak", "scriptlevel", "columnalign", "columnspacing", "columnlines", "rowalign",
    "rowspacing", "rowlines", "frame", "notation",
}  # fmt: skip
TAGS = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "br", "em",
    "strong", "code", "a", "img", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    **{tag: {"id"} for tag in HEADINGS - {"h1"}},
    **dict.fromkeys(MATHML, MATHML_ATTRIBUTES),
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "ol": {"start"},
}
CLEANER = nh3.Cleaner(
    tags=TAGS | MATHML,
    attributes=ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener nofollow",
    # Markdown aligns columns with an attribute here, because the policy allows no style.
    tag_attribute_values={tag: {"align": {"left", "center", "right"}} for tag in ("th", "td")},
)


def to_html(text: str, *, separator: str, id_prefix: str, top_heading: int, line_of: LineOf) -> str:
    """Return the Markdown's HTML with `separator` after each top-level element."""
    dialect = Dialect(
        separator=separator, id_prefix=id_prefix, top_heading=top_heading, line_of=line_of
    )
    converter = Markdown(
        extensions=[TableExtension(use_align_attribute=True), SaneListExtension(), dialect],
        # Two spaces nest a list, as authors write it; four still do.
        tab_length=2,
        output_format="html",
    )
    return str(converter.convert(text))


def clean(html: str) -> str:
    """Return the HTML with everything outside the allow-list removed or made text."""
    return CLEANER.clean(html)


def slugify(text: str) -> str:
    """Return an address part: words of any script in lower case, joined by hyphens."""
    normal = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[^\w]+", "-", normal).strip("-_") or "section"


class Dialect(Extension):
    """Markdown without raw HTML and indented code, with formulas and stable heading ids."""

    def __init__(
        self, *, separator: str, id_prefix: str, top_heading: int, line_of: LineOf
    ) -> None:
        super().__init__()
        self.separator = separator
        self.id_prefix = id_prefix
        self.top_heading = top_heading
        self.line_of = line_of

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        # Text such as List<int> is text; code stands in fences, where its lines are known.
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$", "<", "&", "~", "|"]
        md.parser.blockprocessors.deregister("code")
        # Above the backslash escapes (180), because TeX is full of them; below code (190).
        md.inlinePatterns.register(InlineMath(md, self.line_of), "math", 185)
        # Below the inline patterns (20), so that a heading's text is known.
        md.treeprocessors.register(Shape(md, self), "shape", 5)


class InlineMath(InlineProcessor):
    def __init__(self, md: Markdown, line_of: LineOf) -> None:
        super().__init__(INLINE_MATH, md)
        self.line_of = line_of

    def handleMatch(  # noqa: N802 - the library's name
        self, m: re.Match[str], data: str
    ) -> tuple[str, int, int]:
        mathml = to_mathml(m[1], display=False, line=self.line_of(m[0]))
        return self.md.htmlStash.store(mathml), m.start(0), m.end(0)


class Shape(Treeprocessor):
    """Give headings their level and id, and mark where top-level elements end."""

    def __init__(self, md: Markdown, dialect: Dialect) -> None:
        super().__init__(md)
        self.dialect = dialect

    def run(self, root: Element) -> None:
        taken: set[str] = set()
        for element in root.iter():
            if element.tag == "img" and not _shape_picture(element):
                raise AuthoringError(
                    f"picture {element.get('alt') or element.get('src')!r}: pictures are drawn "
                    "by runnable code here; plot it in a ```python run fence",
                    line=self.dialect.line_of(element.get("src") or "!["),
                )
            if element.tag in HEADINGS:
                self._shape_heading(element, taken)
        for element in root:
            element.tail = f"\n{self.dialect.separator}\n"

    def _shape_heading(self, heading: Element, taken: set[str]) -> None:
        depth = max(int(heading.tag[1]), 2) - 2
        heading.tag = f"h{min(self.dialect.top_heading + depth, 6)}"
        base = self.dialect.id_prefix + slugify(self._text(heading))
        name, number = base, 2
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name)
        heading.set("id", name)

    def _text(self, element: Element) -> str:
        # Formulas and escapes are still control characters with a number here.
        return re.sub("\x02[^\x03]*\x03", " ", "".join(element.itertext()))


def _shape_picture(image: Element) -> bool:
    """Give a picture of ours its address; return whether it is one."""
    found = PICTURE.fullmatch(image.get("src", ""))
    if found:
        image.set("src", f"/pictures/{found[1]}")
    return found is not None
