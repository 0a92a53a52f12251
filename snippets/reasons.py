"""Why code did not run, as short codes that lists can count."""

import re
from enum import StrEnum


class Reason(StrEnum):
    SYNTAX = "syntax"
    PYTHON2 = "python2"
    UNDEFINED_NAME = "undefined-name"
    MISSING_PACKAGE = "missing-package"
    MISSING_IMPORT = "missing-import"
    MISSING_FILE = "missing-file"
    WEIGHTS_ONLY = "weights-only"
    REMOVED_ARGUMENT = "removed-argument"
    REMOVED_ATTRIBUTE = "removed-attribute"
    NEEDS_GPU = "needs-gpu"
    NEEDS_NETWORK = "needs-network"
    SHAPE = "shape"
    EXCEPTION = "exception"
    SETUP = "setup"
    EXITED = "exited"
    OUTPUT_LIMIT = "output-limit"
    SIGNAL = "signal"
    SECURITY = "security"
    DID_NOT_FAIL = "did-not-fail"
    OTHER_OUTPUT = "other-output"
    NOT_BUILT = "not-built"


# Fragments: nothing is wrong with them but what surrounds them is missing.
FRAGMENT = frozenset({Reason.SYNTAX, Reason.PYTHON2, Reason.UNDEFINED_NAME, Reason.MISSING_PACKAGE})

# Tried in order on "Type: message"; the first that is found names the reason.
PATTERNS: tuple[tuple[Reason, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.DOTALL))
    for reason, pattern in (
        (Reason.SYNTAX, r"^(SyntaxError|IndentationError|TabError):"),
        (Reason.UNDEFINED_NAME, r"^(NameError|UnboundLocalError):"),
        (Reason.MISSING_PACKAGE, r"^ModuleNotFoundError: No module named"),
        (Reason.MISSING_IMPORT, r"^ImportError: cannot import name"),
        (Reason.WEIGHTS_ONLY, r"[Ww]eights[_ ]only|WeightsUnpickler"),
        (
            Reason.REMOVED_ARGUMENT,
            (
                r"unexpected keyword argument|[Uu]nrecognized keyword argument|"
                r"[Aa]rgument\(s\) not recognized|is an invalid keyword argument|"
                r"no longer (accepted|supported)|missing \d+ required"
            ),
        ),
        (Reason.NEEDS_GPU, r"CUDA|Torch not compiled with|NVIDIA|No GPU"),
        (Reason.NEEDS_NETWORK, r"URLError|Network is unreachable|name resolution|gaierror"),
        (Reason.MISSING_FILE, r"^(FileNotFoundError|NotADirectoryError):|No such file"),
        (Reason.REMOVED_ATTRIBUTE, r"^AttributeError:"),
        (Reason.SHAPE, r"shapes? cannot be multiplied|size mismatch|[Ii]ncompatible shape|shape"),
    )
)


def classify(exception_type: str, message: str) -> Reason:
    """Return the reason behind an uncaught exception."""
    text = f"{exception_type}: {message}"
    for reason, pattern in PATTERNS:
        if pattern.search(text):
            return reason
    return Reason.EXCEPTION
