"""A wrong setting stops every command with one line that says what to change."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ZHIYAN_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ZHIYAN_DEBUG", "maybe", "expected 1 or 0"),
        ("ZHIYAN_PORT", "eighty", "expected a whole number"),
        ("ZHIYAN_PORT", "70000", "expected 1 to 65535"),
        ("ZHIYAN_PROGRAMS", "web,wrker", "unknown 'wrker'; known: valkey, sandbox"),
        ("DATABASE_URL", "oracle-ish://x", "expected postgresql://"),
        ("ZHIYAN_VAR", "/proc/nowhere", "set ZHIYAN_VAR to another directory"),
    ],
)
def test_a_wrong_setting_is_named(name, value, said, tmp_path):
    environment = {"ZHIYAN_VAR": str(tmp_path), name: value}

    result = _manage("check", **environment)

    assert result.returncode == 1
    assert said in result.stderr
    assert value in result.stderr or name in result.stderr
    assert "Traceback" not in result.stderr


def test_debug_is_off_unless_asked_for(tmp_path):
    result = _manage("shell", "-c", "from django.conf import settings; print(settings.DEBUG)",
                     ZHIYAN_VAR=str(tmp_path))  # fmt: skip

    assert result.stdout.splitlines()[-1] == "False"


def test_others_may_use_the_runtimes_and_read_nothing_private(tmp_path):
    var = tmp_path / "var"

    _manage("migrate", "--verbosity", "0", ZHIYAN_VAR=str(var))

    assert var.stat().st_mode & 0o005 == 0o005
    private = [path for path in var.iterdir() if path.name not in {"static", "runtimes", "jail"}]
    assert private
    assert [path.name for path in private if path.stat().st_mode & 0o077] == []


def test_a_var_with_odd_characters_holds_a_database(tmp_path):
    var = tmp_path / "a b+c%20#d?"
    code = "from django.db import connection as c; c.ensure_connection()"

    result = _manage("shell", "-c", code, ZHIYAN_VAR=str(var))

    assert result.returncode == 0, result.stderr
    assert (var / "zhiyan.sqlite3").exists()
