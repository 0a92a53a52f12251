"""What is asked for again under one key does not run again."""

import threading

import pytest

from sandbox import InvalidRequest, Output, Request, Result, SandboxError, Verdict, once
from tests.sandbox.conftest import RUNTIME

SECRET = Request(code="import os\nprint(os.urandom(8).hex())", runtime=RUNTIME)
ENDLESS = Request(code="import time\nprint('on')\ntime.sleep(60)", runtime=RUNTIME)


def results(events):
    return [event for event in events if isinstance(event, Result)]


@pytest.mark.jail
def test_a_second_asker_is_told_what_the_first_was(host):
    first, second = (list(host.client.run(SECRET, key="told-twice")) for _ in range(2))

    assert first == second
    assert results(first)[0].stdout


@pytest.mark.jail
def test_another_key_and_none_run_anew(host):
    askings = [host.client.run(SECRET, key="one"), host.client.run(SECRET, key="other"),
               host.client.run(SECRET), host.client.run(SECRET)]  # fmt: skip

    assert len({results(events)[0].stdout for events in askings}) == 4


@pytest.mark.jail
def test_a_second_asker_ends_the_run_of_the_first(host):
    first = host.client.run(ENDLESS, key="fenced")
    while not isinstance(next(first), Output):
        pass
    (result,) = results(host.client.run(SECRET, key="fenced"))

    assert result.verdict is Verdict.OK
    with pytest.raises(SandboxError, match="went away"):
        list(first)


@pytest.mark.jail
@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "../../etc"])
def test_a_key_that_is_none_is_refused(host, key):
    with pytest.raises(InvalidRequest, match="key"):
        list(host.client.run(SECRET, key=key))


def test_a_turn_waits_until_the_earlier_one_gave_way():
    runs = once.Once()
    order = []

    def be_second():
        with runs.turn("k") as turn:
            order.append(("second", turn.told))

    with runs.turn("k") as turn:
        second = threading.Thread(target=be_second)
        second.start()
        assert turn.is_superseded.wait(5)
        order.append(("first", turn.told))
        runs.remember("k", [b"end"])
    second.join(5)

    assert order == [("first", []), ("second", [b"end"])]


def test_what_is_remembered_is_bounded_in_bytes(monkeypatch):
    monkeypatch.setattr(once, "REMEMBERED_BYTES", 10)
    runs = once.Once()
    for key in "abc":
        runs.remember(key, [b"12345"])

    assert [told_of(runs, key) for key in "abc"] == [[], [b"12345"], [b"12345"]]


def test_what_is_remembered_is_bounded_in_time(monkeypatch):
    runs = once.Once()
    runs.remember("a", [b"1"])
    monkeypatch.setattr(once, "REMEMBERED_SECONDS", -1.0)
    runs.remember("b", [b"2"])

    assert [told_of(runs, key) for key in "ab"] == [[], []]


def told_of(runs, key):
    with runs.turn(key) as turn:
        return turn.told
