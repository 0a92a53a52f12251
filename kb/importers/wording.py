"""What imports leave out or refuse, in the curator's language.

Commands, files and the database have it in English; see `snippets.wording`.
"""

from django.utils.translation import gettext_noop

from kb.editing import wording as authoring
from kb.importers.faults import SENTENCES as FAULTS
from snippets.wording import say

# The general ones stand last.
SENTENCES = (
    # Files
    gettext_noop("%(path)s: no such file or folder"),
    gettext_noop("%(path)s: no such file; name the dump's folder"),
    gettext_noop("%(path)s: no such file; name the .xml that WordPress exported"),
    gettext_noop("%(path)s: no such file; name the .html that the browser saved"),
    gettext_noop("%(path)s: no .md file in it"),
    gettext_noop("%(path)s: no .ipynb file in it"),
    gettext_noop("%(path)s: expected a .md file or a folder"),
    gettext_noop("%(path)s: no folder of `manage.py export`"),
    gettext_noop("%(path)s: an export of another version"),
    gettext_noop("%(name)s is missing or damaged: %(fault)s"),
    gettext_noop("%(name)s was changed or cut off; get the export again"),
    gettext_noop("its file is not whole any more; upload it again"),
    gettext_noop("its file was thrown away; upload it again"),
    gettext_noop("it stopped with exit code %(code)s; try it again"),
    gettext_noop("a fault of ours: %(fault)s"),
    gettext_noop("%(name)s holds %(count)s files, at most %(most)s"),
    gettext_noop("%(name)s is a damaged zip file: %(fault)s"),
    gettext_noop("%(name)s holds a file and a folder of one name"),
    gettext_noop("the zip file holds %(count)s files ending in %(ends)s; leave one"),
    gettext_noop("the zip file holds %(name)s, which leads outside of its folder"),
    gettext_noop("the zip file holds %(name)s, which is a link or a device"),
    gettext_noop("the zip file holds %(name)s, which is encrypted"),
    gettext_noop("the zip file holds a name that is too long: %(name)s"),
    gettext_noop("the zip file unpacks to more than is allowed; split it"),
    gettext_noop("%(name)s has more than %(most)s bytes; no page has"),
    gettext_noop("%(name)s: no <article> with a heading and a text in it"),
    gettext_noop(
        "%(name)s: neither UTF-8 nor what it declares (%(declared)s): %(fault)s; save the page "
        "again as UTF-8"
    ),
    gettext_noop("not UTF-8; save the file as UTF-8"),
    gettext_noop("more than %(most)s bytes"),
    # XML
    gettext_noop(
        "%(file)s, line 1: begins with <%(found)s>, expected <%(wanted)s>; name the folder of a "
        "Stack Exchange dump or its Posts.xml"
    ),
    gettext_noop(
        "%(file)s, line 1: begins with <%(found)s>, expected <rss>; name the .xml that WordPress "
        "exported"
    ),
    gettext_noop("unknown encoding %(name)s"),
    gettext_noop("unknown encoding: %(name)s"),
    gettext_noop(
        "it declares a document type, which no export of this format has and which can harm; "
        "remove it if you trust the file"
    ),
    gettext_noop("the file is cut off here (%(fault)s); get it again"),
    gettext_noop("not %(encoding)s (%(fault)s); save the file in the encoding that it declares"),
    gettext_noop("%(count)s characters that XML forbids were replaced by U+FFFD"),
    # Articles
    gettext_noop("this Id stands here again; only the first is taken"),
    gettext_noop("%(name)s stands here again; only the first is taken"),
    gettext_noop("no Id"),
    gettext_noop("an answer without a ParentId"),
    gettext_noop("an answer without its question %(id)s"),
    gettext_noop("an answer without text"),
    gettext_noop("a question without title and text"),
    gettext_noop("no title; it got the first words"),
    gettext_noop("no date; it got today's"),
    gettext_noop("no date; it got its question's, or today's"),
    gettext_noop("an article without posts"),
    gettext_noop("an article without text"),
    gettext_noop("an item without text"),
    gettext_noop("an item without wp:post_id and guid"),
    gettext_noop("post %(id)s has no text"),
    gettext_noop("an empty file"),
    gettext_noop("front matter: %(fault)s"),
    gettext_noop("the languages have different numbers of answers"),
    gettext_noop("%(name)s is in the same language"),
    gettext_noop(
        "post %(position)s: %(count)s pieces of code differ between the languages and are shown, "
        "not run"
    ),
    gettext_noop("a notebook without text and code"),
    gettext_noop("not a notebook: %(fault)s"),
    gettext_noop("expected an object"),
    gettext_noop("expected a list of cells"),
    gettext_noop("cell %(number)s: unknown type"),
    gettext_noop("not updated: %(fault)s"),
    # Tag pages as text
    gettext_noop("this is not an archive page: the first line must be 标签归档:<tag>"),
    gettext_noop("the page has no articles; is the file cut off?"),
    gettext_noop(
        "here the first article's title must stand: a question's, repeated after 问题:, or a "
        "guide's, such as Name-中文简介"
    ),
    gettext_noop("the file is cut off in a question's title"),
    gettext_noop("the title has %(count)s characters, at most %(most)s"),
    gettext_noop(
        "an answer outside a question; its question needs a title line and 问题: with the same "
        "title"
    ),
    gettext_noop("the question has no answer; is the file cut off?"),
    gettext_noop("here 回答 %(wanted)s must stand, not %(found)s: answers are missing"),
    gettext_noop("%(section)s has no text; is the file cut off?"),
    gettext_noop("the article of line %(line)s stands here again, %(title)s"),
    gettext_noop("the file ends in the middle of this %(kind)s block"),
    gettext_noop("%(section)s has no Chinese half"),
    gettext_noop(
        "%(section)s has no English half after this Chinese paragraph; is the file cut off, or "
        "does a new article start here without a title such as Name-中文简介?"
    ),
    gettext_noop(
        "%(section)s: this %(kind)s block of the English half differs from the %(other)s block at "
        "line %(line)s of the Chinese half"
    ),
    gettext_noop(
        "%(section)s: this %(kind)s block has no twin in the other language; is the file cut off?"
    ),
    gettext_noop(
        "%(section)s: the file ends after %(count)s of %(all)s lines of the English half's text; "
        "is it cut off?"
    ),
    gettext_noop("%(section)s: the file ends in the middle of an English sentence"),
    gettext_noop(
        "the file has %(count)s bytes, more than any tag page (%(most)s); split it by articles"
    ),
    gettext_noop("the file is empty"),
    gettext_noop(
        "control character %(code)s at character %(place)s; a text file has none, so the file is "
        "damaged"
    ),
    gettext_noop("the file is cut off in the middle of a character (%(place)s)"),
    gettext_noop("not UTF-8 at %(place)s (%(fault)s); save the file as UTF-8"),
    gettext_noop("byte %(number)s of the file"),
    gettext_noop("the tag has more than %(most)s characters"),
    gettext_noop("%(title)s cannot be stored: %(fault)s"),
    gettext_noop("%(count)s lines would be lost; this is a fault of the importer"),
    gettext_noop("this line would be imported twice"),
    gettext_noop("this line would be imported as %(text)s"),
    gettext_noop("%(count)s lines from here on would become %(other)s"),
    gettext_noop("the question"),
    gettext_noop("the guide"),
    *FAULTS,
    # Where it is, and what was done about it
    gettext_noop("%(what)s; left out"),
    gettext_noop("post %(position)s (%(language)s), line %(line)s: %(what)s"),
    gettext_noop("post %(position)s (%(language)s): %(what)s"),
    gettext_noop("post %(position)s: %(what)s"),
    gettext_noop("%(file)s, line %(line)s: %(what)s"),
    gettext_noop("line %(line)s: %(what)s"),
)

ROWS = (
    gettext_noop("post %(id)s"),
    gettext_noop("article %(id)s"),
    gettext_noop("line %(number)s"),
)


def name_row(row: str) -> str:
    """Return what an import calls a place in its files; the name of a file stays as it is."""
    return say(row, ROWS)


def explain(reason: str) -> str:
    """Return why an import failed or left something out, in the active language."""
    return say(reason, SENTENCES, authoring.say)
