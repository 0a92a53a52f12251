"""What a control group is to a run, whatever keeps it."""

import dataclasses
from typing import Protocol

from sandbox.model import Limits


@dataclasses.dataclass(frozen=True, kw_only=True)
class Usage:
    cpu_seconds: float
    memory_bytes: int  # the most at a time
    out_of_memory: bool


class Group(Protocol):
    """The processes of one run."""

    is_enforced: bool  # by the kernel; else each process limits itself as far as it can

    def add(self, pid: int) -> None: ...
    def limit(self, limits: Limits) -> None: ...
    def usage(self) -> Usage: ...
    def kill(self) -> None: ...
    def remove(self) -> None: ...


class Backend(Protocol):
    name: str

    def make_group(self) -> Group: ...
