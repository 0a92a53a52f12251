"""One run, watched from outside: what it writes, how long it takes, how it ends.

Success is what this process and the kernel saw. What comes from the run's side
(text, files, the name of an exception) is data of the user's, bounded and
checked, and never changes a verdict from failure to success.
"""

import codecs
import contextlib
import dataclasses
import json
import os
import selectors
import signal
import time
from collections.abc import Callable
from typing import Any

from sandbox import png, tables, untrusted
from sandbox.model import (
    Artifact,
    Cancelled,
    Event,
    Failure,
    Limits,
    Output,
    Request,
    Result,
    Verdict,
)
from sandbox.zygote import Child

TICK_SECONDS = 0.05
DRAIN_SECONDS = 2.0
READ_BYTES = 1 << 16
MESSAGE_BYTES = 1 << 17
GONE = "the interpreter that ran it was killed from outside; run it again"
OUT_OF_MEMORY_SIGNS = (
    "CUDA out of memory",
    "can't allocate memory",
    "not enough memory",
    "OOM when allocating",
)


@dataclasses.dataclass
class _Stop:
    """Why the supervisor ended the run."""

    verdict: Verdict
    reason: str


class Execution:
    """The supervision of one run; `run` may be called once."""

    def __init__(self, child: Child, request: Request, emit: Callable[[Event], None]) -> None:
        self._child = child
        self._limits: Limits = request.limits
        self._request = request
        self._emit = emit
        self._selector = selectors.DefaultSelector()
        self._outputs = {"stdout": child.stdout, "stderr": child.stderr}
        self._decoders = {
            name: codecs.getincrementaldecoder("utf-8")("replace") for name in self._outputs
        }
        self._texts: dict[str, list[str]] = {name: [] for name in self._outputs}
        self._output_bytes = 0
        self._stop: _Stop | None = None
        self._wait_status: int | None = None
        self._failure: Failure | None = None
        self._is_complete = False
        self._told: dict[str, Any] = {}
        self._artifacts: list[Artifact] = []
        self._incoming: tuple[dict[str, Any], bytearray] | None = None
        self._internal = ""
        self._is_done = False

    def run(self, is_cancelled: Callable[[], bool]) -> Result:
        """Hand over the code, follow the run to its end and return what it came to.

        Raises Cancelled, the run being dead, once `is_cancelled` says so.
        """
        self._child.group.limit(self._limits)
        started = time.monotonic()
        self._open_channels()
        deadline = started + self._limits.wall_seconds
        look_at = started
        while not self._is_done and self._selector.get_map():
            self._take_events()
            now = time.monotonic()
            if self._stop is None and self._wait_status is None:
                # Not after every event: what is used is read from files, and a reader waits.
                if now >= look_at:
                    look_at = now + TICK_SECONDS
                    self._look_at_limits(deadline, is_cancelled)
            elif now > deadline + DRAIN_SECONDS:  # collecting or dying took too long
                self._child.kill()
                break
        wall_seconds = time.monotonic() - started
        self._drain()
        return self._conclude(wall_seconds)

    def _open_channels(self) -> None:
        request = {
            "code": self._request.code,
            "setup": self._request.setup,
            "seed": self._request.seed,
            "limits": {**self._limits.as_dict(), "is_grouped": self._child.group.is_enforced},
        }
        self._to_write = memoryview(json.dumps(request).encode("ascii"))
        assert self._child.stdin is not None
        for descriptor in (self._child.stdin, self._child.stdout, self._child.stderr):
            os.set_blocking(descriptor, False)
        self._child.control.setblocking(False)
        register = self._selector.register
        register(self._child.stdin, selectors.EVENT_WRITE, self._write_request)
        register(self._child.stdout, selectors.EVENT_READ, lambda: self._read("stdout"))
        register(self._child.stderr, selectors.EVENT_READ, lambda: self._read("stderr"))
        register(self._child.control, selectors.EVENT_READ, self._read_control)

    def _take_events(self) -> None:
        for key, _ in self._selector.select(TICK_SECONDS):
            if key.fileobj in self._selector.get_map():
                key.data()

    def _write_request(self) -> None:
        assert self._child.stdin is not None
        try:
            written = os.write(self._child.stdin, self._to_write)
        except BlockingIOError:
            return
        except BrokenPipeError:  # it died before reading; the control channel will say how
            written = len(self._to_write)
        self._to_write = self._to_write[written:]
        if not self._to_write:
            self._selector.unregister(self._child.stdin)
            self._child.close_stdin()

    def _read(self, stream: str) -> bool:
        """Take what the pipe holds; say whether it held anything."""
        descriptor = self._outputs[stream]
        try:
            data = os.read(descriptor, READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self._selector.unregister(descriptor)
            return False
        room = self._limits.output_bytes - self._output_bytes
        self._output_bytes += len(data)
        if room > 0:
            self._say(stream, self._decoders[stream].decode(data[:room]))
        if self._output_bytes > self._limits.output_bytes:
            self._end(Verdict.OUTPUT, f"wrote more than {self._limits.output_bytes:,} bytes")
        return True

    def _say(self, stream: str, text: str) -> None:
        if text:
            self._texts[stream].append(text)
            self._emit(Output(stream=stream, text=text))

    def _read_control(self) -> None:
        while True:
            try:
                message = self._child.control.recv(MESSAGE_BYTES)
            except BlockingIOError:
                return
            except OSError:
                message = b""
            if not message:
                self._selector.unregister(self._child.control)
                self._is_done = True
                return
            self._take_message(message)

    def _take_message(self, message: bytes) -> None:
        if self._incoming is not None:
            about, data = self._incoming
            data += message
            if len(data) >= about["size"]:
                self._incoming = None
                self._keep_artifact(about, bytes(data))
            return
        value: dict[str, Any] = json.loads(message)
        if "ended" in value:
            self._wait_status = int(value["ended"])
        elif "artifact" in value and value["artifact"]["size"] == 0:
            self._keep_artifact(value["artifact"], b"")
        elif "artifact" in value:
            self._incoming = (value["artifact"], bytearray())
        elif "done" in value:  # every process but the run's init is dead, and it is about to be
            self._is_done = True
        elif "told" in value:
            self._is_complete, self._failure = untrusted.read_end(value["told"])
            self._told = untrusted.read_environment(value["told"])
        elif "internal" in value:
            self._internal = str(value["internal"])

    def _keep_artifact(self, about: dict[str, Any], data: bytes) -> None:
        is_fit = len(data) <= self._limits.artifact_bytes
        if is_fit and len(self._artifacts) < self._limits.artifact_count:
            with contextlib.suppress(png.NotAPicture, tables.NotATable):
                name = untrusted.safe_name(about["name"])
                self._artifacts.append(untrusted.read_artifact(about["kind"], name, data))

    def _look_at_limits(self, deadline: float, is_cancelled: Callable[[], bool]) -> None:
        limits = self._limits
        if time.monotonic() > deadline:
            self._end(Verdict.TIMEOUT, f"ran longer than {limits.wall_seconds:g} s")
            return
        if is_cancelled():
            self._child.kill()
            raise Cancelled("cancelled")
        usage = self._child.group.usage()
        if usage.out_of_memory:
            self._end(Verdict.MEMORY, _memory_reason(limits))
        elif usage.cpu_seconds > limits.cpu_seconds:
            self._end(Verdict.TIMEOUT, f"used more than {limits.cpu_seconds:g} s of processor time")

    def _end(self, verdict: Verdict, reason: str) -> None:
        if self._stop is None:
            self._stop = _Stop(verdict, reason)
            self._child.kill()

    def _drain(self) -> None:
        """Read what is still in the pipes; whoever could write is dead or dying."""
        deadline = time.monotonic() + DRAIN_SECONDS
        for stream, descriptor in self._outputs.items():
            while descriptor in self._selector.get_map() and time.monotonic() < deadline:
                if not self._read(stream):
                    break
            self._say(stream, self._decoders[stream].decode(b"", final=True))
        self._selector.close()

    def _conclude(self, wall_seconds: float) -> Result:
        usage = self._child.group.usage()
        verdict, reason, exit_code, signal_name = self._judge(usage.out_of_memory)
        return Result(
            verdict=verdict,
            reason=reason,
            exit_code=exit_code,
            signal=signal_name,
            stdout="".join(self._texts["stdout"]),
            stderr="".join(self._texts["stderr"]),
            truncated=self._output_bytes > self._limits.output_bytes,
            wall_seconds=round(wall_seconds, 4),
            cpu_seconds=round(usage.cpu_seconds, 4),
            memory_bytes=usage.memory_bytes,
            artifacts=tuple(self._artifacts),
            failure=self._failure,
            environment=self._told,
        )

    def _judge(self, out_of_memory: bool) -> tuple[Verdict, str, int | None, str | None]:
        """Return verdict, reason, exit code and signal from what was seen, in this order."""
        if self._stop is not None:
            return self._stop.verdict, self._stop.reason, None, None
        if out_of_memory:
            return Verdict.MEMORY, _memory_reason(self._limits), None, None
        if self._internal or self._wait_status is None:
            told = f"the sandbox failed in the middle of the run:\n{self._internal}"
            return Verdict.INTERNAL, told if self._internal else GONE, None, None
        if os.WIFSIGNALED(self._wait_status):
            name = _signal_name(os.WTERMSIG(self._wait_status))
            return *_judge_signal(name), None, name
        exit_code = os.WEXITSTATUS(self._wait_status)
        return *self._judge_exit(exit_code), exit_code, None

    def _judge_exit(self, exit_code: int) -> tuple[Verdict, str]:
        failure = self._failure
        if exit_code == 0 and self._is_complete:
            return Verdict.OK, ""
        if exit_code == 0:
            return Verdict.ERROR, "ended in the middle (os._exit?) with exit code 0"
        if failure is not None and _is_memory_failure(failure):
            return Verdict.MEMORY, _error_reason(failure, exit_code)
        return Verdict.ERROR, _error_reason(failure, exit_code)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"  # of the real-time signals only the first and the last have names


def _judge_signal(name: str) -> tuple[Verdict, str]:
    if name == "SIGSYS":
        return Verdict.SECURITY, "a forbidden system call"
    if name == "SIGXCPU":
        return Verdict.TIMEOUT, "used more processor time than allowed"
    return Verdict.SIGNAL, f"ended by {name}"


def _memory_reason(limits: Limits) -> str:
    return f"used more than {limits.memory_bytes / 2**20:,.0f} MiB of memory"


def _is_memory_failure(failure: Failure) -> bool:
    return failure.type == "MemoryError" or any(s in failure.message for s in OUT_OF_MEMORY_SIGNS)


def _error_reason(failure: Failure | None, exit_code: int) -> str:
    if failure is None:
        return f"exit code {exit_code}"
    first_line = failure.message.partition("\n")[0][:300]
    return f"{failure.type}: {first_line}" if first_line else failure.type
