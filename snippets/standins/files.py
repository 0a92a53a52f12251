"""Files that code reads and nobody gave it: saved models, tables, pictures, arrays."""

import ast
import re
from collections.abc import Iterator

from snippets.standins.pieces import Piece, Rank, Scene
from snippets.standins.torch_names import MODEL, OPTIMIZER, STATE_NAMES
from snippets.standins.usage import dotted

NO_MODEL = re.compile(r"path|file|name|dir|folder", re.IGNORECASE)
LOAD_MODEL = {"load_model", "load_weights"}
FILE_IN_FOLDER = re.compile(
    r"(?P<folder>(?:\./)?[\w-]+(?:/[\w.-]+)*)/[\w.%{}-]+\.(?:pth?|t7|tar|h5|hdf5|keras|ckpt|pkl|csv|png|jpe?g|npy|npz|txt|json|model|bin)"
)
STATES = re.compile(r"(model_?|net_?|the_?)?(state_?dict|state|weights|params|model|net)\w*", re.I)


def missing_files(scene: Scene, defined: set[str]) -> Iterator[Piece]:
    """Yield what makes the files that the code reads before it writes them."""
    written: set[str] = set()
    made: set[str] = set()
    for folder in dict.fromkeys(_folders(scene.tree)):
        yield Piece(rank=Rank.VALUE, lines=f"os.makedirs({folder!r}, exist_ok=True)")
    parents = {c: p for p in ast.walk(scene.tree) for c in ast.iter_child_nodes(p)}
    calls = [n for n in ast.walk(scene.tree) if isinstance(n, ast.Call)]
    for call in sorted(calls, key=lambda n: (n.end_lineno or 0, n.end_col_offset or 0)):
        name = dotted(call.func)
        last = name.rpartition(".")[2]
        if last in {"save", "to_csv", "dump", "save_weights", "imsave", "savefig", "save_model"}:
            written |= {ast.unparse(argument) for argument in call.args}
            continue
        place = _place(call, defined, scene.tree)
        if place is None or place in written | made:
            continue
        if (lines := _maker(name, last, call, place, parents, scene)) is not None:
            made.add(place)
            yield Piece(rank=Rank.FILE, lines=lines)


def _place(call: ast.Call, defined: set[str], tree: ast.Module) -> str | None:
    """Return the file's name as an expression that the setup can evaluate too."""
    arguments = [
        *call.args,
        *(k.value for k in call.keywords if k.arg in {"f", "filepath", "path"}),
    ]
    if not arguments:
        return None
    first = arguments[0]
    names = {n.id for n in ast.walk(first) if isinstance(n, ast.Name)}
    if isinstance(first, ast.Constant) and not isinstance(first.value, str):
        return None
    if isinstance(first, ast.Name) and (given := _given_for(first.id, tree)):
        return given
    return None if names & (defined | _parameters(tree)) else ast.unparse(first)


