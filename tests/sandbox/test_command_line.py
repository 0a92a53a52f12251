"""`python -m sandbox` for those who want only the sandbox."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.conftest import RUNTIME, require_runtime

ROOT = Path(__file__).resolve().parent.parent.parent
KEYS = {
    "verdict", "exit_code", "signal", "stdout", "stderr", "truncated",
    "wall_seconds", "cpu_seconds", "memory_bytes", "artifacts",
}  # fmt: skip


def sandbox(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"ZHIYAN_ACCEPT_GAPS": "cgroup"} if os.geteuid() else {})
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.jail
def test_run_prints_one_object_with_json(tmp_path):
    require_runtime(RUNTIME)
    (tmp_path / "a.py").write_text("print('a')\n1 / 0")

    done = sandbox("run", str(tmp_path / "a.py"), "--runtime", RUNTIME, "--json")

    result = json.loads(done.stdout)
    assert set(result) >= KEYS
    assert (result["verdict"], result["stdout"], result["exit_code"]) == ("error", "a\n", 1)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.jail
def test_several_files_make_a_list(tmp_path):
    require_runtime(RUNTIME)
    for name in "ab":
        (tmp_path / name).write_text(f"print('{name}')")

    done = sandbox("run", str(tmp_path / "a"), str(tmp_path / "b"), "--runtime", RUNTIME, "--json")

    assert [result["stdout"] for result in json.loads(done.stdout)] == ["a\n", "b\n"]


@pytest.mark.jail
def test_output_goes_where_the_code_sent_it():
    require_runtime(RUNTIME)
    code = "import sys\nprint('out')\nprint('err', file=sys.stderr)"

    done = sandbox("run", "-", "--runtime", RUNTIME, stdin=code)

    assert done.stdout == "out\n"
    assert done.stderr.startswith("err\n[ok · ")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff", "not UTF-8 at byte 0"),
        (b"x\0", "NUL at character 1"),
        (b"", "empty"),
        (b"#" * 300_000, "at most 262,144"),
    ],
)
def test_bad_files_are_named_with_the_reason(tmp_path, content, reason):
    file = tmp_path / "bad.py"
    file.write_bytes(content)

    done = sandbox("run", str(file), "--runtime", RUNTIME)

    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr


def test_a_missing_file_is_named():
    done = sandbox("run", "/nowhere.py", "--runtime", RUNTIME)

    assert done.returncode == 2
    assert "/nowhere.py: No such file or directory" in done.stderr


def test_an_unknown_runtime_lists_the_known():
    done = sandbox("run", "-", "--runtime", "torch-1", stdin="1")

    assert done.returncode == 2
    assert "unknown runtime 'torch-1'; known: " in done.stderr


@pytest.mark.jail
def test_selftest_says_that_all_layers_hold():
    require_runtime(RUNTIME)

    done = sandbox("selftest", "--json")

    told = json.loads(done.stdout)
    assert told["ok"] is True
    assert {"network", "seccomp", "memory", "processes", "wall time"} <= set(told["layers"])
