"""Runtimes: named interpreters with pinned packages, one TOML file each."""

import dataclasses
import functools
import hashlib
import os
import sys
import tomllib
from pathlib import Path

from sandbox.model import InvalidRequest, SandboxError

DEFAULT_VAR = Path(__file__).resolve().parent.parent / "var"
SPECIFICATIONS = Path(__file__).parent / "runtimes"
KEYS = {
    "label", "preload", "libraries", "packages", "gpu", "on_demand", "after_import",
    "warm_up", "warm_up_conflicts",
}  # fmt: skip


class UnknownRuntime(InvalidRequest):
    """No runtime of that name is defined."""


class RuntimeNotBuilt(SandboxError):
    """The runtime is defined, but its environment is missing or half-built."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Runtime:
    """A named interpreter with pinned packages."""

    name: str
    label: str
    preload: tuple[str, ...]
    libraries: tuple[str, ...]
    packages: tuple[str, ...]
    gpu: bool = False
    on_demand: bool = False  # built when asked for by name, not by `make up`
    after_import: str = ""  # code the zygote runs once; it must start no thread
    warm_up: str = ""  # code that every waiting child runs, so that no reader waits for it
    warm_up_conflicts: tuple[str, ...] = ()  # code with one of these needs an untouched library

    def conflicts_with_warm_up(self, source: str) -> bool:
        return any(word in source for word in self.warm_up_conflicts)

    @functools.cached_property
    def digest(self) -> str:
        """Twelve hex digits that change when the packages or the interpreter do."""
        python = ".".join(map(str, sys.version_info[:3]))
        text = "\n".join([python, *sorted(self.packages)])
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def environment(self) -> Path:
        """The virtual environment: in ZHIYAN_VAR, else in var/ where that one is whole.

        Environments are named by their digest and never change, so sharing one is safe.
        """
        folder = f"{self.name}-{self.digest}"
        own, shared = (var / "runtimes" / folder for var in (var_directory(), DEFAULT_VAR))
        return shared if not own.exists() and (shared / "complete").is_file() else own

    @property
    def is_built(self) -> bool:
        return (self.environment / "complete").is_file()

    @property
    def site_packages(self) -> Path:
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        return self.environment / "lib" / version / "site-packages"

    def require_built(self) -> None:
        """Raise RuntimeNotBuilt, naming the command that mends it, unless it is whole."""
        if not self.is_built:
            state = "half-built" if self.environment.exists() else "not built"
            raise RuntimeNotBuilt(
                f"runtime {self.name} is {state}; run: python -m sandbox build {self.name}"
            )


def var_directory() -> Path:
    """Return the directory that holds everything generated: ZHIYAN_VAR, else var/."""
    return Path(os.environ.get("ZHIYAN_VAR") or DEFAULT_VAR).resolve()


def load_all() -> dict[str, Runtime]:
    """Return every defined runtime by name; files in var/runtimes.d/ add to those shipped."""
    files = [*SPECIFICATIONS.glob("*.toml"), *(var_directory() / "runtimes.d").glob("*.toml")]
    return {file.stem: _current(file) for file in sorted(files, key=lambda file: file.stem)}


def load(name: str) -> Runtime:
    runtimes = load_all()
    try:
        return runtimes[name]
    except KeyError:
        raise UnknownRuntime(
            f"unknown runtime {name!r}; known: {', '.join(sorted(runtimes))}"
        ) from None


def _current(file: Path) -> Runtime:
    """Return what the file says now; every page and every run asks, and few files change."""
    about = file.stat()
    return _read(file, about.st_mtime_ns, about.st_size)


@functools.lru_cache(maxsize=64)
def _read(file: Path, _modified_ns: int, _size: int) -> Runtime:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SandboxError(f"{file}: {error}") from error
    if unknown := sorted(set(values) - KEYS):
        raise SandboxError(f"{file}: unknown key {unknown[0]!r}; known: {', '.join(sorted(KEYS))}")
    if missing := sorted({"label", "preload", "libraries", "packages"} - set(values)):
        raise SandboxError(f"{file}: key {missing[0]!r} is missing")
    if loose := [p for p in values["packages"] if "==" not in p and "@" not in p]:
        raise SandboxError(f"{file}: {loose[0]!r} is not pinned; write name==version")
    return Runtime(
        name=file.stem,
        label=values["label"],
        preload=tuple(values["preload"]),
        libraries=tuple(values["libraries"]),
        packages=tuple(values["packages"]),
        gpu=values.get("gpu", False),
        on_demand=values.get("on_demand", False),
        after_import=values.get("after_import", ""),
        warm_up=values.get("warm_up", ""),
        warm_up_conflicts=tuple(values.get("warm_up_conflicts", ())),
    )
