"""Why code did not run, as short codes that lists can count."""

import ast
import re
from enum import StrEnum

from snippets import code as codes


class Reason(StrEnum):
    SYNTAX = "syntax"
    PYTHON2 = "python2"
    UNDEFINED_NAME = "undefined-name"
    MISSING_PACKAGE = "missing-package"
    MISSING_IMPORT = "missing-import"
    MISSING_FILE = "missing-file"
    WEIGHTS_ONLY = "weights-only"
    REMOVED_ARGUMENT = "removed-argument"
    REMOVED_METHOD = "removed-method"
    REMOVED_MODULE = "removed-module"
    REMOVED_NAME = "removed-name"
    NO_ATTRIBUTE = "no-attribute"
    NEEDS_GPU = "needs-gpu"
    NEEDS_NETWORK = "needs-network"
    SHAPE = "shape"
    EXCEPTION = "exception"
    SETUP = "setup"
    EXITED = "exited"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT_LIMIT = "output-limit"
    SIGNAL = "signal"
    SECURITY = "security"
    DID_NOT_FAIL = "did-not-fail"
    OTHER_OUTPUT = "other-output"
    OTHER_VALUES = "other-values"
    NEW_KEYS = "new-keys"
    OTHER_FIGURE = "other-figure"
    STAND_INS = "stand-ins"
    UNSTEADY = "unsteady"
    NOT_BUILT = "not-built"


# Fragments: nothing is wrong with them but what surrounds them is missing.
FRAGMENT = frozenset({Reason.SYNTAX, Reason.PYTHON2, Reason.UNDEFINED_NAME, Reason.MISSING_PACKAGE})
# What no stand-in can be to blame for: the code itself has aged, or needs what is not there.
OWN = frozenset({
    Reason.WEIGHTS_ONLY, Reason.REMOVED_ARGUMENT, Reason.REMOVED_METHOD, Reason.REMOVED_MODULE,
    Reason.REMOVED_NAME, Reason.MISSING_PACKAGE, Reason.MISSING_IMPORT, Reason.NEEDS_GPU,
    Reason.NEEDS_NETWORK,
})  # fmt: skip

# Attributes that these classes once had; an AttributeError about another is not decay. Keras's
# models and layers are also of classes of the author's own.
KERAS_METHODS = """reset_states predict_classes predict_proba fit_generator evaluate_generator
    predict_generator state_updates get_updates_for add_metric updates get_input_shape_at
    get_output_shape_at input_spec_at get_input_at get_output_at symbolic_call storage_type
    set_learning_phase as_list embeddings"""
PANDAS_METHODS = """append ix as_matrix get_value set_value iteritems to_panel mad lookup
    swaplevels"""
REMOVED_METHODS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r""), frozenset(KERAS_METHODS.split())),
    (re.compile(r"^'(DataFrame|Series|\w*Index)'"), frozenset(PANDAS_METHODS.split())),
    (re.compile(r"^'numpy\."), frozenset(["tostring", "itemset", "ptp", "newbyteorder"])),
)
LIBRARIES = r"torch|torchvision|tensorflow|keras|numpy|pandas|matplotlib|scipy|tf"

# Tried in order on "Type: message"; the first that is found names the reason.
PATTERNS: tuple[tuple[Reason, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(pattern, re.DOTALL))
    for reason, pattern in (
        (Reason.SYNTAX, r"^(SyntaxError|IndentationError|TabError):"),
        (Reason.UNDEFINED_NAME, r"^(NameError|UnboundLocalError):"),
        (Reason.REMOVED_MODULE, rf"^ModuleNotFoundError: No module named '(?:{LIBRARIES})\."),
        (Reason.MISSING_PACKAGE, r"^ModuleNotFoundError: No module named"),
        (Reason.REMOVED_NAME, rf"^ImportError: cannot import name .* from '(?:{LIBRARIES})\b"),
        (Reason.MISSING_IMPORT, r"^ImportError: cannot import name"),
        (Reason.MISSING_PACKAGE, r"^ImportError: .*(?:pip install|not installed|requires? )"),
        (Reason.WEIGHTS_ONLY, r"[Ww]eights[_ ]only|WeightsUnpickler"),
        (
            Reason.REMOVED_ARGUMENT,
            (
                r"unexpected keyword argument|[Uu]nrecognized keyword argument|"
                r"[Aa]rgument\(s\) not recognized|is an invalid keyword argument|"
                r"no longer (accepted|supported)|"
                r"missing \d+ required positional argument.*'(?:inputs|outputs)'"
            ),
        ),
        (Reason.NEEDS_GPU, r"CUDA|Torch not compiled with|NVIDIA|No GPU|Invalid device id"),
        (
            Reason.NEEDS_NETWORK,
            r"URLError|Network is unreachable|name resolution|gaierror|URL fetch failure|ConnectionError",
        ),
        (Reason.MISSING_FILE, r"^(FileNotFoundError|NotADirectoryError):|No such file"),
        (Reason.REMOVED_NAME, rf"^AttributeError: module '(?:{LIBRARIES})[\w.]*' has no attribute"),
        (
            Reason.REMOVED_NAME,
            r"was removed in the (?:NumPy|pandas)|was a deprecated alias|and is now removed",
        ),
        (Reason.NO_ATTRIBUTE, r"^AttributeError:"),
        (Reason.SHAPE, r"shapes? cannot be multiplied|size mismatch|[Ii]ncompatible shape|shape"),
    )
)
NO_ATTRIBUTE = re.compile(r"has no attribute '(\w+)'")
CALLED = re.compile(r"^(\w+)[\w.<>]*\(\) got an unexpected keyword argument")


def classify(exception_type: str, message: str, code: str = "") -> Reason:
    """Return the reason behind an uncaught exception of `code`."""
    text = f"{exception_type}: {message}"
    found = next((reason for reason, pattern in PATTERNS if pattern.search(text)), Reason.EXCEPTION)
    name = NO_ATTRIBUTE.search(message)
    if found is Reason.REMOVED_NAME and name and f".{name[1]}." in code:
        return Reason.REMOVED_MODULE
    if found is Reason.NO_ATTRIBUTE and name and _once_was(message, name[1]):
        return Reason.REMOVED_METHOD
    if found is Reason.REMOVED_ARGUMENT and _is_own_call(message, code):
        return Reason.EXCEPTION
    return found


def _once_was(message: str, name: str) -> bool:
    return any(owner.search(message) and name in gone for owner, gone in REMOVED_METHODS)


def _is_own_call(message: str, code: str) -> bool:
    """Say whether what refused an argument is defined in `code` itself."""
    called = CALLED.search(message)
    return called is not None and any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name == called[1]
        for node in ast.walk(codes.tree_of(code))
    )
