"""Stand-ins for tensors, and for what hands them out: loaders and datasets."""

import ast
import dataclasses
import re

from snippets.standins.pieces import Piece, Rank, Scene, assigned
from snippets.standins.torch_names import (
    FLAT,
    IMAGES,
    INDICES,
    LABELS,
    LOADER,
    MASK,
    REWARDS,
)
from snippets.standins.usage import Usage
from snippets.standins.world import BATCH, World


def tensor(usage: Usage, scene: Scene) -> Piece | None:
    """Return a tensor for what the code treats as one, or None."""
    name, last = usage.name, usage.last
    if usage.calls:
        return None
    if usage.item_methods & {"backward"}:
        value = "[torch.randn(3, requires_grad=True).sum() for _ in range(3)]"
        return assigned(name, value, Rank.DATA)
    if usage.goes_to("gather", "index_select", "scatter_", "scatter", "one_hot", "take") and any(
        place in {1, "index"} for _, place in usage.passed_to
    ):
        return assigned(name, f"torch.randint({BATCH}, ({BATCH}, 1))", Rank.DATA)
    if "gradcheck" in scene.code:
        # Numerical derivatives need double precision.
        value = scene.text("torch.randn({shape}, dtype=torch.double, requires_grad=True)")
        return assigned(name, value, Rank.DATA)
    if usage.item_methods == {"item"} and not usage.dimensions > 1:
        return assigned(name, f"torch.rand({BATCH})", Rank.DATA)
    if REWARDS.fullmatch(last) and not usage.has("backward") and not usage.dimensions > 1:
        return assigned(name, f"torch.rand({BATCH})", Rank.DATA)
    if FLAT.fullmatch(last) and (
        usage.subscripts or usage.goes_to("sum", "max", "sorted", "WeightedRandomSampler")
    ):
        return assigned(name, f"torch.rand({BATCH})", Rank.DATA)
    if INDICES.fullmatch(last) and last.lower() not in {"input_ids", "token_ids"}:
        return assigned(name, "torch.tensor([1, 0])", Rank.DATA)
    if last.endswith("_ids"):
        return assigned(
            name, scene.text("torch.randint({vocabulary}, ({batch}, {steps}))"), Rank.DATA
        )
    if MASK.fullmatch(last) and _is_compared(usage):
        return assigned(name, labels(scene), Rank.DATA)
    if MASK.fullmatch(last) and usage.is_subscript_of_other:
        return assigned(name, f"torch.ones({BATCH}, dtype=torch.bool)", Rank.DATA)
    if MASK.fullmatch(last):
        shape = scene.text("{batch}, {steps}" if "input_ids" in scene.usages else "{shape}")
        return assigned(name, f"torch.ones({shape}, dtype=torch.bool)", Rank.DATA)
    if usage.passed_to and any(called.endswith("autograd.grad") for called, _ in usage.passed_to):
        return _differentiated(usage, scene)
    if LABELS.fullmatch(last) and not usage.has("requires_grad"):
        return assigned(name, labels(scene), Rank.DATA)
    world = scene.world
    if IMAGES.fullmatch(last) and not world.is_image:
        world = world.changed(shape=(3, 32, 32), are_tokens=False)
        scene = _with(scene, world)
    is_one = usage.has("unsqueeze") or is_one_picture(usage)
    if is_one and world.is_image and not usage.has("size", "shape"):
        scene = _with(scene, world.changed(is_batched=False))
    return assigned(name, sample(scene), Rank.DATA)


def _is_compared(usage: Usage) -> bool:
    """Say whether a loss holds a model's answer against it."""
    return any(
        place in {1, "target"} and re.search(r"loss|entropy|criterion", called)
        for called, place in usage.passed_to
    )


def is_one_picture(usage: Usage) -> bool:
    """Say whether it is one picture, without a batch around it."""
    return usage.goes_to("imshow", "expand_dims", "to_pil_image") or any(
        isinstance(use, ast.Attribute) and use.attr == "transpose"
        for use in usage.attributes.get("numpy", [])
    )


def looked_up(usage: Usage) -> bool:
    """Say whether it is handed to an embedding, as indices of its rows."""
    return any(re.search(r"(^|[._])emb(ed|edding)?s?$", called) for called, _ in usage.passed_to)


def _differentiated(usage: Usage, scene: Scene) -> Piece:
    """Return what is differentiated, made from what it is differentiated by."""
    places = {place for called, place in usage.passed_to if called.endswith("autograd.grad")}
    if places & {1, "inputs"}:
        value = f"torch.randn({scene.text('{shape}')}, requires_grad=True)"
        return assigned(usage.name, value, Rank.DATA)
    by = scene.first(
        lambda u: any(c.endswith("autograd.grad") and p in {1, "inputs"} for c, p in u.passed_to)
    )
    value = f"{by} ** 2" if by else "(torch.randn(4, 10, requires_grad=True) ** 2)"
    return assigned(usage.name, value, Rank.DERIVED)


