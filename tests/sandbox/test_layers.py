"""Every layer is proven, and a missing one stops the service."""

import json

import pytest

from sandbox import Limits, Request, Result, SandboxError, Verdict
from sandbox.cgroups import Version1
from sandbox.inside import landlock
from sandbox.layers import KNOWN, OK, LayerMissing, read_probe, require
from sandbox.watching import WatchBackend
from tests.sandbox.conftest import RUNTIME


def probed(**states: str) -> Result:
    layers = dict.fromkeys(KNOWN - {"cgroup"}, OK) | states
    return Result(verdict=Verdict.OK, stdout=json.dumps(layers))


@pytest.mark.jail
def test_every_layer_of_a_running_service_is_in_place(host, run):
    run("1")

    layers = host.client.status()["runtimes"][RUNTIME]["layers"]

    accepted = host.client.status()["accepted_gaps"]
    assert set(layers) == KNOWN
    assert {name for name, state in layers.items() if state != OK} <= set(accepted)


def test_a_missing_layer_is_named_with_what_to_do():
    layers = read_probe(probed(network="was allowed"), Version1({}))

    with pytest.raises(
        LayerMissing, match=r"'network' is not in place.*ZHIYAN_ACCEPT_GAPS=network"
    ):
        require(layers, frozenset())


def test_a_gap_accepted_by_name_is_let_pass():
    layers = read_probe(probed(), WatchBackend("no group"))

    with pytest.raises(LayerMissing, match="cgroup"):
        require(layers, frozenset({"network"}))
    require(layers, frozenset({"cgroup"}))


def test_a_probe_that_fails_proves_nothing():
    with pytest.raises(SandboxError, match="probe"):
        read_probe(Result(verdict=Verdict.ERROR, reason="boom"), Version1({}))


@pytest.mark.jail
@pytest.mark.skipif(landlock.abi() < 4, reason="this kernel's Landlock leaves TCP alone")
def test_landlock_forbids_tcp_where_it_knows_of_it(run):
    result = run("import socket; socket.socket().bind(('0.0.0.0', 0))")

    assert result.stderr.splitlines()[-1].startswith("PermissionError: [Errno 13]")


def test_what_an_older_landlock_leaves_to_other_layers_is_named():
    assert landlock.unknown_to(2)[:2] == ["truncation", "TCP"]
    assert landlock.unknown_to(6) == []


@pytest.mark.jail
def test_limits_no_sandbox_knows_are_refused_by_the_service(host):
    request = Request(code="1", runtime=RUNTIME, limits=Limits())

    with pytest.raises(SandboxError, match="unknown limit 'speed'"):
        Limits.from_dict({**request.limits.as_dict(), "speed": 1})
