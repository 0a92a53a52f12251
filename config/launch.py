"""Bringing the site up and taking it down."""

import contextlib
import errno
import fcntl
import http.client
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from config import programs
from config.programs import Site
from config.supervisor import Supervisor, log_path
from sandbox.client import Client
from sandbox.model import SandboxError

FREE_BYTES = 200 * 1024 * 1024
ANSWER_SECONDS = 30.0
PORT_SECONDS = 10.0  # how long a server that was just told to stop may keep its port


class LaunchError(RuntimeError):
    """The site cannot start; the message says why and what to do."""


def this_site() -> Site:
    """Return the site that the settings describe."""
    return Site(
        base_dir=settings.BASE_DIR,
        var_dir=settings.VAR_DIR,
        sandbox_socket=settings.SANDBOX_SOCKET,
        host=settings.HOST,
        port=settings.PORT,
        web_processes=settings.WEB_PROCESSES,
        worker_threads=settings.WORKER_THREADS,
        warm_runtimes=tuple(settings.WARM_RUNTIMES),
        proxies=settings.PROXIES,
        wanted=tuple(settings.PROGRAMS),
    )


@contextlib.contextmanager
def only_launcher(site: Site) -> Iterator[None]:
    """Keep a second `up` or `down` of the same site out; raise LaunchError if one is at work."""
    path = site.var_dir / "run" / "launch.lock"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LaunchError(
                f"another `up` or `down` is at work in {site.var_dir}; wait until it has ended"
            ) from None
        yield


def require_room(site: Site) -> None:
    """Raise LaunchError when the var directory takes no files or is nearly full."""
    probe = site.var_dir / ".probe"
    try:
        probe.write_bytes(b"\0" * 4096)
        probe.unlink()
    except OSError as error:
        raise LaunchError(f"{site.var_dir}: cannot write there ({error.strerror})") from error
    free = shutil.disk_usage(site.var_dir).free
    if free < FREE_BYTES:
        raise LaunchError(
            f"{site.var_dir}: only {free // 2**20} MB free, at least {FREE_BYTES // 2**20} MB are "
            "needed; free some space or set ZHIYAN_VAR to another directory"
        )


def start(site: Site, report: Callable[[str], None]) -> None:
    """Start what does not run, restart what changed, leave the rest alone."""
    supervisor = Supervisor(site)
    wanted = programs.programs(site)
    if supervisor.is_running() and not supervisor.has_environment():
        report("the environment variables changed: restarting everything")
        supervisor.stop(lambda name: report(f"stopped {name}"))
    if supervisor.is_running():
        touched = supervisor.update(wanted)
        report(f"restarted {', '.join(touched)}" if touched else "everything is running already")
        return
    if "web" in site.wanted:
        require_free_port(site)
    supervisor.start(wanted)
    report(f"started {', '.join(program.name for program in wanted)}")


def require_free_port(site: Site) -> None:
    """Raise LaunchError when the port stays taken or may not be used."""
    deadline = time.monotonic() + PORT_SECONDS
    while (error := _binding_error(site)) is not None:
        if error.errno != errno.EADDRINUSE:
            raise LaunchError(
                f"cannot listen on {site.host} port {site.port} ({error.strerror}); "
                "set ZHIYAN_HOST and ZHIYAN_PORT"
            )
        if time.monotonic() > deadline:
            raise LaunchError(
                f"port {site.port} on {site.host} is taken by another program; "
                f"stop that one, or choose another port: ZHIYAN_PORT={site.port + 1} make up"
            )
        time.sleep(0.2)


def _binding_error(site: Site) -> OSError | None:
    family = socket.AF_INET6 if ":" in site.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((site.host, site.port))
        except OSError as error:
            return error
    return None


def wait_for_page(site: Site) -> None:
    """Return when the site answers a request for its first page; else raise LaunchError."""
    _wait(site, "web", lambda: _serves_page(site))


def wait_for_sandbox(site: Site) -> None:
    """Return when the sandbox service answers; else raise LaunchError with its reason."""
    _wait(site, "sandbox", lambda: _serves_status(site))


def _wait(site: Site, name: str, answers: Callable[[], bool]) -> None:
    supervisor = Supervisor(site)
    deadline = time.monotonic() + ANSWER_SECONDS
    while not answers():
        states = {state["name"]: state["statename"] for state in supervisor.states()}
        # BACKOFF: it ended while starting, and would so again.
        if states.get(name) in {"BACKOFF", "FATAL"} or time.monotonic() > deadline:
            log = log_path(site, name)
            raise LaunchError(f"{name} does not answer; the end of {log}:\n{_tail(log)}")
        time.sleep(0.05)


def _serves_status(site: Site) -> bool:
    try:
        Client(site.sandbox_socket).status()
    except SandboxError:
        return False
    return True


def _serves_page(site: Site) -> bool:
    address = site.address.removeprefix("http://").removesuffix("/")
    connection = http.client.HTTPConnection(address, timeout=5)
    try:
        connection.request("GET", "/en/", headers={"Host": _allowed_host()})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _allowed_host() -> str:
    first: str = settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "localhost"
    return "localhost" if first == "*" else first.lstrip(".")


def _tail(path: Path, *, line_count: int = 12) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return "(there is none)"
    # A program that was started again and again said the same each time.
    return "\n".join(list(dict.fromkeys(lines))[-line_count:])