def sample(scene: Scene) -> str:
    """Return the expression for a batch as the world has it."""
    world = scene.world
    if world.are_tokens:
        return scene.text("torch.randint({vocabulary}, ({shape}))")
    gradients = ", requires_grad=True" if world.needs_gradients else ""
    return scene.text(
        "torch.rand({shape})".replace(")", gradients + ")")
        if world.is_image
        else "torch.randn({shape}" + gradients + ")"
    )


def labels(scene: Scene) -> str:
    world = scene.world
    if world.labels == "floats":
        shape = ", ".join(map(str, world.label_shape or (BATCH, 1)))
        return f"torch.rand({shape})"
    if world.labels == "like-input":
        return scene.text("torch.randint(2, ({shape},))")
    return scene.text("torch.randint({classes}, ({batch},))")


def _with(scene: Scene, world: World) -> Scene:
    return dataclasses.replace(scene, world=world)


def is_loader(usage: Usage) -> bool:
    if usage.calls or usage.subscripts:
        return False
    return bool(LOADER.fullmatch(usage.last)) or (
        bool(usage.loops)
        and any(_arity(t) == 2 for t in usage.loops)
        and not usage.has("items")
        and not usage.goes_to("zip")
    )


def _arity(target: ast.expr) -> int:
    return len(target.elts) if isinstance(target, ast.Tuple | ast.List) else 1


def make_loader(usage: Usage, scene: Scene) -> Piece:
    keys = _keys_of_item(usage)
    if "keys" in keys:
        pairs = ", ".join(
            f"{key!r}: {labels(scene) if LABELS.fullmatch(key) else sample(scene)}"
            for key in keys["keys"]
        )
        return assigned(usage.name, f"[{{{pairs}}} for _ in range(2)]", Rank.LOADER)
    arity = max((_arity(target) for target in usage.loops), default=2)
    if usage.has("dataset", "batch_size", "sampler") or not usage.loops:
        one = scene.text(f"torch.rand(8, {', '.join(map(str, scene.world.shape))})")
        if scene.world.are_tokens:
            one = scene.text("torch.randint({vocabulary}, (8, {steps}))")
        dataset = (
            f"torch.utils.data.TensorDataset({one}, torch.randint({scene.world.classes}, (8,)))"
        )
        return assigned(
            usage.name, f"torch.utils.data.DataLoader({dataset}, batch_size={BATCH})", Rank.LOADER
        )
    if arity == 1 and keys.get("alone"):
        return assigned(usage.name, f"[{sample(scene)} for _ in range(2)]", Rank.LOADER)
    parts = [sample(scene), *[labels(scene)] * (max(arity, 2) - 1)]
    return assigned(usage.name, f"[({', '.join(parts)}) for _ in range(2)]", Rank.LOADER)


def _keys_of_item(usage: Usage) -> dict[str, list[str]]:
    """Say how a loop over it treats one item: by keys, or as a tensor alone."""
    for target, body in zip(usage.loops, usage.loop_bodies, strict=True):
        if not isinstance(target, ast.Name):
            continue
        keys: list[str] = []
        is_unpacked = is_used = False
        for node in (n for statement in body for n in ast.walk(statement)):
            if (
                isinstance(node, ast.Subscript)
                and isinstance(node.value, ast.Name)
                and node.value.id == target.id
            ):
                if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
                    keys.append(node.slice.value)
                else:
                    is_unpacked = True
            elif (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Name)
                and node.value.id == target.id
            ):
                is_unpacked |= isinstance(node.targets[0], ast.Tuple | ast.List)
            elif isinstance(node, ast.Name) and node.id == target.id:
                is_used = True
        if keys:
            return {"keys": list(dict.fromkeys(keys))}
        if is_used and not is_unpacked:
            return {"alone": [target.id]}
    return {}


def make_dataset(usage: Usage, scene: Scene) -> Piece | None:
    if usage.loops and not usage.goes_to("DataLoader"):
        return make_loader(usage, scene)
    if usage.has("items", "keys", "columns", "iloc", "astype", "append"):
        return None
    if (
        not usage.goes_to("DataLoader", "random_split", "Subset", "ConcatDataset", "len")
        and not usage.subscripts
    ):
        return None
    sizes = ", ".join(map(str, scene.world.shape))
    value = f"torch.utils.data.TensorDataset(torch.rand(20, {sizes}), torch.randint({scene.world.classes}, (20,)))"
    return assigned(usage.name, value, Rank.LOADER)
