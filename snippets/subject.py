"""A snippet as verification sees it, free of where it is stored."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Self

from snippets.setups import Origin


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rung:
    """One way to run a snippet: lines before it, and the code itself where it had to be mended."""

    origin: str  # of Origin
    setup: str = ""
    program: str = ""  # what runs in place of the author's code; empty: that code
    repairs: tuple[str, ...] = ()  # of Repair, or `session` where prompts were taken away

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            origin=values["origin"],
            setup=values["code"],
            program=values.get("program", ""),
            repairs=tuple(values.get("repairs", ())),
        )

    @property
    def has_stand_ins(self) -> bool:
        return self.origin in {Origin.STAND_INS, Origin.SESSION_STAND_INS}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Subject:
    """What is to be proven."""

    code: str
    rungs: tuple[Rung, ...]
    claim: str = ""
    is_claim_accepted: bool = False  # by a curator, in place of all that the author claims
    expects_error: bool = False
    is_python2: bool = False
    is_session: bool = False  # prompts and output, as a console shows them
    is_keras: bool = False

    def program(self, rung: Rung) -> str:
        return rung.program or self.code
