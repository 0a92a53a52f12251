"""Run in the guest, as root: the sandbox on control groups of version 2, on each kind of host.

Prints what is seen, one JSON object a line, and ends with 1 where anything is not as it should be.
"""

import argparse
import contextlib
import json
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from sandbox import Client, Limits, Request, Result  # noqa: E402
from sandbox.inside import landlock  # noqa: E402
from sandbox.runtime import load  # noqa: E402

GROUPS = Path("/sys/fs/cgroup")
VAR = Path("/var/tmp/zhiyan-vm")
USER = pwd.getpwnam("nobody").pw_uid
# Where each kind of host puts the service: its group, its user, and whether it owns the group.
HOSTS: dict[str, tuple[str, int, bool]] = {
    "root, root group": ("", 0, True),
    "root, service": ("system.slice/zhiyan.service", 0, True),
    "user, delegated": ("user.slice/user@1000.service/app.slice/run-1.scope", USER, True),
    "user, not delegated": ("user.slice/session-1.scope", USER, False),
}
MIB = 2**20
SLOW = {"wall_seconds": 60, "cpu_seconds": 60, "memory_bytes": 512 * MIB}  # an emulated processor
# Name → code, limits, verdict, standard output.
RUNS: dict[str, tuple[str, dict[str, float], str, str]] = {
    "fine": ("print('fine')", {}, "ok", "fine\n"),
    "memory": ("x = bytearray(300 * 2**20)", {"memory_bytes": 128 * MIB}, "memory", ""),
    "memory of many": (
        "import os, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        x = bytearray(40 * 2**20); time.sleep(60)\n"
        "time.sleep(60)",
        {"memory_bytes": 128 * MIB, "wall_seconds": 40},
        "memory",
        "",
    ),
    "peak": ("x = bytearray(100 * 2**20); del x", {}, "ok", ""),
    "processes": (
        "import os, time\n"
        "made = 0\n"
        "try:\n"
        "    while True:\n"
        "        if os.fork() == 0: time.sleep(60)\n"
        "        made += 1\n"
        "except BlockingIOError: print('refused')",
        {"processes": 16, "wall_seconds": 40},
        "ok",
        "refused\n",
    ),
    "processor time": (
        "import os\nos.fork(); os.fork()\nwhile True: pass",
        {"cpu_seconds": 2, "wall_seconds": 40},
        "timeout",
        "",
    ),
    "wall time": ("import time; time.sleep(60)", {"wall_seconds": 2}, "timeout", ""),
}
ENDLESS = "import os, time\nfor _ in range(3): os.fork()\nos.setsid()\nwhile True: time.sleep(0.1)"
is_all_right = True


def say(host: str, about: str, *, right: bool = True, **values: Any) -> None:
    global is_all_right  # noqa: PLW0603 - the exit code of this script
    is_all_right = is_all_right and right
    line = json.dumps({"host": host, "about": about, "right": right, **values})
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def prepare() -> None:
    """Make a runtime without packages, and let everybody reach the interpreter."""
    (VAR / "runtimes.d").mkdir(parents=True, exist_ok=True)
    empty = 'label = "Plain"\npreload = ["json"]\nlibraries = ["json"]\npackages = []\n'
    (VAR / "runtimes.d/plain.toml").write_text(empty)
    os.environ["ZHIYAN_VAR"] = str(VAR)
    runtime = load("plain")
    runtime.site_packages.mkdir(parents=True, exist_ok=True)
    (runtime.environment / "complete").touch()
    for parent in (Path(sys.base_prefix), Path(sys.prefix), ROOT):
        for folder in (parent, *parent.parents):
            folder.chmod(folder.stat().st_mode | 0o555)


def start(arguments: list[str], group: Path, uid: int, **options: Any) -> subprocess.Popen[str]:
    """Start a program as that user in that group, as a service manager does."""

    def enter() -> None:
        (group / "cgroup.procs").write_text("0")
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)

    return subprocess.Popen(arguments, preexec_fn=enter, cwd=ROOT, text=True, **options)  # noqa: PLW1509


