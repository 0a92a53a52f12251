"""The shapes that stand-ins agree on, guessed from the code and mended after a failure."""

import ast
import dataclasses
import math
import re
from typing import Self

from snippets.standins.usage import dotted

BATCH = 4


@dataclasses.dataclass(frozen=True, kw_only=True)
class World:
    """What a batch looks like. `shape` leaves the batch axis out."""

    shape: tuple[int, ...] = (10,)
    classes: int = 10
    steps: int = 7
    are_tokens: bool = False  # whole numbers below `vocabulary`, for an embedding
    vocabulary: int = 50
    needs_gradients: bool = False
    labels: str = "classes"  # classes, floats, like-input
    label_shape: tuple[int, ...] = ()
    is_batched: bool = True
    is_channels_last: bool = False

    @property
    def is_image(self) -> bool:
        return len(self.shape) == 3

    @property
    def width(self) -> int:
        """The number of values in one sample."""
        return math.prod(self.shape)

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return (BATCH, *self.shape) if self.is_batched else self.shape

    def changed(self, **values: object) -> Self:
        return dataclasses.replace(self, **values)  # type: ignore[arg-type]


def guess(code: str, tree: ast.Module) -> World:
    """Return the likeliest world: by the first layer that fixes a size, else by words."""
    world = World()
    if sides := _of_einsum(tree):
        return world.changed(shape=(BATCH,) * (sides - 1), classes=BATCH)
    sizes = [int(size) for size in re.findall(r"(?<![\w.])(?:784|28|32|64|224|227|299)\b", code)]
    side = 28 if 784 in sizes or 28 in sizes else 32
    for name, numbers in _layers(tree):
        match name:
            case "Conv2d" | "ConvTranspose2d" | "BatchNorm2d" if numbers:
                return world.changed(shape=(numbers[0], side, side))
            case "Conv1d" if numbers:
                return world.changed(shape=(numbers[0], 16))
            case "Linear" if numbers:
                return _before_linear(world, code, numbers[0])
            case "RepeatVector":
                return world
            case "LSTM" | "GRU" | "SimpleRNN" | "Conv1D" | "TimeDistributed" | "Bidirectional" if (
                "nn." not in code
            ):
                return world.changed(shape=(world.steps, 10))
            case "LSTM" | "GRU" | "RNN" if numbers:
                return world.changed(shape=(world.steps, numbers[0]))
            case "Embedding" if not numbers and "nn." not in code:
                return world.changed(shape=(world.steps,), are_tokens=True)
            case "Embedding" if numbers:
                return world.changed(shape=(world.steps,), are_tokens=True, vocabulary=numbers[0])
            case "Conv2D" | "MaxPooling2D":
                return world.changed(shape=(28, 28, 1), is_channels_last=True)
    if re.search(r"env\.step\(|\baction\.item\(\)", code):
        world = world.changed(is_batched=False)  # one state after the other
    if re.search(
        r"\bnetD\b|discriminator|\bD\(|BCE|binary_cross_entropy|"
        r"\w+\([^()]*\.squeeze\([^()]*\), ?\w+\.float\(\)",
        code,
    ):
        shape = (BATCH,) if re.search(r"view\(-1\)|squeeze", code) else (BATCH, 1)
        world = world.changed(classes=1, labels="floats", label_shape=shape)
    return _by_words(world, code, side)


def _of_einsum(tree: ast.Module) -> int:
    """Return how many axes the largest operand of an `einsum` has; one size fits all of them."""
    found = [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and dotted(node.func).endswith("einsum")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]
    operands = [part.strip() for text in found for part in text.partition("->")[0].split(",")]
    return max((len(part) for part in operands if part.isalpha()), default=0)


def _before_linear(world: World, code: str, size: int) -> World:
    if size == 784 and re.search(r"view|reshape|[Ff]latten", code):
        return world.changed(shape=(1, 28, 28))
    return world.changed(shape=(size,))


def _by_words(world: World, code: str, side: int) -> World:
    if re.search(r"\b(input_ids|token_ids)\b", code) and "keras" not in code:
        return world.changed(shape=(world.steps,), are_tokens=True)
    if re.search(
        r"\b(ImageDataGenerator|imgs?|images?|conv\w*|pixel|channels?|resnet\w*|vgg\w*|cnn)\b",
        code,
        re.I,
    ):
        if re.search(r"\bkeras|tf\.|model\.fit|predict\(", code):
            return world.changed(shape=(side, side, 1 if side == 28 else 3), is_channels_last=True)
        return world.changed(shape=(1 if side == 28 else 3, side, side))
    if re.search(
        r"pack_padded|\b(lstm|gru)\(|\bLSTM|\bGRU|SimpleRNN|reset_states|\bh_?0\b|timesteps?\b|lengths?\[:, ?None",
        code,
    ):
        return world.changed(shape=(world.steps, 10))
    return world


def _layers(tree: ast.Module) -> list[tuple[str, list[int]]]:
    """Return the calls that look like layers, in order, each with its leading whole numbers."""
    found = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and (name := dotted(node.func).rpartition(".")[2])[:1].isupper()
        ):
            values = [*node.args, *(k.value for k in node.keywords if k.arg and "in_" in k.arg)]
            numbers = []
            for value in values:
                if (number := _whole(value)) is None:
                    break
                numbers.append(number)
            found.append((node.lineno, node.col_offset, name, numbers))
    return [(name, numbers) for _, _, name, numbers in sorted(found, key=lambda x: x[:2])]


def _whole(node: ast.expr) -> int | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = _whole(node.left), _whole(node.right)
        return left * right if left is not None and right is not None else None
    return None


