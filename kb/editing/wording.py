"""What an author got wrong, in the author's own language.

The errors themselves are English: commands and files show them too. A message that is not
listed here is shown as it is.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kb.errors import AuthoringError
from kb.storing.posts import PostError
from snippets import wording as snippets_wording

LANGUAGES = {"zh": gettext_noop("Chinese"), "en": gettext_noop("English")}

# The message as it is raised, and how it is said; names in both are the same.
MESSAGES = (
    (
        r"the fence opened here with (?P<marks>\S+) is never closed;",
        gettext_noop("the block of code opened here with %(marks)s is never closed; end it with "
                     "%(marks)s on a line of its own"),
    ),
    (
        r"the formula opened here with \$\$ is never closed;",
        gettext_noop("the formula opened here with $$ is never closed; end it with $$ at the end "
                     "of a line"),
    ),
    (
        r"'(?P<name>.*)' is not the name of a language;",
        gettext_noop("“%(name)s” is not the name of a language; write for example ```python"),
    ),
    (
        r"unknown option '(?P<name>.*?)'; ```python run takes (?P<known>.*)",
        gettext_noop("unknown option “%(name)s”; ```python run takes %(known)s"),
    ),
    (
        r"option '(?P<name>.*?)' has a wrong value '(?P<value>.*?)'; .*? takes (?P<known>.*)",
        gettext_noop("option “%(name)s” has a wrong value “%(value)s”; ```python run takes "
                     "%(known)s"),
    ),
    (
        r"unknown option '(?P<name>.*?)'",
        gettext_noop("unknown option “%(name)s”; only ```python run, ```python setup and ```output "
                     "claim take options"),
    ),
    (
        r"no ```python run fence follows this set-up",
        gettext_noop("no ```python run block follows this set-up"),
    ),
    (
        r"no ```python run fence .*stands before this output claim",
        gettext_noop("no ```python run block that this output could be of stands before it"),
    ),
    (
        r"this runnable fence is empty;",
        gettext_noop("this runnable block is empty; write code or remove it"),
    ),
    (
        r"session goes on from an earlier",
        gettext_noop("session goes on from an earlier ```python run block, and there is none"),
    ),
    (
        r"unknown runtime '(?P<name>.*?)'; known: (?P<known>.*)",
        gettext_noop("unknown runtime “%(name)s”; known: %(known)s"),
    ),
    (
        r"(?P<ours>\d+) runnable snippets in (?P<one>zh|en), (?P<theirs>\d+) in (?P<other>zh|en);",
        gettext_noop("%(ours)s runnable blocks in %(one)s, %(theirs)s in %(other)s; both languages "
                     "must show the same"),
    ),
    (
        r"the (?P<what>code|set-up|output|options) of this snippet .*? snippet (?P<number>\d+)",
        gettext_noop("the %(what)s of this block differs from runnable block %(number)s of the "
                     "other language; both must show the same"),
    ),
    (
        r"picture (?P<name>.*): pictures are drawn by runnable code here;",
        gettext_noop("picture %(name)s: pictures are drawn by runnable code here; plot it in a "
                     "```python run block"),
    ),
    (
        r"formula \$(?P<tex>.*)\$: (?P<fault>.*)",
        gettext_noop("the formula $%(tex)s$ cannot be read: %(fault)s"),
    ),
    (
        r"unknown tag '(?P<name>.*?)';",
        gettext_noop("there is no tag “%(name)s”; correct it, or make the tag first"),
    ),
    (
        r"the two texts have not the same blocks of code",
        gettext_noop("the two texts have not the same blocks of code in the same order, so code "
                     "cannot be carried over; add or remove blocks in the other text first"),
    ),
    (
        r"the text in (?P<one>zh|en) is empty;",
        gettext_noop("the text in %(one)s is empty; write it"),
    ),
    (
        r"the title in (?P<one>zh|en) is missing;",
        gettext_noop("the title in %(one)s is missing; write one"),
    ),
    (
        r"there is no text in any language;",
        gettext_noop("there is no text in any language; write one at least"),
    ),
    (
        r"this text was deleted meanwhile;",
        gettext_noop("this text was deleted meanwhile; keep yours as a draft"),
    ),
    (
        r"a guide has no answers;",
        gettext_noop("a guide has no answers; an article with answers is a question"),
    ),
)  # fmt: skip
FAULTS = (
    gettext_noop("empty; write TeX between the dollar signs"),
    gettext_noop("a } without its {"),
    gettext_noop("%(count)s { without }"),
    gettext_noop("unknown command %(name)s"),
    gettext_noop("an & outside of a matrix or an alignment"),
    gettext_noop("an argument is missing (%(name)s has %(count)s)"),
    # As the converter names its exceptions
    gettext_noop("denominator not found"),
    gettext_noop("numerator not found"),
    gettext_noop("double subscripts"),
    gettext_noop("double superscripts"),
    gettext_noop("extra left or missing right"),
    gettext_noop("missing super script or subscript"),
    gettext_noop("missing end"),
    gettext_noop("no available tokens"),
    gettext_noop("stop iteration"),
    gettext_noop("invalid alignment"),
    gettext_noop("invalid width"),
    gettext_noop("limits must follow math operator"),
)
WORDS = {
    "code": gettext_noop("code"),
    "set-up": gettext_noop("set-up"),
    "output": gettext_noop("output"),
    "options": gettext_noop("options"),
    **LANGUAGES,
}


def explain(error: AuthoringError) -> str:
    """Return what is wrong, where it is known with language and line, in the active language."""
    said = say(error.message)
    language = error.language if isinstance(error, PostError) else None
    if language and error.line:
        name = _(LANGUAGES["zh" if language == "zh-hans" else "en"])
        return _("%(language)s, line %(line)d: %(said)s") % {
            "language": name,
            "line": error.line,
            "said": said,
        }
    if error.line:
        return _("Line %(line)d: %(said)s") % {"line": error.line, "said": said}
    return said


def say(message: str) -> str:
    """Return an English message in the active language, where it is listed here."""
    for pattern, text in MESSAGES:
        if match := re.match(pattern, message, re.DOTALL):
            values = {name: _word(name, value) for name, value in match.groupdict().items()}
            return _(text) % values if values else _(text)
    return message


def _word(name: str, value: str) -> str:
    if name == "fault":
        return snippets_wording.say(value, FAULTS)
    return _(WORDS[value]) if value in WORDS else value
