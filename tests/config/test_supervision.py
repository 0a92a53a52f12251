"""A real supervisord over a real Valkey: what dies comes back, what is left behind goes."""

import dataclasses
import os
import signal
import time
from pathlib import Path

import pytest
import redis

from config import launch
from config.embedded import redis_url
from config.programs import Site, programs
from config.supervisor import Supervisor, lock_path

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def site(tmp_path):
    return Site(
        base_dir=ROOT,
        var_dir=tmp_path,
        sandbox_socket=str(tmp_path / "sandbox.sock"),
        host="127.0.0.1",
        port=8123,
        web_processes=1,
        worker_threads=1,
        warm_runtimes=("torch-2.13",),
        proxies="127.0.0.1",
        wanted=("valkey",),
    )


@pytest.fixture
def supervisor(site):
    supervisor = Supervisor(site)
    launch.start(site, lambda line: None)
    _until(lambda: _pings(site))
    yield supervisor
    if supervisor.is_running():
        supervisor.stop(lambda name: None)


def _until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def _pings(site):
    client = redis.Redis.from_url(redis_url(site.var_dir), retry=None)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _pid(supervisor):
    return supervisor.states()[0]["pid"]


def _is_gone(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def test_a_killed_program_comes_back(site, supervisor):
    killed = _pid(supervisor)

    os.kill(killed, signal.SIGKILL)

    _until(lambda: _pid(supervisor) not in {0, killed} and _pings(site))


def test_a_second_start_leaves_everything_alone(site, supervisor):
    before = _pid(supervisor)
    said = []

    launch.start(site, said.append)

    assert _pid(supervisor) == before
    assert said == ["everything is running already"]


def test_a_changed_program_is_restarted(site, supervisor):
    before = _pid(supervisor)
    changed = [dataclasses.replace(p, sources=("Makefile",)) for p in programs(site)]

    touched = supervisor.update(changed)

    assert touched == ["valkey"]
    assert _pid(supervisor) not in {0, before}


def test_changed_environment_restarts_everything(site, supervisor, monkeypatch):
    before = _pid(supervisor)
    monkeypatch.setenv("ZHIYAN_RUNS_PER_MINUTE", "7")
    said = []

    launch.start(site, said.append)

    assert said[0] == "the environment variables changed: restarting everything"
    _until(lambda: _pid(supervisor) not in {0, before})


def test_programs_end_with_a_killed_supervisor_and_can_be_started_anew(site, supervisor):
    orphan = _pid(supervisor)
    parent = int((site.var_dir / "run" / "supervisord.pid").read_text())

    os.kill(parent, signal.SIGKILL)

    _until(lambda: _is_gone(orphan))
    launch.start(site, lambda line: None)
    _until(lambda: _pings(site))


def test_what_was_queued_survives_a_stop(site, supervisor):
    with redis.Redis.from_url(redis_url(site.var_dir)) as client:
        client.lpush("cpu", "a queued run")
    stopped = []

    supervisor.stop(stopped.append)
    launch.start(site, lambda line: None)

    assert stopped == ["valkey"]
    _until(lambda: _pings(site))
    with redis.Redis.from_url(redis_url(site.var_dir)) as client:
        assert client.lrange("cpu", 0, -1) == [b"a queued run"]


def test_the_lock_outlives_the_wrapper_that_took_it(site, supervisor):
    assert supervisor.is_program_alive("valkey")

    supervisor.stop(lambda name: None)

    assert not supervisor.is_program_alive("valkey")
    assert lock_path(site, "valkey").exists()


def test_two_launchers_do_not_meet(site):
    with (
        launch.only_launcher(site),
        pytest.raises(launch.LaunchError, match="wait until it has ended"),
        launch.only_launcher(site),
    ):
        pass
