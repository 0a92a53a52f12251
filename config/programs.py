"""The programs that make up a running site, in the order in which they start."""

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

from config import fingerprint, valkey

SITE_SOURCES = ("config", "kb", "snippets", "sandbox", "templates", "static", "locale")
SECRETS = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL")
NAMES = ("valkey", "sandbox", "worker", "verifier", "worker-gpu", "beat", "index", "web")
# Queries and indexes are cut into words by it.
GLOSSARY = "content/glossary.yaml"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Site:
    """Where a site lives and how it is to run; see docs/settings.md for each value."""

    base_dir: Path
    var_dir: Path
    sandbox_socket: str
    host: str
    port: int
    web_processes: int
    worker_threads: int
    warm_runtimes: tuple[str, ...]
    proxies: str
    wanted: tuple[str, ...]

    @property
    def address(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Program:
    """One supervised process. Those with a lower priority start first and stop last."""

    name: str
    priority: int
    command: tuple[str, ...]
    sources: tuple[str, ...]  # a change in these restarts it
    stop_seconds: int
    forget: tuple[str, ...] = ()  # environment variables it has no business to know
    niceness: int = 0  # pages come first where processors are few

    def fingerprint(self, base_dir: Path) -> str:
        return fingerprint.of_files(base_dir, self.sources)


def programs(site: Site) -> list[Program]:
    """Return the wanted programs, first to start first."""
    makers: dict[str, Callable[[Site], Program]] = {
        "valkey": _valkey,
        "sandbox": _sandbox,
        "worker": _worker,
        "verifier": _verifier,
        "worker-gpu": _worker_gpu,
        "beat": _beat,
        "index": _index,
        "web": _web,
    }
    return [makers[name](site) for name in NAMES if name in site.wanted]


def _valkey(site: Site) -> Program:
    configuration = valkey.write_configuration(site.var_dir)
    return Program(
        name="valkey",
        priority=10,
        command=(str(valkey.binary()), str(configuration)),
        sources=("config/valkey.py",),
        stop_seconds=15,
        forget=SECRETS,
    )


def _sandbox(site: Site) -> Program:
    slots = site.worker_threads + sum(n in site.wanted for n in ("verifier", "worker-gpu"))
    options = ("--socket", site.sandbox_socket, "--slots", str(slots))
    warm = tuple(part for name in site.warm_runtimes for part in ("--warm", name))
    return Program(
        name="sandbox",
        priority=20,
        command=(sys.executable, "-m", "sandbox", "serve", *options, *warm),
        niceness=5,
        sources=("sandbox",),
        stop_seconds=15,
        forget=SECRETS,
    )


def _worker(site: Site) -> Program:
    # Where nobody else verifies, readers' workers do, after what readers asked for.
    queues = "cpu" if "verifier" in site.wanted else "cpu,verify"
    return _celery_worker("worker", queues, site.worker_threads)


def _verifier(_site: Site) -> Program:
    # One at a time and behind everything else: no reader ever waits for it.
    return _celery_worker("verifier", "verify", 1, niceness=10)


def _worker_gpu(_site: Site) -> Program:
    return _celery_worker("worker-gpu", "gpu", 1)  # one run per device at a time


def _celery_worker(name: str, queues: str, threads: int, *, niceness: int = 0) -> Program:
    # Threads, since a worker only waits: the user's code runs in the sandbox.
    # Neighbours are not needed to take tasks; looking for them costs a second.
    options = ("-P", "threads", "-c", str(threads), "--without-gossip", "--without-mingle")
    return Program(
        name=name,
        priority=30,
        command=(*_CELERY, "worker", "-n", f"{name}@%h", "-Q", queues, *options),
        sources=SITE_SOURCES,
        stop_seconds=20,
        niceness=niceness,
    )


def _beat(site: Site) -> Program:
    schedule = str(site.var_dir / "run" / "beat")
    return Program(
        name="beat",
        priority=40,
        niceness=5,
        command=(*_CELERY, "beat", "--schedule", schedule, "--pidfile="),
        sources=SITE_SOURCES,
        stop_seconds=10,
    )


def _index(site: Site) -> Program:
    return Program(
        name="index",
        priority=45,
        niceness=5,
        command=(sys.executable, str(site.base_dir / "manage.py"), "index_drain"),
        sources=(*SITE_SOURCES, GLOSSARY),
        stop_seconds=15,
    )


def _web(site: Site) -> Program:
    options = {
        "--host": site.host,
        "--port": str(site.port),
        "--workers": str(site.web_processes),
        "--forwarded-allow-ips": site.proxies,
        # Open event streams would otherwise hold the process back for their whole life.
        "--timeout-graceful-shutdown": "3",
    }
    flags = tuple(part for pair in options.items() for part in pair)
    return Program(
        name="web",
        priority=50,
        command=(sys.executable, "-m", "uvicorn", "config.asgi:application", *flags),
        sources=(*SITE_SOURCES, GLOSSARY),
        stop_seconds=8,
    )


_CELERY = (sys.executable, "-m", "celery", "-A", "config")
