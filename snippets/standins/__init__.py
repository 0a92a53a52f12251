"""Stand-ins: small, honest values for the names that a fragment leaves undefined.

`propose` reads how the code uses each name and gives lines that define them;
`revise` takes what went wrong with those lines and gives better ones. The lines
are shown to readers, so they are written to be read.
"""

import ast
import dataclasses
import re
from collections.abc import Mapping, Sequence

from snippets import code as codes
from snippets.flavours import Flavour
from snippets.standins import (
    files,
    keras_values,
    plain,
    torch_data,
    torch_models,
    torch_names,
    torch_values,
    world,
)
from snippets.standins.pieces import Piece, Rank, Scene, assigned
from snippets.standins.usage import Usage, dotted, read_usages
from snippets.standins.world import World


@dataclasses.dataclass(frozen=True, kw_only=True)
class Proposal:
    """Lines that define what the code lacks, and the shapes that they agree on."""

    lines: str
    names: tuple[str, ...]
    world: World
    flavour: Flavour


def propose(
    code: str, names: Sequence[str], *, flavour: Flavour, like: World | None = None
) -> Proposal | None:
    """Return stand-ins for `names` and for files that `code` reads; None where there are none.

    `like` is the world to keep to; without it, it is guessed from the code.
    """
    tree = codes.tree_of(code)
    chosen_world = like or world.guess(code, tree)
    usages = read_usages(tree, names)
    scene = Scene(code=code, tree=tree, world=chosen_world, usages=usages, flavour=flavour)
    pieces = [piece for name in names if (piece := _choose(usages[name], scene))]
    pieces += files.missing_files(scene, codes.defined_names(code))
    if not pieces:
        return None
    pieces.sort(key=lambda piece: piece.rank)
    lines = "\n".join(_spaced(piece) for piece in pieces)
    return Proposal(
        lines=lines.strip("\n"), names=tuple(names), world=chosen_world, flavour=flavour
    )


def revise(code: str, proposal: Proposal, failure: Mapping[str, object]) -> Proposal | None:
    """Return other stand-ins, after an exception that these may be to blame for, or None."""
    kind, message = str(failure.get("type", "")), str(failure.get("message", ""))
    better = world.revise(proposal.world, kind, message)
    if better is None or better == proposal.world:
        return None
    return propose(code, proposal.names, flavour=proposal.flavour, like=better)


def _spaced(piece: Piece) -> str:
    is_block = "\n    " in piece.lines
    return f"\n{piece.lines}\n" if is_block else piece.lines


def _choose(usage: Usage, scene: Scene) -> Piece | None:
    if plain.is_holder(usage):
        return _holder(usage, scene)
    is_model = torch_names.MODEL.fullmatch(usage.last) is not None
    if usage.is_called_back and not (usage.methods or usage.subscripts or is_model):
        return plain.function(usage, ["values[0] if values else None"])
    if plain.is_thing(usage):
        return _thing(usage, scene)
    choosers = [plain.choose]
    if scene.flavour is not Flavour.PLAIN:
        framework = keras_values.choose if scene.is_keras else torch_values.choose
        choosers.insert(1 if _is_plainly_named(usage, scene) else 0, framework)
    for choose in choosers:
        if piece := choose(usage, scene):
            return piece
    if usage.calls:
        return _function(usage, scene)
    return _fallback(usage, scene)


def _is_plainly_named(usage: Usage, scene: Scene) -> bool:
    """Say whether what the name says goes before how the framework might use it."""
    return not usage.calls and (
        plain.PATH.fullmatch(usage.last) is not None
        or usage.is_starred
        or (usage.is_size and scene.number_of(usage) is not None)
    )


def _fallback(usage: Usage, scene: Scene) -> Piece | None:
    """Return data for what nothing else fits: a list, a number or a tensor."""
    if usage.is_index:
        return assigned(usage.name, "range(3)", Rank.DATA)
    is_zipped = any(not isinstance(target, ast.Name) for target in usage.loops)
    if (
        usage.loops
        and not is_zipped
        and not usage.attributes
        and not usage.methods
        and usage.name.islower()
    ):
        value = keras_values.sample(scene) if scene.is_keras else torch_data.sample(scene)
        if _are_items_lists(usage, scene):
            return assigned(usage.name, "[[1, 2, 3], [4, 5]]", Rank.DATA)
        items = "range(3)" if _are_items_unused(usage) else f"[{value} for _ in range(2)]"
        return assigned(usage.name, items, Rank.DATA)
    if usage.is_context or (usage.last.isupper() and usage.is_tested):
        return assigned(usage.name, "False")
    if usage.is_counted or (usage.is_tested and not usage.attributes and not usage.methods):
        if not usage.subscripts and len(usage.last) <= 2 and usage.last.isupper():
            return assigned(usage.name, "8")
    if scene.is_keras:
        return keras_values.array(usage, scene)
    if usage.has(*TORCH_METHODS) and scene.flavour is Flavour.TORCH:
        return torch_data.tensor(usage, scene)
    if usage.is_subscript_of_other and torch_names.LABELS.fullmatch(usage.last):
        return assigned(usage.name, "np.random.randint(10, size=4)", Rank.DATA)
    is_numpy = "torch" not in scene.code and re.search(r"(?<!\.)\b(np\.|numpy\b)", scene.code)
    if is_numpy or scene.flavour is Flavour.PLAIN:
        return assigned(usage.name, scene.text("np.random.rand({shape})"), Rank.DATA)
    if _goes_to_numpy(usage):
        return assigned(
            usage.name, scene.text('np.random.rand({shape}).astype("float32")'), Rank.DATA
        )
    return torch_data.tensor(usage, scene)


