"""What a stand-in is made of: its lines, and where among the others they stand."""

import ast
import dataclasses
from collections.abc import Callable, Mapping
from enum import IntEnum

from snippets.flavours import Flavour
from snippets.standins.sizes import AMBIGUOUS, CONSTANT, SHARE, THINGS, number_for
from snippets.standins.usage import Usage
from snippets.standins.world import BATCH, World


class Rank(IntEnum):
    """The order of stand-ins: what others are made from comes first."""

    VALUE = 0
    CLASS = 1
    MODEL = 2
    DATA = 3
    FUNCTION = 4
    LOADER = 5
    OPTIMIZER = 6
    SCHEDULER = 7
    DERIVED = 8
    FILE = 9


@dataclasses.dataclass(frozen=True, kw_only=True)
class Piece:
    """Lines that give one name a value."""

    rank: Rank
    lines: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scene:
    """What choosing a stand-in may look at."""

    code: str
    tree: ast.Module
    world: World
    usages: Mapping[str, Usage]
    flavour: Flavour

    @property
    def is_keras(self) -> bool:
        return self.flavour is Flavour.KERAS

    def text(self, template: str) -> str:
        """Fill the world's sizes into a template."""
        world = self.world
        return template.format(
            batch=BATCH,
            features=world.shape[-1] if not world.are_tokens else 10,
            width=world.width,
            classes=world.classes,
            steps=world.steps,
            vocabulary=world.vocabulary,
            shape=", ".join(map(str, world.batch_shape)),
            sample=", ".join(map(str, world.shape)),
        )

    def number(self, name: str) -> str | None:
        found = number_for(name)
        return self.text(found) if found is not None else None

    def number_of(self, usage: Usage) -> str | None:
        """Return the number that stands in for a name, where it is used as one."""
        is_wanted = usage.is_size or (usage.is_counted and not usage.subscripts)
        is_other = bool(usage.methods or usage.attributes or usage.loops)
        if THINGS.fullmatch(usage.last):
            return None
        if usage.is_complement and SHARE.fullmatch(usage.last):
            return "0.9"
        is_plain = CONSTANT.fullmatch(usage.last) is not None and not is_other
        if AMBIGUOUS.fullmatch(usage.last) and not is_plain and (not is_wanted or is_other):
            return None
        found = self.number(usage.last)
        return "16" if found is None and usage.is_size and not is_other else found

    def first(self, matches: Callable[[Usage], bool]) -> str | None:
        """Return the first undefined name that matches."""
        return next((name for name, usage in self.usages.items() if matches(usage)), None)


def assigned(name: str, value: str, rank: Rank = Rank.VALUE) -> Piece:
    return Piece(rank=rank, lines=f"{name} = {value}")
