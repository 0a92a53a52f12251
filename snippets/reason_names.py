"""The reasons behind outcomes, in a few words of the active language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from snippets.proofs import DECAY
from snippets.reasons import Reason

NAMES: Mapping[Reason, Any] = {
    **DECAY,
    Reason.UNDEFINED_NAME: _("a name is not defined"),
    Reason.MISSING_IMPORT: _("a package lacks a name"),
    Reason.MISSING_FILE: _("a file is missing"),
    Reason.NO_ATTRIBUTE: _("an attribute is missing"),
    Reason.NEEDS_GPU: _("needs a GPU"),
    Reason.NEEDS_NETWORK: _("needs the network"),
    Reason.SHAPE: _("shapes do not fit"),
    Reason.EXCEPTION: _("an exception"),
    Reason.SETUP: _("the set-up fails"),
    Reason.EXITED: _("it left with an exit code"),
    Reason.TIMEOUT: _("timed out"),
    Reason.MEMORY: _("out of memory"),
    Reason.OUTPUT_LIMIT: _("printed too much"),
    Reason.SIGNAL: _("it crashed"),
    Reason.SECURITY: _("stopped by the sandbox"),
    Reason.DID_NOT_FAIL: _("should have failed and did not"),
    Reason.OTHER_OUTPUT: _("prints something else"),
    Reason.OTHER_VALUES: _("prints other numbers"),
    Reason.OTHER_FIGURE: _("draws something else"),
    Reason.STAND_INS: _("its claim hangs on stand-ins"),
    Reason.UNSTEADY: _("works only sometimes"),
    Reason.NOT_BUILT: _("the runtime is not built"),
}


def name_of(code: str) -> str:
    """Return the name of a reason's code; nothing where there is none."""
    return str(NAMES[Reason(code)]) if code in set(Reason) else code
