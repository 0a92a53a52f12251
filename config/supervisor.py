"""Supervisord: its configuration, and talking to the one that runs this site."""

import fcntl
import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from supervisor.xmlrpc import SupervisorTransport

from config import fingerprint
from config.embedded import socket_path
from config.programs import Program, Site
from config.secret import read_or_make
from config.valkey import write_private

LOG_BYTES = 10 * 1024 * 1024
LOG_COUNT = 5
# Supervisord waits a second longer before each further try. It must never give
# up, or a broker that is away for an hour would leave the site without workers.
START_TRIES = 100_000
STOP_SECONDS = 90


class SupervisorError(RuntimeError):
    """The supervisor did not do what was asked; the message says where to look."""


def configuration(site: Site, programs: list[Program]) -> str:
    """Return the text of supervisord.conf."""
    password = read_or_make(site.var_dir / "supervisor_password")
    socket = socket_path(site.var_dir, "supervisor")
    owner = ["user=root"] if os.getuid() == 0 else []
    head = [
        "[supervisord]",
        f"directory={_escaped(str(site.base_dir))}",
        f"logfile={_escaped(str(log_path(site, 'supervisor')))}",
        f"pidfile={_escaped(str(site.var_dir / 'run' / 'supervisord.pid'))}",
        f"logfile_maxbytes={LOG_BYTES}",
        f"logfile_backups={LOG_COUNT}",
        "silent=true",
        *owner,
        "[unix_http_server]",
        f"file={_escaped(str(socket))}",
        "chmod=0700",
        "username=zhiyan",
        f"password={password}",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]
    sections = [_section(site, program) for program in programs]
    return "\n".join([*head, *(line for section in sections for line in section)]) + "\n"


def _section(site: Site, program: Program) -> list[str]:
    lock = lock_path(site, program.name)
    child = [sys.executable, "-I", str(site.base_dir / "config" / "child.py")]
    arguments = [str(lock), str(program.niceness), *program.forget]
    command = shlex.join([*child, *arguments, "--", *program.command])
    return [
        f"[program:{program.name}]",
        f"command={_escaped(command)}",
        f"priority={program.priority}",
        # A changed value makes supervisord see a changed program.
        f'environment=ZHIYAN_FINGERPRINT="{program.fingerprint(site.base_dir)}"',
        f"stopwaitsecs={program.stop_seconds}",
        f"startretries={START_TRIES}",
        "autorestart=true",
        "startsecs=1",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={_escaped(str(log_path(site, program.name)))}",
        f"stdout_logfile_maxbytes={LOG_BYTES}",
        f"stdout_logfile_backups={LOG_COUNT}",
    ]


def log_path(site: Site, name: str) -> Path:
    return site.var_dir / "log" / f"{name}.log"


def lock_path(site: Site, name: str) -> Path:
    return site.var_dir / "run" / f"{name}.lock"


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


class Supervisor:
    """The supervisord of one site, running or not."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._conf = site.var_dir / "etc" / "supervisord.conf"
        self._started_with = site.var_dir / "run" / "environment"
        self._password = read_or_make(site.var_dir / "supervisor_password")
        self._socket = socket_path(site.var_dir, "supervisor")

    def is_running(self) -> bool:
        try:
            self._call("getState")
        except (OSError, xmlrpc.client.Error):
            return False
        return True

    def has_environment(self) -> bool:
        """Say whether it was started with the environment variables of this process."""
        try:
            started_with = self._started_with.read_text(encoding="ascii")
        except FileNotFoundError:
            return False
        return started_with == fingerprint.of_environment(os.environ)

    def start(self, programs: list[Program]) -> None:
        """Start supervisord, detached, and with it the programs."""
        for folder in ("log", "run"):
            (self._site.var_dir / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self._conf, configuration(self._site, programs))
        write_private(self._started_with, fingerprint.of_environment(os.environ))
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._conf)]
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore::UserWarning:supervisor",  # it still asks for pkg_resources
        }
        result = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment
        )
        if result.returncode != 0:
            raise SupervisorError(f"supervisord did not start: {result.stdout}{result.stderr}")
        _wait_until(self.is_running, seconds=10, failure="supervisord does not answer")

    def update(self, programs: list[Program]) -> list[str]:
        """Restart what changed, start what is new, stop what is gone; return their names."""
        write_private(self._conf, configuration(self._site, programs))
        added, changed, removed = self._call("reloadConfig")[0]
        order = {program.name: program.priority for program in programs}
        for name in sorted([*changed, *removed], key=lambda name: -order.get(name, 100)):
            self._call("stopProcessGroup", name)
            self._call("removeProcessGroup", name)
        for name in sorted([*changed, *added], key=order.__getitem__):
            self._call("addProcessGroup", name)
        return sorted([*added, *changed, *removed], key=lambda name: order.get(name, 100))

    def states(self) -> list[dict[str, Any]]:
        """Return `name`, `statename`, `description` (pid and uptime) of each, in order."""
        infos = cast(list[dict[str, Any]], self._call("getAllProcessInfo"))
        return [
            {key: info[key] for key in ("name", "statename", "description", "pid")}
            for info in infos
        ]

    def stop(self, report: Callable[[str], None]) -> None:
        """Stop the programs, last started first, then supervisord; report each that ended."""
        left = [state["name"] for state in self.states() if state["pid"]]
        pid_file = self._site.var_dir / "run" / "supervisord.pid"
        self._call("shutdown")
        deadline = time.monotonic() + STOP_SECONDS
        while left or pid_file.exists():
            for name in [name for name in reversed(left) if not self.is_program_alive(name)]:
                report(name)
                left.remove(name)
            if time.monotonic() > deadline:
                raise SupervisorError(
                    f"still running after {STOP_SECONDS} s: {', '.join(left) or 'supervisord'}; "
                    f"see {log_path(self._site, 'supervisor')}"
                )
            time.sleep(0.05)

    def is_program_alive(self, name: str) -> bool:
        """Say whether a process of that program lives, whoever started it."""
        with lock_path(self._site, name).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _call(self, method: str, *arguments: str) -> Any:
        # A connection of its own for each call: supervisor's transport is of no
        # more use after a failure.
        transport = SupervisorTransport("zhiyan", self._password, f"unix://{self._socket}")
        remote = xmlrpc.client.ServerProxy("http://localhost", transport=transport).supervisor
        try:
            return getattr(remote, method)(*arguments)
        finally:
            if transport.connection is not None:
                transport.connection.close()


def _wait_until(condition: Callable[[], bool], *, seconds: float, failure: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SupervisorError(f"{failure} after {seconds:.0f} s")
        time.sleep(0.05)