TORCH_METHODS = (
    "cpu",
    "cuda",
    "detach",
    "numpy",
    "unsqueeze",
    "size",
    "view",
    "float",
    "long",
    "item",
    "to",
    "requires_grad",
    "grad",
    "contiguous",
    "permute",
    "backward",
)


def _goes_to_numpy(usage: Usage) -> bool:
    return usage.has("astype", "tolist") or any(
        called.startswith(
            (
                "np.",
                "numpy.",
                "torch.from_numpy",
                "torch.as_tensor",
                "torch.Tensor",
                "torch.FloatTensor",
            )
        )
        for called, _ in usage.passed_to
    )


def _are_items_lists(usage: Usage, scene: Scene) -> bool:
    """Say whether each item becomes a tensor of whole numbers."""
    names = [target.id for target in usage.loops if isinstance(target, ast.Name)]
    return any(f"LongTensor({name})" in scene.code for name in names)


def _are_items_unused(usage: Usage) -> bool:
    """Say whether loops over it only count: their variable is never read."""
    for target, body in zip(usage.loops, usage.loop_bodies, strict=True):
        if isinstance(target, ast.Name):
            read = [
                n
                for s in body
                for n in ast.walk(s)
                if isinstance(n, ast.Name) and n.id == target.id
            ]
            if read:
                return False
    return True


def _function(usage: Usage, scene: Scene) -> Piece:
    is_torch = scene.flavour is Flavour.TORCH
    maker = "torch.rand(*shape)" if is_torch else "np.random.rand(*shape)"
    if piece := plain.shaped(usage, maker):
        return piece
    targets = usage.results[-1:] and usage.results[-1]
    names: list[ast.expr] = []
    if isinstance(targets, ast.Tuple):
        names = list(targets.elts)
    elif isinstance(targets, ast.Name):
        names = [targets]
    results = [_value_of_result(dotted(n), scene) for n in names]
    return plain.function(usage, [result for result in results if result])


def _value_of_result(name: str, scene: Scene) -> str:
    """Return what a function must give to be called `name`: what would stand in for that name."""
    usage = read_usages(scene.tree, [name])[name]
    usage.results = []
    if plain.SCORE.fullmatch(usage.last) and not usage.has("backward"):
        return "torch.tensor(0.5)" if usage.methods or usage.attributes else "0.5"
    piece = _choose(usage, scene)
    if piece is None or "\n" in piece.lines:
        return ""
    return piece.lines.partition(" = ")[2]


def _value_of_attribute(attribute: Usage, scene: Scene) -> str:
    if attribute.calls and scene.flavour is Flavour.TORCH and torch_models.is_layer(attribute):
        return torch_models.layer(attribute, scene)
    piece = _choose(attribute, scene)
    if piece is None:
        return "None"
    if "\n" in piece.lines:
        return (
            "lambda *values, **named: values[0] if values else None" if attribute.calls else "None"
        )
    return piece.lines.partition(" = ")[2]


def _thing(usage: Usage, scene: Scene) -> Piece:
    """Return an object whose methods give what the code takes from each."""
    lines = [f"class {usage.last.title().replace('_', '')}StandIn:"]
    for method, targets in plain.results_of_methods(usage.name, scene.tree).items():
        results = [_value_of_result(name, scene) for name in targets]
        answer = ", ".join(result or "None" for result in results) or "None"
        lines += [f"    def {method}(self, *values, **named):", f"        return {answer}", ""]
    lines += ["", f"{usage.name} = {usage.last.title().replace('_', '')}StandIn()"]
    return Piece(rank=Rank.DERIVED, lines="\n".join(lines))


def _holder(usage: Usage, scene: Scene) -> Piece:
    values: list[tuple[str, str]] = []
    for name, attribute in scene.usages.items():
        if not name.startswith(usage.name + "."):
            continue
        values.append((attribute.last, _value_of_attribute(attribute, scene)))
    for method in sorted(usage.methods - {name for name, _ in values}):
        values.append((method, "lambda *values, **named: values[0] if values else None"))
    return plain.holder(usage, values)
