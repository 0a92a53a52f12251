"""Stand-ins that belong to no framework: paths, numbers, containers, functions, holders."""

import ast
import re

from snippets.flavours import Flavour
from snippets.standins import files
from snippets.standins.pieces import Piece, Rank, Scene, assigned
from snippets.standins.usage import HOLDERS, Usage, dotted

PATH = re.compile(
    r"(\w*_)?(path|paths|file|files|filepath|file_?name|fname|filename|fn|ckpt|model_?(file|name)|"
    r"weights_?(file|path)|save_?(name|to)|checkpoint_?(name|file))(_?\w*)?|PATH\w*|\w*_PATH|\w*_FILE",
)
FOLDER = re.compile(
    r"(\w*_)?(dir|folder|directory|root|logdir|base_?dir|data_?dir|outdir)(_?\w*)?", re.I
)
FRAME = re.compile(r"(\w*_)?(df|dataframe|frame)(_?\w*)?\d?")
FRAME_USES = (
    "iloc",
    "loc",
    "columns",
    "groupby",
    "head",
    "describe",
    "iterrows",
    "values",
    "to_csv",
    "drop",
    "merge",
    "profile_report",
    "apply",
)
TEXTS = re.compile(
    r"(\w*_)?(text|texts|sentence|sentences|corpus|docs?|documents?|words?|tokens)(_?\w*)?", re.I
)
NAMES = re.compile(
    r"(\w*_)?(categories|classes|class_?names|label_?names|names|itos|vocab|(idx|index|id|ix|int)_?(to|2)_?\w+)",
    re.IGNORECASE,
)
WORD_NUMBERS = re.compile(
    r"(\w*_)?((word|token|char|label|tag|class|str)s?_?(to|2)_?(idx?|ix|index|indices|ids?|int)\w*|stoi)",
    re.IGNORECASE,
)
STRING_METHODS = (
    "split",
    "lower",
    "upper",
    "strip",
    "startswith",
    "endswith",
    "replace",
    "format",
    "encode",
)


SCORE = re.compile(
    r"(\w*_)?(loss|acc|accuracy|score|error|err|metric|auc|f1|reward|lr|done|cost|bleu|iou|map)",
    re.IGNORECASE,
)
THING = re.compile(
    r"(\w*_)?(env|agent|memory|(replay_?)?buffer|replay|game|experiment|timer|meter)\d?"
)


def is_thing(usage: Usage) -> bool:
    """Say whether it is an object of the author's of which only methods are used."""
    return (
        THING.fullmatch(usage.last) is not None
        and bool(usage.methods)
        and not (usage.attributes or usage.calls or usage.subscripts or usage.loops)
        and not usage.methods & {"append", "extend", "items", "keys"}
    )


