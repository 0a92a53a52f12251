"""The generated supervisord.conf says what starts, in which order, and hides what is secret."""

import configparser
import dataclasses
import os
import stat
from pathlib import Path

import pytest

from config import valkey
from config.programs import Site, programs
from config.supervisor import configuration

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def site(tmp_path):
    return Site(
        base_dir=ROOT,
        var_dir=tmp_path,
        sandbox_socket=str(tmp_path / "sandbox.sock"),
        host="127.0.0.1",
        port=8123,
        web_processes=1,
        worker_threads=3,
        warm_runtimes=("torch-2.13",),
        proxies="127.0.0.1",
        wanted=("web", "valkey", "beat", "worker", "sandbox"),
    )


def _parsed(site):
    parser = configparser.RawConfigParser()
    parser.read_string(configuration(site, programs(site)))
    return parser


def test_the_broker_starts_first_and_the_web_last(site):
    names = [program.name for program in programs(site)]
    priorities = [program.priority for program in programs(site)]

    assert names == ["valkey", "sandbox", "worker", "beat", "web"]
    assert priorities == sorted(priorities)


def test_only_wanted_programs_are_there(site):
    site = dataclasses.replace(site, wanted=("worker", "worker-gpu"))

    assert [program.name for program in programs(site)] == ["worker", "worker-gpu"]


def test_everything_comes_back_when_it_dies(site):
    parsed = _parsed(site)

    sections = [name for name in parsed.sections() if name.startswith("program:")]
    assert len(sections) == 5
    assert {parsed[name]["autorestart"] for name in sections} == {"true"}


def test_the_sandbox_and_the_broker_never_see_the_secrets(site):
    parsed = _parsed(site)

    for name in ("valkey", "sandbox"):
        command = parsed[f"program:{name}"]["command"]
        before_the_program = command.partition(" -- ")[0]
        for secret in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL"):
            assert f" {secret}" in before_the_program


def test_no_password_stands_in_a_command_line(site):
    parsed = _parsed(site)
    password = (site.var_dir / "valkey_password").read_text().strip()

    assert not [n for n in parsed.sections() if password in parsed[n].get("command", "")]


def test_percent_signs_in_paths_are_escaped(site, tmp_path):
    site = dataclasses.replace(site, var_dir=tmp_path / "50%off")

    assert "50%%off/run/web.lock" in _parsed(site)["program:web"]["command"]


def test_a_changed_source_changes_the_program(site, tmp_path):
    base = tmp_path / "base"
    (base / "sandbox").mkdir(parents=True)
    (base / "sandbox" / "model.py").write_text("a = 1\n")
    sandbox = next(p for p in programs(site) if p.name == "sandbox")
    before = sandbox.fingerprint(base)

    (base / "sandbox" / "model.py").write_text("a = 2\n")

    assert sandbox.fingerprint(base) != before


def test_the_brokers_configuration_is_for_its_owner_alone(site):
    path = valkey.write_configuration(site.var_dir)

    text = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "port 0\n" in text
    assert "maxmemory-policy noeviction\n" in text
    assert f"requirepass {valkey.valkey_password(site.var_dir)}\n" in text
    assert os.access(valkey.binary(), os.X_OK)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123/"),
        ("0.0.0.0", "http://127.0.0.1:8123/"),
        ("::1", "http://[::1]:8123/"),
    ],
)
def test_the_printed_address_can_be_opened(site, host, address):
    assert dataclasses.replace(site, host=host).address == address