class Host:
    def __init__(self, name: str, runtime: str) -> None:
        group, self.uid, self.is_owner = HOSTS[name]
        self.name = name
        self.runtime = runtime
        self.group = GROUPS / group
        # Everything of the service lies here, and its user owns it.
        self.var = VAR / name.replace(" ", "-").replace(",", "")
        self.var.mkdir(exist_ok=True)
        (self.var / "runtimes.d").mkdir(exist_ok=True)
        for kind in ("runtimes", "runtimes.d"):
            for file in (VAR / kind).iterdir():
                target = self.var / kind / file.name
                target.parent.mkdir(exist_ok=True)
                if not target.exists():
                    target.symlink_to(file)
        os.chown(self.var, self.uid, self.uid)
        # What this kernel and this host cannot give, which the service is told to accept.
        self.gaps = {"landlock"} if landlock.abi() == 0 else set()
        self.gaps |= set() if self.is_owner else {"cgroup"}
        self.environment = {"PATH": "/usr/bin:/bin", "ZHIYAN_VAR": str(self.var)}
        self.client = Client(self.var / "socket")

    def sandbox(self, *arguments: str) -> list[str]:
        return [sys.executable, "-B", "-m", "sandbox", *arguments]

    def selftest(self, group: Path | None = None) -> None:
        process = start(
            self.sandbox("selftest", "--runtime", self.runtime, "--json"),
            group or self.group,
            self.uid,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said, _ = process.communicate()
        try:
            told = json.loads(said)
        except ValueError:
            say(self.name, "selftest", right=False, said=said)
            return
        gaps = {layer: state for layer, state in told["layers"].items() if state != "ok"}
        told.pop("layers")
        say(self.name, "selftest", right=set(gaps) == self.gaps, gaps=gaps, **told)
        say(self.name, "groups after it", runs=self.runs(), groups=self.tree())

    def renew_group(self) -> None:
        """Make the service's group, after its end anew, as a service manager does."""
        if self.group == GROUPS:
            return
        if self.group.exists():
            for folder in [*sorted(self.group.rglob("*/"), reverse=True), self.group]:
                folder.rmdir()
        folder = GROUPS
        for part in self.group.relative_to(GROUPS).parts:
            (folder / "cgroup.subtree_control").write_text("+memory +pids")
            folder /= part
            folder.mkdir(exist_ok=True)
        if self.is_owner:
            for name in (".", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"):
                os.chown(folder / name, self.uid, self.uid)

    def serve(self, group: Path | None = None) -> subprocess.Popen[str] | None:
        log = self.var / "log"
        with log.open("w") as file:
            service = start(
                self.sandbox("serve", "--socket", str(self.var / "socket"), "--slots", "2"),
                group or self.group,
                self.uid,
                env=self.environment | {"ZHIYAN_ACCEPT_GAPS": ",".join(self.gaps)},
                stdout=file,
                stderr=file,
            )
        for _ in range(600):
            try:
                backend = self.client.status()["backend"]
            except Exception:  # noqa: BLE001 - not up yet
                time.sleep(0.1)
                if service.poll() is not None:
                    break
            else:
                own = Path(f"/proc/{service.pid}/cgroup").read_text().strip()
                right = (backend == "cgroup v2") == self.is_owner
                say(self.name, "service", right=right, backend=backend, own=own, pid=service.pid)
                return service
        say(self.name, "service", right=False, log=log.read_text())
        return None

    def run(self, name: str) -> None:
        code, changed, verdict, stdout = RUNS[name]
        request = Request(
            code=code,
            runtime=self.runtime,
            limits=Limits.from_dict({**Limits().as_dict(), **SLOW, **changed}),
        )
        try:
            *_, result = self.client.run(request)
        except Exception as error:  # noqa: BLE001 - told, whatever it is
            say(self.name, f"run: {name}", right=False, error=str(error))
            return
        assert isinstance(result, Result)
        right = result.verdict == verdict and result.stdout == stdout
        if name == "peak":
            # Without a group it is looked at, now and then.
            least = 100 if self.is_owner else 50
            right = right and least * MIB < result.memory_bytes < 200 * MIB
        say(
            self.name,
            f"run: {name}",
            right=right,
            verdict=result.verdict,
            reason=result.reason,
            stdout=result.stdout,
            stderr=result.stderr[-300:],
            wall=result.wall_seconds,
            cpu=result.cpu_seconds,
            mib=round(result.memory_bytes / MIB, 1),
        )

    def hear(self, request: Request) -> None:
        with contextlib.suppress(Exception):
            list(self.client.run(request))

    def runs(self) -> list[str]:
        """Return the groups of runs there are."""
        # os.walk passes over what vanishes under it.
        return [
            f"{Path(parent).relative_to(GROUPS)}/{folder}"
            for parent, folders, _ in os.walk(GROUPS)
            for folder in folders
            if folder.startswith("run-") and "zhiyan-runs" in parent
        ]

    def tree(self) -> dict[str, str]:
        """Return the groups below the service's, with the controllers each gives its children."""
        found = {}
        for folder in (
            sorted(self.group.rglob("*zhiyan-*"))
            if self.group != GROUPS
            else GROUPS.glob("zhiyan-*")
        ):
            held = (folder / "cgroup.procs").read_text().split()
            given = (folder / "cgroup.subtree_control").read_text().strip()
            found[str(folder.relative_to(GROUPS))] = f"[{given}] {len(held)} processes"
        return found

    def nothing_left(self, about: str, waiting: int) -> None:
        deadline = time.monotonic() + 20
        while len(self.runs()) > waiting and time.monotonic() < deadline:
            time.sleep(0.1)
        runs = self.runs()
        say(self.name, about, right=len(runs) <= waiting, runs=runs, groups=self.tree())

    def check(self) -> None:
        self.renew_group()
        self.selftest()
        self.renew_group()
        service = self.serve()
        if service is None:
            return
        for name in RUNS:
            self.run(name)
        self.nothing_left("groups while it serves", 2)
        self.beside_another(service)
        self.restarted_by_its_own_kind(service)

    def beside_another(self, service: subprocess.Popen[str]) -> None:
        """Test the sandbox from another shell of the same group while the service runs."""
        path = Path(f"/proc/{service.pid}/cgroup").read_text().strip().split(":")[2]
        self.selftest(GROUPS / path.lstrip("/"))
        self.run("fine")

    def restarted_by_its_own_kind(self, service: subprocess.Popen[str]) -> None:
        """Kill the service and start it again from where it was, as a supervisor does; twice."""
        for number in (1, 2):
            path = Path(f"/proc/{service.pid}/cgroup").read_text().strip().split(":")[2]
            where = GROUPS / path.lstrip("/")
            endless = Request(code=ENDLESS, runtime=self.runtime)
            threading.Thread(target=self.hear, args=[endless], daemon=True).start()
            time.sleep(5)
            service.send_signal(signal.SIGKILL)
            service.wait()
            say(self.name, f"left after kill {number}", runs=self.runs())
            again = self.serve(where)
            if again is None:
                return
            service = again
            self.run("fine")
            self.nothing_left(f"groups after restart {number}", 3)
        service.send_signal(signal.SIGTERM)
        service.wait(30)
        self.nothing_left("groups after the end", 0)
        self.renew_group()
        again = self.serve()
        if again is not None:
            self.run("fine")
            again.send_signal(signal.SIGTERM)
            again.wait(30)
            self.nothing_left("groups after the second end", 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", default="plain")
    parser.add_argument("hosts", nargs="*", default=list(HOSTS))
    parser.add_argument("--prepare", action="store_true", help="make the runtime, and no more")
    arguments = parser.parse_args()
    if "zhiyan_guest" not in Path("/proc/cmdline").read_text():
        sys.exit("this changes the machine it runs on; boot.py starts one for it")
    prepare()
    if arguments.prepare:
        return 0
    probe = GROUPS / "probe"
    probe.mkdir()
    (GROUPS / "cgroup.subtree_control").write_text("+memory +pids")
    files = {name: (probe / name).exists() for name in ("memory.peak", "cgroup.kill")}
    probe.rmdir()
    say("", "kernel", release=os.uname().release, landlock=landlock.abi(), **files)
    for name in arguments.hosts:
        Host(name, arguments.runtime).check()
    return 0 if is_all_right else 1


if __name__ == "__main__":
    sys.exit(main())
