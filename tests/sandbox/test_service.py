"""The service outlives what happens to its runs, its zygotes and those who ask."""

import contextlib
import os
import signal
import socket
import time

import pytest

from sandbox import (
    Cancelled,
    Client,
    InvalidRequest,
    Output,
    Request,
    SandboxError,
    ServiceUnavailable,
    Started,
    Verdict,
)
from tests.sandbox.conftest import RUNTIME

ENDLESS = Request(code="import time\nprint('on')\ntime.sleep(60)", runtime=RUNTIME)


@pytest.mark.jail
def test_events_come_in_order(host):
    events = list(host.client.run(Request(code="print('a')", runtime=RUNTIME)))

    assert [type(event).__name__ for event in events] == ["Started", "Output", "Result"]
    assert events[0] == Started(runtime=RUNTIME)
    assert events[1] == Output(stream="stdout", text="a\n")


@pytest.mark.jail
def test_a_cancelled_run_is_killed(host):
    heard: list[object] = []

    with pytest.raises(Cancelled):
        heard.extend(host.client.run(ENDLESS, is_cancelled=lambda: len(heard) >= 2))

    _assert_no_run_is_left(host)


@pytest.mark.jail
def test_a_run_whose_asker_has_gone_is_killed(host):
    events = host.client.run(ENDLESS)
    next(events)

    events.close()

    _assert_no_run_is_left(host)


@pytest.mark.jail
def test_a_killed_zygote_is_replaced(host, run):
    for _ in range(2):
        assert run("1").verdict is Verdict.OK
        for pid in host.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

        result = run("print('again')")
        assert (result.verdict, result.reason, result.stdout) == (Verdict.OK, "", "again\n")


@pytest.mark.jail
def test_a_run_whose_zygote_is_killed_says_what_happened(host):
    events = host.client.run(ENDLESS)
    while not isinstance(next(events), Output):
        pass
    for pid in host.processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    *_, result = events

    assert (result.verdict, result.stdout) == (Verdict.INTERNAL, "on\n")
    assert result.reason


@pytest.mark.jail
@pytest.mark.parametrize(
    "message",
    [b"", b"\n", b"nonsense\n", b"[]\n", b'{"op": "fly"}\n', b'{"op": "run"}\n',
     b'{"op": "run", "request": {"code": "1"}}\n',
     b'{"op": "run", "request": {"code": "1", "runtime": "torch-2.13", "limits": {"x": 1}}}\n',
     b'{"op": "run", "request": {"code": 5, "runtime": "torch-2.13"}}\n', b'{"op": "ru'],
)  # fmt: skip
def test_messages_that_are_none_do_not_harm_the_service(host, run, message):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(host.folder / "sandbox.sock"))
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile().read()

    assert "error" in answer or message in {b"", b'{"op": "ru'}
    assert run("1").verdict is Verdict.OK


@pytest.mark.jail
def test_an_unknown_runtime_is_refused_by_name(host):
    with pytest.raises(InvalidRequest, match=r"unknown runtime 'torch-9'; known: .*torch-2.13"):
        list(host.client.run(Request(code="1", runtime="torch-9")))


@pytest.mark.jail
def test_a_second_service_on_the_same_socket_is_refused(host):
    from sandbox.service import serving

    with (
        pytest.raises(SandboxError, match="already listens"),
        serving(host.folder / "sandbox.sock"),
    ):
        pass


def test_no_service_is_a_clear_error(tmp_path):
    with pytest.raises(ServiceUnavailable, match=r"no sandbox service.*make up"):
        Client(tmp_path / "none.sock").status()


def _assert_no_run_is_left(host):
    deadline = time.monotonic() + 10
    while True:
        runtimes = host.client.status()["runtimes"].values()
        expected = sum(2 * r["warm"] + 2 * r["waiting"] for r in runtimes)
        if len(host.processes()) <= expected:
            return
        assert time.monotonic() < deadline
        time.sleep(0.05)