SQUARES = {784: (1, 28, 28), 3072: (3, 32, 32), 1024: (1, 32, 32), 12288: (3, 64, 64)}


def revise(world: World, kind: str, message: str) -> World | None:
    """Return the world that this exception asks for, or None where it asks for nothing."""
    if found := re.search(r"cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)", message):
        return _fit_width(world, had=int(found[1]), wanted=int(found[2]))
    if found := re.search(r"to have (\d+) channels, but got (\d+) channels", message):
        side = world.shape[-1] if world.is_image else 32
        if re.search(r"weight of size \[\d+, \d+, \d+\]", message):
            return world.changed(shape=(int(found[1]), 16))
        return world.changed(shape=(int(found[1]), side, side))
    if found := re.search(r"Expected \d+D[^,]* or (\d)D \(\w+\) input to (\w+)", message):
        return world.changed(shape=(3, 32, 32) if found[1] == "4" else (3, 16))
    if found := re.search(r"xpected (2D or 3D|[234]D or [345]D|[345]D) input", message):
        return world.changed(
            shape={"2": (7, 10), "3": (3, 32, 32), "4": (3, 32, 32)}.get(found[1][0], (3, 4, 8, 8))
        )
    if found := re.search(r"Expected (\d+), got (\d+)", message):
        return world.changed(shape=(*world.shape[:-1], int(found[1])))
    if "Long, Int" in message or "argument #1 'indices'" in message:
        return world.changed(shape=(world.steps,), are_tokens=True)
    if found := re.search(r"all \d+ classes or no classes but got .*shape: \[(\d+)\]", message):
        return world.changed(classes=int(found[1]))
    if found := re.search(r"not enough values to unpack \(expected (\d), got (\d)\)", message):
        return world.changed(
            shape={"4": (3, 32, 32), "3": (7, 10), "5": (3, 4, 8, 8)}.get(found[1], world.shape)
        )
    if found := re.search(r"too many values to unpack \(expected (\d)\)", message):
        return world.changed(shape=(10,) if found[1] == "2" else (7, 10))
    if found := re.search(r"is not equal to len\(dims\) = (\d)", message):
        shapes = {"2": (10,), "3": (7, 10), "4": (3, 32, 32), "5": (3, 4, 8, 8)}
        return world.changed(shape=shapes.get(found[1], world.shape))
    if re.search(r"size of tensor a \(\d+\) must match", message) and world.labels == "classes":
        return world.changed(labels="like-input")
    if "axes don't match" in message or ("Invalid shape" in message and "image data" in message):
        return world.changed(shape=(3, 32, 32))
    if "does not require grad" in message or "require gradient" in message:
        return None if world.needs_gradients else world.changed(needs_gradients=True)
    if found := re.search(
        r"[Tt]arget size \(torch\.Size\(\[([\d, ]*)\]\)\).*input size \(torch\.Size\(\[([\d, ]*)\]",
        message,
    ):
        sizes = tuple(int(n) for n in found[2].split(",") if n.strip())
        return world.changed(labels="floats", label_shape=sizes)
    if "expected scalar type Long but found Float" in message:
        return world.changed(labels="classes")
    if re.search(
        r"expected scalar type Float but found Long|Found dtype Long but expected Float", message
    ):
        return world.changed(
            labels="floats", label_shape=world.label_shape or (BATCH, world.classes)
        )
    if found := re.search(
        r"into shape \((\d+),([\d,]+)\)|shape '\[(-?\d+), ([\d, -]+)\]' is invalid", message
    ):
        parts = [int(n) for n in (found[2] or found[4]).split(",") if n.strip()]
        if world.is_image and len(parts) == 1:
            return _fit_width(world, had=0, wanted=parts[0])
        if all(size > 0 for size in parts):
            return world.changed(shape=(math.prod(parts),))
    if re.search(r"invalid for input of size|Dimension out of range|too many indices", message):
        return _next(world)
    return _from_keras(world, message)


def _fit_width(world: World, *, had: int, wanted: int) -> World:
    if world.is_image and had == world.width and wanted in SQUARES:
        return world.changed(shape=SQUARES[wanted])
    if world.is_image:
        # Deeper in a convolutional network the side decides; smaller and larger ones are tried.
        sides = [32, 28, 64, 224, 227, 48, 96, 128, 16]
        side = world.shape[-1]
        later = sides[sides.index(side) + 1 :] if side in sides else sides
        if later:
            return world.changed(shape=(world.shape[0], later[0], later[0]))
    if len(world.shape) > 1 and world.shape[-1] == had:
        return world.changed(shape=(*world.shape[:-1], wanted))
    return world.changed(shape=(wanted,))


def _next(world: World) -> World | None:
    order: list[tuple[int, ...]] = [(10,), (7, 10), (3, 32, 32), (1, 28, 28)]
    place = order.index(world.shape) + 1 if world.shape in order else 0
    return world.changed(shape=order[place]) if place < len(order) else None


def _from_keras(world: World, message: str) -> World | None:
    if found := re.search(r"expected shape=\((?:None, )?([\dNone, ]+)\), found shape=", message):
        sizes = tuple(
            world.steps if part.strip() == "None" else int(part)
            for part in found[1].split(",")
            if part.strip()
        )
        return world.changed(shape=sizes, is_channels_last=len(sizes) == 3)
    if found := re.search(r"expected axis -1 of input shape to have value (\d+)", message):
        return world.changed(shape=(*world.shape[:-1], int(found[1])))
    if found := re.search(r"expected (?:min_)?ndim=(\d)", message):
        shapes = {"2": (10,), "3": (7, 10), "4": (28, 28, 1), "5": (4, 8, 8, 3)}
        return world.changed(shape=shapes[found[1]], is_channels_last=found[1] == "4")
    return None
