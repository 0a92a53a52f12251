"""Why code fails, in the reader's language.

Reasons are kept, exported and printed in English, beside a code for programs. A sentence of
ours is known again by its text and says its values in another language; what is not listed,
such as a program's own exception, is shown as it is.
"""

import functools
import re
from collections.abc import Callable

from django.utils.translation import get_language, gettext, gettext_noop

from snippets.faults import SYSTEM

PLACE = re.compile(r"%\((\w+)\)s")

# As they are raised and kept; of two that fit, the first is said.
SENTENCES = (
    gettext_noop("should have failed and did not"),
    gettext_noop("runs with stand-ins; what is claimed depends on them, so it is not checked"),
    gettext_noop("the same up to values, but with keys that are new: %(told)s"),
    gettext_noop("prints otherwise with other random numbers: %(told)s"),
    gettext_noop("ends otherwise with other random numbers: %(told)s"),
    gettext_noop("works only sometimes; else %(told)s"),
    gettext_noop("what it draws looks otherwise than on %(day)s"),
    gettext_noop("in the setup: %(told)s"),
    gettext_noop("written for Python 2"),
    gettext_noop("runtime not built; run: python -m sandbox build %(name)s"),
    gettext_noop("runtime %(name)s is not built; run: python -m sandbox build %(again)s"),
    gettext_noop("runtime %(name)s is half-built; run: python -m sandbox build %(again)s"),
    gettext_noop("runtime %(name)s has a GPU; only curators may use it"),
    gettext_noop("unknown runtime %(name)s; known: %(known)s"),
    gettext_noop("code: %(bytes)s bytes, at most %(most)s; shorten it"),
    gettext_noop("code: %(bytes)s bytes, at most %(most)s"),
    gettext_noop("code: NUL at character %(place)s"),
    gettext_noop("code: not valid Unicode at character %(place)s"),
    gettext_noop("code: empty; write at least one statement"),
    gettext_noop("setup: %(bytes)s bytes, at most %(most)s"),
    gettext_noop("setup: NUL at character %(place)s"),
    gettext_noop("setup: not valid Unicode at character %(place)s"),
    gettext_noop("line %(line)s: new keys %(keys)s"),
    gettext_noop("line %(line)s: claimed %(claimed)s, printed %(printed)s"),
    gettext_noop("line %(line)s: the comparison is %(given)s"),
    gettext_noop("line %(line)s: claimed %(claimed)s of %(about)s, got %(given)s"),
    gettext_noop("line %(line)s: claimed %(claimed)s, got %(given)s"),
    gettext_noop("ran longer than %(seconds)s s"),
    gettext_noop("used more than %(seconds)s s of processor time"),
    gettext_noop("used more processor time than allowed"),
    gettext_noop("used more than %(mebibytes)s MiB of memory"),
    gettext_noop("wrote more than %(bytes)s bytes"),
    gettext_noop("a forbidden system call"),
    gettext_noop("ended by %(signal)s"),
    gettext_noop("ended in the middle (os._exit?) with exit code 0"),
    gettext_noop("exit code %(code)s"),
    gettext_noop("the sandbox does not answer; the operator sees why with: make status"),
    gettext_noop("the interpreter that ran it was killed from outside; run it again"),
    gettext_noop("the sandbox ended without a result"),
    gettext_noop("the sandbox failed"),
    gettext_noop("the sandbox failed in the middle of the run:\n%(told)s"),
    gettext_noop("the sandbox service went away in the middle of a run"),
    gettext_noop("no sandbox service at %(path)s (%(fault)s); start it with: make up"),
    gettext_noop("a message of more than %(bytes)s bytes"),
    gettext_noop("a message is not JSON: %(fault)s"),
    gettext_noop("%(runtime)s: the zygote did not start: %(fault)s"),
    gettext_noop("%(runtime)s: the zygote did not start:\n%(told)s"),
    gettext_noop("%(runtime)s: the zygote is gone: %(fault)s"),
    gettext_noop("%(runtime)s: a fork did not answer: %(fault)s"),
    gettext_noop("%(runtime)s: a fork went away: %(fault)s"),
    gettext_noop("%(runtime)s: a run could not be jailed:\n%(told)s"),
    gettext_noop("no GPU: runtime %(runtime)s needs one, and there is no /dev/nvidia0 here"),
    gettext_noop("the probe of the layers failed: %(told)s"),
    gettext_noop(
        "layer %(name)s is not in place (%(state)s); no code is run. docs/sandbox.md says what it "
        "needs; to run without it, accept the gap: ZHIYAN_ACCEPT_GAPS=%(gap)s"
    ),
    gettext_noop("was allowed"),
    gettext_noop("failed otherwise than expected: %(fault)s"),
    gettext_noop(
        "no control group can be made here (%(why)s); systemd gives one to a service or a scope "
        "with Delegate=yes"
    ),
    gettext_noop("control group %(path)s is still busy: %(fault)s"),
    gettext_noop("[Errno %(number)s] %(fault)s: %(path)s"),
    gettext_noop("[Errno %(number)s] %(fault)s"),
    gettext_noop("its worker died %(times)s times; run it again later"),
    gettext_noop("tried %(times)s times without reaching its end"),
    gettext_noop("no worker took it for an hour; run it again later"),
    gettext_noop("no worker took the run; see: make status"),
    gettext_noop("the workers could not be told; try again in a minute"),
    gettext_noop("the run was cancelled"),
    *SYSTEM,
)


def explain(reason: str) -> str:
    """Return why code fails, in the active language."""
    return say(reason, SENTENCES)


def say(
    told: str, sentences: tuple[str, ...], otherwise: Callable[[str], str] = lambda told: told
) -> str:
    """Return an English sentence in the active language, and the values in it likewise.

    `otherwise` is asked for what is not among `sentences`.
    """
    if not told or (get_language() or "en").startswith("en"):
        return told
    if told in sentences:
        return gettext(told)
    for sentence, pattern in _patterns(sentences):
        if match := pattern.fullmatch(told):
            values = {
                name: say(value, sentences, otherwise) for name, value in match.groupdict().items()
            }
            return gettext(sentence) % values
    return otherwise(told)


@functools.cache
def _patterns(sentences: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one, _pattern(one)) for one in sentences if PLACE.search(one))


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = enumerate(PLACE.split(sentence))
    found = [f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in parts]
    return re.compile("".join(found), re.DOTALL)
