"""Building a runtime's virtual environment from its lock."""

import contextlib
import fcntl
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox.model import SandboxError
from sandbox.runtime import Runtime, var_directory

Report = Callable[[str], None]


class BuildFailed(SandboxError):
    """The environment could not be made; the message ends with what pip said."""


def build(runtime: Runtime, report: Report) -> None:
    """Make the runtime's environment, unless it is whole already.

    An environment that an earlier build left half-made is thrown away. A file
    `complete`, written last, tells the one from the other; it lists what was
    installed, which may be more than the lock where the package index serves
    a wheel with needs of its own (the CUDA build of torch).
    """
    if runtime.is_built:
        report(f"{runtime.name}: already built")
        return
    environment = runtime.environment
    environment.parent.mkdir(parents=True, exist_ok=True)
    with _only_builder(environment.with_name(f"{environment.name}.lock"), runtime, report):
        if runtime.is_built:
            report(f"{runtime.name}: built by another process meanwhile")
            return
        started = time.monotonic()
        if environment.exists():
            report(f"{runtime.name}: an earlier build was cut short; starting over")
            shutil.rmtree(environment)
        report(f"{runtime.name}: installing {len(runtime.packages)} packages")
        venv.create(environment, with_pip=True)
        _install(environment, runtime)
        (environment / "complete").write_text(_freeze(environment), encoding="utf-8")
        report(f"{runtime.name}: built in {time.monotonic() - started:.0f} s")


def remove_outdated(runtimes: dict[str, Runtime], report: Report) -> None:
    """Delete environments in ZHIYAN_VAR that no defined runtime uses any more."""
    used = {runtime.environment for runtime in runtimes.values()}
    for marker in (var_directory() / "runtimes").glob("*/complete"):
        if marker.parent not in used:
            report(f"removing {marker.parent.name}: no runtime uses it")
            shutil.rmtree(marker.parent)


@contextlib.contextmanager
def _only_builder(lock: Path, runtime: Runtime, report: Report) -> Iterator[None]:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report(f"{runtime.name}: another process is building it; waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(environment: Path, runtime: Runtime) -> None:
    requirements = environment / "requirements.txt"
    requirements.write_text("\n".join(runtime.packages) + "\n", encoding="utf-8")
    result = _pip(environment, "install", "--quiet", "--no-input", "-r", str(requirements))
    if result.returncode != 0:
        said = "\n".join((result.stdout + result.stderr).strip().splitlines()[-15:])
        raise BuildFailed(f"{runtime.name}: pip could not install its packages:\n{said}")


def _freeze(environment: Path) -> str:
    return _pip(environment, "freeze", "--all").stdout


def _pip(environment: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    python = environment / "bin" / "python"
    command = [str(python), "-m", "pip", "--disable-pip-version-check", *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BuildFailed(f"{sys.executable} made no working environment: {error}") from error
