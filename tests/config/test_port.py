"""A port that cannot be had is named, with the way out."""

import dataclasses
import socket
from pathlib import Path

import pytest

from config import launch
from config.programs import Site


@pytest.fixture
def site(tmp_path):
    return Site(
        base_dir=Path(__file__).resolve().parents[2],
        var_dir=tmp_path,
        sandbox_socket="",
        host="127.0.0.1",
        port=0,
        web_processes=1,
        worker_threads=1,
        warm_runtimes=("torch-2.13",),
        proxies="",
        wanted=(),
    )


def test_a_taken_port_is_named_with_another_to_try(site, monkeypatch):
    monkeypatch.setattr(launch, "PORT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        with pytest.raises(launch.LaunchError, match=f"port {port} .* ZHIYAN_PORT={port + 1}"):
            launch.require_free_port(dataclasses.replace(site, port=port))


def test_an_address_of_another_machine_is_named(site):
    elsewhere = dataclasses.replace(site, host="192.0.2.1", port=8123)

    with pytest.raises(launch.LaunchError, match=r"cannot listen on 192\.0\.2\.1 port 8123"):
        launch.require_free_port(elsewhere)


def test_a_full_disk_is_named(site, monkeypatch):
    monkeypatch.setattr(launch, "FREE_BYTES", 2**60)

    with pytest.raises(launch.LaunchError, match="free some space or set ZHIYAN_VAR"):
        launch.require_room(site)
