"""The real service, as root where the tests run as root, and always as an ordinary user."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox import Limits, Request, Result, RuntimeNotBuilt, Verdict, load
from tests.sandbox.hosting import Host, running_service

RUNTIME = "torch-2.13"
SMALL = Limits(
    wall_seconds=10.0, cpu_seconds=20.0, memory_bytes=256 * 2**20, output_bytes=20_000, processes=48
)
HOSTS = ["as root", "as an ordinary user"] if os.geteuid() == 0 else ["as an ordinary user"]
Run = Callable[..., Result]


def require_runtime(name: str) -> None:
    try:
        load(name).require_built()
    except RuntimeNotBuilt as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session", params=HOSTS)
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    require_runtime(RUNTIME)
    as_user = os.geteuid() == 0 and request.param != "as root"
    # Not pytest's own folder: an ordinary user may not enter that.
    with tempfile.TemporaryDirectory(prefix="zhiyan-") as folder:
        Path(folder).chmod(0o755)
        with running_service(Path(folder), as_user=as_user) as running:
            yield running


@pytest.fixture
def run(host: Host) -> Run:
    """Run code through the service and return its result; keywords change the limits."""

    def run(code: str, *, runtime: str = RUNTIME, setup: str = "", **limits: float) -> Result:
        values = {**SMALL.as_dict(), **limits}
        request = Request(code=code, runtime=runtime, setup=setup, limits=Limits(**values))
        *_, result = host.client.run(request)
        assert isinstance(result, Result)
        return result

    return run


@pytest.fixture
def attack(run: Run, host: Host) -> Iterator[Run]:
    """Like `run`; afterwards the next run works and nothing is left of the one before."""
    yield run
    after = run("print('fine')")
    assert (after.verdict, after.stdout) == (Verdict.OK, "fine\n")
    _assert_nothing_left(host)


def _assert_nothing_left(host: Host) -> None:
    deadline = time.monotonic() + 10
    while True:
        runtimes = host.client.status()["runtimes"].values()
        waiting = sum(runtime["waiting"] for runtime in runtimes)
        warm = sum(runtime["warm"] for runtime in runtimes)
        processes = len(host.processes())
        groups = host.control_groups()
        # Each zygote is a launcher and an interpreter; each waiting child an init and a runner.
        if processes <= 2 * warm + 2 * waiting and len(groups) in (0, 3 * waiting, waiting):
            return
        assert time.monotonic() < deadline, f"{processes} processes, groups: {groups}"
        time.sleep(0.05)
