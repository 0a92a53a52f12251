"""What tests share: broker, sandbox, workers and people of their own, beside any running site."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.test.utils import override_settings

from config import valkey as embedded_valkey
from config.embedded import redis_url, socket_path
from kb.people.roles import Role
from sandbox import runtime

# Most sites are without, and so is what is tested; tests/kb/search/test_title_vectors.py is not.
django_settings.TITLE_VECTORS = os.environ["ZHIYAN_TITLE_VECTORS"] = "off"
ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery staple"
Process = subprocess.Popen[bytes]
PATIENCE_SECONDS = 60
"""A fixture that waits longer for something to start gives up; no test measures it."""


@pytest.fixture(scope="session")
def var_dir() -> Iterator[Path]:
    """A directory of the tests' own; its path is short enough for unix sockets."""
    path = Path(tempfile.mkdtemp(prefix="zy-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _own_settings(var_dir: Path) -> Iterator[None]:
    """Keep tests off the broker and the sandbox of a site that runs on this machine."""
    (var_dir / "static").mkdir()
    with override_settings(
        VAR_DIR=var_dir,
        STATIC_ROOT=var_dir / "static",
        REDIS_URL=redis_url(var_dir),
        SANDBOX_SOCKET=str(socket_path(var_dir, "sandbox")),
        # Hashed names need collectstatic; a test of a page needs only that the file exists.
        STORAGES={
            **django_settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, var_dir: Path
) -> None:
    """Give SQLite tests a file, so that workers and servers in other processes see it too."""
    database = django_settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = str(var_dir / "test.sqlite3")


@pytest.fixture(scope="session")
def valkey(var_dir: Path) -> Iterator[redis.Redis]:
    """A real embedded server."""
    configuration = embedded_valkey.write_configuration(var_dir)
    command = [str(embedded_valkey.binary()), str(configuration)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    client = redis.Redis.from_url(redis_url(var_dir), decode_responses=True)
    try:
        _wait_until(lambda: _answers(client))
        yield client
    finally:
        client.close()
        stop(process)


@pytest.fixture
def broker(valkey: redis.Redis) -> redis.Redis:
    """The real server, emptied."""
    valkey.flushall()
    return valkey


@pytest.fixture(scope="session")
def sandbox_service(var_dir: Path) -> Iterator[str]:
    """A real sandbox service in a process of its own; its socket's path."""
    if not runtime.load("torch-2.13").is_built:
        pytest.skip("runtime torch-2.13 is not built; run: python -m sandbox build torch-2.13")
    path = socket_path(var_dir, "sandbox")
    log_path = var_dir / "sandbox.log"
    options = ["serve", "--socket", str(path), "--slots", "2"]
    process = _start([sys.executable, "-m", "sandbox", *options], os.environ, log_path)
    _wait_until(path.exists, process, log_path)
    yield str(path)
    stop(process)


@pytest.fixture(scope="session")
def process_environment(var_dir: Path) -> Callable[[], dict[str, str]]:
    """The environment in which another process of this site sees the tests' database."""

    def environment() -> dict[str, str]:
        database = django_settings.DATABASES["default"]
        name = str(database["NAME"])
        url = f"sqlite:///{name}"
        if "sqlite" not in database["ENGINE"]:
            url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
        return {
            **os.environ,
            "ZHIYAN_VAR": str(var_dir),
            "DATABASE_URL": url,
            "REDIS_URL": redis_url(var_dir),
            "ZHIYAN_SANDBOX": str(socket_path(var_dir, "sandbox")),
            "PYTHONPATH": str(ROOT),
        }

    return environment


@pytest.fixture(scope="session")
def start_worker(
    django_db_setup: None,
    valkey: redis.Redis,
    process_environment: Callable[[], dict[str, str]],
    var_dir: Path,
) -> Iterator[Callable[[], Process]]:
    """Start real Celery workers; each is ready when its function returns."""
    started: list[Process] = []

    def start() -> Process:
        log_path = var_dir / f"worker-{len(started)}.log"
        options = ["-Q", "cpu,verify", "-P", "threads", "-c", "2", "-n", f"w{len(started)}@tests"]
        options += ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", *options]
        process = _start(command, process_environment(), log_path)
        started.append(process)
        _wait_until(lambda: " ready." in log_path.read_text(errors="replace"), process, log_path)
        return process

    yield start
    for process in started:
        stop(process)


@pytest.fixture(scope="module")
def worker(start_worker: Callable[[], Process], sandbox_service: str) -> Iterator[Process]:
    """A worker that serves the tests of one module."""
    process = start_worker()
    yield process
    stop(process)


@pytest.fixture(scope="session")
def live_site(
    django_db_setup: None, process_environment: Callable[[], dict[str, str]], var_dir: Path
) -> Iterator[str]:
    """A real web process on a port of its own; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = process_environment()
    manage = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(manage, env=environment, cwd=ROOT, check=True)
    log_path = var_dir / "web.log"
    options = ["--port", str(port), "--timeout-graceful-shutdown", "1"]
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", *options]
    process = _start(command, environment, log_path)
    _wait_until(lambda: _listens(port), process, log_path)
    yield f"http://127.0.0.1:{port}"
    stop(process)


@pytest.fixture(name="wait_until")
def _wait_until_fixture() -> Callable[..., None]:
    return _wait_until


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("owner", password=PASSWORD)


@pytest.fixture
def curator(db: None) -> User:
    user = User.objects.create_user("curator", password=PASSWORD)
    user.user_permissions.add(Permission.objects.get(codename="change_snippet"))
    return user


@pytest.fixture
def outsider(db: None) -> User:
    return User.objects.create_user("outsider", password=PASSWORD)


@pytest.fixture
def person_in(db: None) -> Callable[[Role], User]:
    """Return somebody who has a role and no other."""

    def make(role: Role) -> User:
        user, _ = User.objects.get_or_create(username=f"the-{role}")
        user.groups.set(Group.objects.filter(name=role.value))
        return user

    return make


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Return a browser in which a user has logged in."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


def _wait_until(
    condition: Callable[[], bool],
    process: Process | None = None,
    log_path: Path | None = None,
) -> None:
    """Wait for something that takes as long as it takes; fail with the log if it never comes."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        is_dead = process is not None and process.poll() is not None
        if is_dead or time.monotonic() > until:
            log = log_path.read_text(errors="replace")[-4000:] if log_path else ""
            pytest.fail(f"{'ended' if is_dead else 'not ready'}:\n{log}")
        time.sleep(0.02)


def _start(command: list[str], environment: Mapping[str, str], log_path: Path) -> Process:
    with log_path.open("wb") as log:
        return subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )


def stop(process: Process) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print how many attacks the sandbox withstood, and for whom it ran."""
    passed = [report.nodeid for report in terminalreporter.getreports("passed")]
    attacks = [name for name in passed if "sandbox/attacks/" in name]
    if attacks:
        as_user = sum("as an ordinary user" in name for name in attacks)
        as_root = sum("as root" in name for name in attacks)
        terminalreporter.write_line(
            f"attacks withstood: {len(attacks)} ({as_root} as root, {as_user} as an ordinary user)"
        )
