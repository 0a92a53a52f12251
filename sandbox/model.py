"""What goes into the sandbox and what comes out, as plain values."""

import base64
import dataclasses
from enum import StrEnum
from typing import Any, Self

MIB = 1024 * 1024
CODE_BYTES = 256 * 1024
"""Code longer than this is refused before it reaches a jail."""


class SandboxError(Exception):
    """The sandbox itself could not do its work; never the fault of the code that was to run."""


class InvalidRequest(SandboxError, ValueError):
    """A request that no sandbox would run; the message says what to change."""


class Cancelled(SandboxError):
    """The run was cancelled before it ended."""


class Verdict(StrEnum):
    """How a run ended, as the supervisor saw it."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    OUTPUT = "output"
    SIGNAL = "signal"
    SECURITY = "security"
    INTERNAL = "internal"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Limits:
    """What one run may use."""

    wall_seconds: float = 10.0
    cpu_seconds: float = 20.0
    memory_bytes: int = 1024 * MIB
    processes: int = 64  # threads count too
    open_files: int = 256
    disk_bytes: int = 64 * MIB  # the working directory, charged to memory as well
    disk_inodes: int = 4096
    output_bytes: int = 256 * 1024  # standard output and error together
    artifact_count: int = 16
    artifact_bytes: int = 4 * MIB  # each

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise InvalidRequest(f"limit {field.name}={value!r}: expected a number above 0")

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the limits in `values`; names that are no limit raise InvalidRequest."""
        known = {field.name for field in dataclasses.fields(cls)}
        if unknown := sorted(set(values) - known):
            raise InvalidRequest(f"unknown limit {unknown[0]!r}; known: {', '.join(sorted(known))}")
        return cls(**values)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Request:
    """Code to run on a runtime. `setup` runs before it in the same namespace, unheard."""

    code: str
    runtime: str
    setup: str = ""
    limits: Limits = dataclasses.field(default_factory=Limits)
    seed: int | None = None  # None: different random numbers every time

    def __post_init__(self) -> None:
        for name in ("code", "setup"):
            text = getattr(self, name)
            if not isinstance(text, str):
                raise InvalidRequest(f"{name}: expected text")
            try:
                size_bytes = len(text.encode())
            except UnicodeEncodeError as error:
                message = f"{name}: not valid Unicode at character {error.start}"
                raise InvalidRequest(message) from error
            if size_bytes > CODE_BYTES:
                raise InvalidRequest(f"{name}: {size_bytes:,} bytes, at most {CODE_BYTES:,}")
            if "\0" in text:
                raise InvalidRequest(f"{name}: NUL at character {text.index(chr(0))}")
        if not self.code.strip():
            raise InvalidRequest("code: empty; write at least one statement")

    def as_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        try:
            return cls(**{**values, "limits": Limits.from_dict(values.get("limits") or {})})
        except TypeError as error:
            raise InvalidRequest(f"malformed request: {error}") from error


@dataclasses.dataclass(frozen=True, kw_only=True)
class Started:
    """The code is about to run, in a jail."""

    runtime: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Output:
    """Text that was written, in order; invalid UTF-8 replaced, never a cut character."""

    stream: str  # stdout, stderr
    text: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Artifact:
    """A figure, a table or a file that the code left. `data` of a file is untrusted."""

    name: str
    kind: str  # figure: a PNG, and table: JSON, both written anew; file: bytes as they were
    media_type: str
    data: bytes
    width: int | None = None
    height: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "data": base64.b64encode(self.data).decode()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**{**values, "data": base64.b64decode(values["data"])})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Failure:
    """The exception that ended the code, as the code's own process told it."""

    type: str  # ModuleNotFoundError
    message: str
    line: int | None  # in `code`, or in `setup` where phase says so
    phase: str  # setup, code


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """How a run ended and what it left."""

    verdict: Verdict
    reason: str = ""  # one sentence for a person; empty when all went well
    exit_code: int | None = None
    signal: str | None = None  # SIGSEGV
    stdout: str = ""
    stderr: str = ""
    truncated: bool = False
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    memory_bytes: int = 0  # the most it held at a time
    artifacts: tuple[Artifact, ...] = ()
    failure: Failure | None = None
    environment: dict[str, Any] = dataclasses.field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        shallow = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {
            **shallow,
            "verdict": str(self.verdict),
            "artifacts": [artifact.as_dict() for artifact in self.artifacts],
            "failure": dataclasses.asdict(self.failure) if self.failure else None,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(
            **{
                **values,
                "verdict": Verdict(values["verdict"]),
                "artifacts": tuple(Artifact.from_dict(a) for a in values["artifacts"]),
                "failure": Failure(**values["failure"]) if values["failure"] else None,
            }
        )


Event = Started | Output | Result
"""A run is Started, then Output any number of times, then one Result."""