def results_of_methods(name: str, tree: ast.Module) -> dict[str, list[str]]:
    """Return each method that is called of `name`, with the names that its results get."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if dotted(node.func.value) == name:
            found.setdefault(node.func.attr, [])
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        owner, _, method = dotted(node.value.func).rpartition(".")
        if owner == name and method in found:
            target = node.targets[0]
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            found[method] = [dotted(part) for part in parts]
    return found


def is_states(usage: Usage) -> bool:
    """Say whether the name is that of a dictionary of weights."""
    return re.fullmatch(r"(\w*_)?(state_?dict|model_dict|\w*trained_dict)", usage.last) is not None


def choose(usage: Usage, scene: Scene) -> Piece | None:
    """Return the stand-in for a name that means the same in every framework, or None."""
    name, last = usage.name, usage.last
    if scene.flavour is Flavour.PLAIN and (made := report(usage)):
        return made
    if usage.is_starred and not usage.calls:
        return assigned(name, "()" if not _is_doubly_starred(usage) else "{}")
    if not usage.calls and _is_read_from(usage):
        return assigned(name, f'"{_file_name(last, scene)}"')
    if FOLDER.fullmatch(last) and not usage.calls:
        return assigned(name, '"."')
    if (PATH.fullmatch(last) and not usage.calls and not usage.is_arithmetic) or usage.goes_to(
        "load_weights"
    ):
        return assigned(name, f'"{_file_name(last, scene)}"')
    if (
        (FRAME.fullmatch(last) and not usage.calls)
        or usage.goes_to("ProfileReport")
        or usage.has("iterrows", "profile_report", "to_csv", "iloc")
    ) and not usage.calls:
        return _frame(usage)
    if usage.is_size or usage.is_counted:
        if not usage.calls and not usage.methods and (number := scene.number_of(usage)) is not None:
            return _number(usage, number)
    if usage.has(*STRING_METHODS) and not usage.has("shape", "size", "fit"):
        return assigned(name, '"a small text of a few words"')
    if (
        NAMES.fullmatch(last)
        and usage.subscripts
        and not usage.calls
        and not usage.attributes
        and not usage.methods
        and not usage.keys
    ):
        return assigned(name, '[f"class {number}" for number in range(10)]', Rank.DATA)
    if WORD_NUMBERS.fullmatch(last) and not usage.calls:
        value = 'collections.defaultdict(int, {"a": 0, "small": 1, "text": 2})'
        return assigned(name, value, Rank.DATA)
    if TEXTS.fullmatch(last) and not usage.calls:
        if usage.loops or (last.endswith("s") and not usage.methods):
            return assigned(name, '["a small text", "another small text"]')
        return assigned(name, '"a small text of a few words"')
    if is_states(usage) and not usage.calls:
        return assigned(name, files.state_of("", scene), Rank.DERIVED)
    if (usage.has("items", "keys", "get") and not usage.has("shape")) or (
        usage.keys and not usage.calls
    ):
        if saved := files.saved_as(name, scene) if "load_state_dict" in scene.code else None:
            return assigned(name, saved, Rank.DERIVED)
        return _mapping(usage, scene)
    if usage.has("append", "extend", "pop", "insert") and not usage.calls:
        return assigned(name, "[]")
    if usage.calls or usage.attributes or usage.methods:
        return None
    if (number := scene.number_of(usage)) is not None:
        return _number(usage, number)
    return None


def report(usage: Usage) -> Piece | None:
    """Return a profile of a small table for what is treated as a report."""
    if usage.has("to_file", "to_widgets", "to_notebook_iframe", "to_json", "to_html"):
        value = 'ProfileReport(pd.DataFrame({"a": range(20), "b": range(20)}), minimal=True)'
        return assigned(usage.name, value, Rank.DERIVED)
    return None


def holder(usage: Usage, values: list[tuple[str, str]]) -> Piece:
    """Return an object with the attributes that the code reads of `self`, `args` and the like."""
    fields = ", ".join(f"{field}={value}" for field, value in values)
    return assigned(usage.name, f"types.SimpleNamespace({fields})", Rank.DERIVED)


def is_holder(usage: Usage) -> bool:
    return usage.name in HOLDERS and bool(usage.attributes or usage.methods)


def function(usage: Usage, results: list[str]) -> Piece:
    """Return a function in place of the author's: it gives `results`, or what it was given."""
    last = usage.last
    if results:
        body = f"return {', '.join(results)}"
    elif any(call.args for call in usage.calls):
        body = "return values[0] if values else None"
    else:
        body = "return None"
    return Piece(rank=Rank.FUNCTION, lines=f"def {last}(*values, **named):\n    {body}")


def shaped(usage: Usage, maker: str) -> Piece | None:
    """Return a function that makes data of the shape it is given, where it is given one."""
    shapes = [
        call for call in usage.calls if len(call.args) == 1 and isinstance(call.args[0], ast.Tuple)
    ]
    if not shapes or len(shapes) != len(usage.calls):
        return None
    return Piece(rank=Rank.FUNCTION, lines=f"def {usage.last}(shape):\n    return {maker}")


def _is_read_from(usage: Usage) -> bool:
    """Say whether a file is read from it, or written to it."""
    return any(
        (called in {"torch.load", "open", "np.load", "pd.read_csv", "Image.open"} and place == 0)
        or (called == "torch.save" and place == 1)
        or (
            called.rpartition(".")[2] in {"load_model", "load_weights", "save_weights"}
            and place == 0
        )
        for called, place in usage.passed_to
    )


def _is_doubly_starred(usage: Usage) -> bool:
    return any(place == "**" for _, place in usage.passed_to)


def _file_name(last: str, scene: Scene) -> str:
    lower = last.lower()
    if "csv" in lower:
        return "data.csv"
    if "im" in lower and "g" in lower:
        return "image.png"
    return "model.keras" if scene.is_keras and "save" not in lower else "model.pt"


def _frame(usage: Usage) -> Piece:
    columns = usage.keys or ["a", "b", "label"]
    fields = ", ".join(f"{column!r}: range(20)" for column in columns)
    return assigned(usage.name, f"pd.DataFrame({{{fields}}})", Rank.DATA)


def _mapping(usage: Usage, scene: Scene) -> Piece:
    if scene.flavour is Flavour.TORCH and re.search(r"\bv\w*\.(to|cuda)\(", scene.code):
        tensor = scene.text("torch.randn({shape})")
        values = ", ".join(f"{key!r}: {tensor}" for key in usage.keys or ["x"])
        return assigned(usage.name, f"{{{values}}}", Rank.DERIVED)
    pairs = ", ".join(f"{key!r}: {scene.number(key) or '0.5'}" for key in usage.keys or ["a", "b"])
    return assigned(usage.name, f"{{{pairs}}}", Rank.DERIVED)


def _number(usage: Usage, number: str) -> Piece | None:
    if usage.subscripts:
        if all(isinstance(n, ast.Constant) and isinstance(n.value, int) for n in usage.subscripts):
            return assigned(usage.name, "[" + ", ".join([number] * 4) + "]")
        return None
    if usage.loops:
        return assigned(usage.name, f"range({number if number.isdigit() and number != '0' else 3})")
    return assigned(usage.name, number)