def _parameters(tree: ast.Module) -> set[str]:
    return {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def _given_for(parameter: str, tree: ast.Module) -> str:
    """Return the text that the code hands to a parameter of this name, as an expression."""
    for owner in ast.walk(tree):
        if not isinstance(owner, ast.ClassDef | ast.FunctionDef):
            continue
        functions = owner.body if isinstance(owner, ast.ClassDef) else [owner]
        for function in functions:
            if not isinstance(function, ast.FunctionDef):
                continue
            names = [one.arg for one in function.args.args if one.arg != "self"]
            if parameter not in names:
                continue
            for call in ast.walk(tree):
                if isinstance(call, ast.Call) and dotted(call.func) == owner.name:
                    given = dict(zip(names, call.args, strict=False))
                    given |= {one.arg: one.value for one in call.keywords if one.arg}
                    value = given.get(parameter)
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        return ast.unparse(value)
    return ""


def _folders(tree: ast.Module) -> Iterator[str]:
    """Yield the relative folders of the files that the code names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if found := FILE_IN_FOLDER.fullmatch(node.value):
                yield found["folder"]


def _maker(
    name: str, last: str, call: ast.Call, place: str, parents: dict[ast.AST, ast.AST], scene: Scene
) -> str | None:
    if name == "torch.load":
        value = _saved(call, parents, scene)
        return f"torch.save({value}, {place})" if value else None
    if last in LOAD_MODEL and scene.is_keras:
        owner = name.rpartition(".")[0]
        model = owner if last == "load_weights" and owner in scene.usages else None
        fresh = "keras.Sequential([keras.Input((10,)), keras.layers.Dense(1)])"
        saver = "save_weights" if last == "load_weights" else "save"
        # Keras 3 refuses names that Keras 2 took; that is for the code itself to meet.
        return f"with contextlib.suppress(ValueError):\n    {model or fresh}.{saver}({place})"
    if name in {"np.load", "numpy.load"}:
        return f"np.save({place}, np.random.rand(8, 10))"
    if last == "read_csv":
        return f'pd.DataFrame({{"a": range(20), "b": range(20), "label": [0, 1] * 10}}).to_csv({place}, index=False)'
    if name in {
        "Image.open",
        "PIL.Image.open",
        "plt.imread",
        "imread",
        "mpimg.imread",
        "load_img",
        "image.load_img",
    }:
        return f"plt.imsave({place}, np.random.rand(32, 32, 3))"
    return None


def _saved(call: ast.Call, parents: dict[ast.AST, ast.AST], scene: Scene) -> str | None:
    """Return what `torch.load` must find, by what is done with it."""
    parent = parents.get(call)
    if isinstance(parent, ast.Call) and dotted(parent.func).endswith("load_state_dict"):
        return state_of(dotted(parent.func).rpartition(".")[0], scene)
    if isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant):
        outer = parents.get(parent)
        owner = dotted(outer.func).rpartition(".")[0] if isinstance(outer, ast.Call) else ""
        return f"{{{parent.slice.value!r}: {state_of(owner, scene)}}}"
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
        return saved_as(parent.targets[0].id, scene)
    return _any_model(scene)


def saved_as(target: str, scene: Scene) -> str | None:
    keys: dict[str, str] = {}
    for node in ast.walk(scene.tree):
        if (
            (
                isinstance(node, ast.Subscript)
                and isinstance(node.value, ast.Name)
                and node.value.id == target
            )
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            keys.setdefault(node.slice.value, "")
        if (
            isinstance(node, ast.Call)
            and dotted(node.func).endswith("load_state_dict")
            and node.args
        ):
            owner = dotted(node.func).rpartition(".")[0]
            argument = node.args[0]
            if isinstance(argument, ast.Name) and argument.id == target:
                return state_of(owner, scene)
            if isinstance(argument, ast.Subscript) and isinstance(argument.slice, ast.Constant):
                if isinstance(argument.value, ast.Name) and argument.value.id == target:
                    keys[str(argument.slice.value)] = state_of(owner, scene)
    if keys:
        pairs = ", ".join(f"{key!r}: {value or _by_key(key, scene)}" for key, value in keys.items())
        return f"{{{pairs}}}"
    if (
        re.search(rf"\b{target}\.(items|keys|values|pop|get|update)\b", scene.code)
        or "state" in target
    ):
        states = state_of("", scene)
        if re.search(r"\[7:\]|['\"]module\.['\"]", scene.code):
            # It was saved from several devices, and its names begin with `module.`.
            return f"nn.DataParallel({states.removesuffix('.state_dict()')}).state_dict()"
        return states
    if MODEL.fullmatch(target) or re.search(rf"\b{target}(\.eval|\.cuda|\.to|\()", scene.code):
        return _any_model(scene)
    return "torch.randn(4, 10)"


def _by_key(key: str, scene: Scene) -> str:
    if "optim" in key.lower():
        return state_of("optimizer", scene)
    if STATES.fullmatch(key):
        return state_of("", scene)
    return scene.number(key) or "0.5"


def state_of(owner: str, scene: Scene) -> str:
    if owner in scene.usages:
        return f"{owner}.state_dict()"
    for node in ast.walk(scene.tree):
        # `model = TheModelClass(*args)`: the class stands in too, so it can be asked.
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            targets = [t.id for t in node.targets if isinstance(t, ast.Name)]
            if owner in targets and dotted(node.value.func) in scene.usages:
                return f"{ast.unparse(node.value)}.state_dict()"
    is_optimizer = OPTIMIZER.fullmatch(owner.rpartition(".")[2]) is not None and bool(owner)
    for name, usage in scene.usages.items():
        if STATE_NAMES.fullmatch(usage.last) or NO_MODEL.search(usage.last):
            continue
        named = OPTIMIZER if is_optimizer else MODEL
        if named.fullmatch(usage.last) and not usage.is_base and "." not in name:
            return f"{name}.state_dict()"
    if is_optimizer:
        return "torch.optim.SGD([nn.Parameter(torch.zeros(2))], lr=0.01).state_dict()"
    return "nn.Linear(10, 10).state_dict()"


def _any_model(scene: Scene) -> str:
    for name, usage in scene.usages.items():
        if usage.has("state_dict", "parameters", "eval"):
            return name
    return "nn.Linear(10, 10)"
