"""A program starts without the secrets it need not know, and only once at a time."""

import os
import subprocess
import sys
from pathlib import Path

CHILD = Path(__file__).resolve().parents[2] / "config" / "child.py"
SHOW = "import os; print(os.environ.get('DATABASE_URL'), os.environ.get('REDIS_URL'), os.nice(0))"


def _start(lock: Path, *arguments: str, code: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-I", str(CHILD), str(lock), *arguments, "--"]
    return subprocess.Popen(
        [*command, sys.executable, "-c", code],
        env=os.environ | {"DATABASE_URL": "postgresql://secret", "REDIS_URL": "redis://secret"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_named_variables_are_gone_and_others_stay(tmp_path):
    child = _start(tmp_path / "lock", "5", "DATABASE_URL", code=SHOW)

    out, _ = child.communicate()

    assert out.split() == ["None", "redis://secret", str(os.nice(0) + 5)]


def test_the_second_waits_until_the_first_has_ended(tmp_path):
    first = _start(tmp_path / "lock", "0", code="print('first', flush=True); input()")
    assert first.stdout.readline() == "first\n"
    second = _start(tmp_path / "lock", "0", code="print('second', flush=True)")

    assert second.poll() is None
    first.communicate("\n")
    out, _ = second.communicate()

    assert out == "second\n"


def test_the_lock_is_for_its_owner_alone(tmp_path):
    _start(tmp_path / "lock", "0", code="").communicate()

    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
