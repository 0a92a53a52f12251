"""Plain Markdown is proven without any content in the database."""

import json
import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.jail
ROOT = Path(__file__).resolve().parents[3]

GOOD = "# Adding\n\n```python\nx = 1\n```\n\nThen:\n\n```python\nprint(x + 1)\n```\n\n```output\n2\n```\n"


def verify(*arguments: str) -> dict:
    out = StringIO()
    call_command("verify", "--json", "--jobs", "1", *arguments, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_every_python_fence_of_a_plain_document_is_proven(
    sandbox_service: str, tmp_path: Path
) -> None:
    document = tmp_path / "a.md"
    document.write_text(GOOD)

    first, second = verify(str(tmp_path))["results"]

    assert (first["name"], first["outcome"]) == (f"{document}:3", "runs")
    assert (second["outcome"], second["origin"], second["stdout"]) == ("verified", "session", "2\n")


def test_document_with_runnable_fences_has_only_those_proven(
    sandbox_service: str, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("```python run\nprint(1)\n```\n\n```python\nraise\n```\n")

    assert [line["code"] for line in verify(str(tmp_path))["results"]] == ["print(1)"]


def test_check_fails_with_what_fails_and_says_so_in_junit(
    sandbox_service: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.md").write_text(GOOD + "\n```python\nprint(1 / 0)  # --> 1\n```\n")
    junit = tmp_path / "report.xml"

    with pytest.raises(SystemExit) as ended:
        call_command(
            "verify", str(tmp_path), "--check", "--junit", str(junit), stdout=StringIO(),
            stderr=StringIO(),
        )  # fmt: skip

    assert ended.value.code == 1
    (suite,) = ET.parse(junit).getroot()
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == (
        "torch-2.13",
        "3",
        "1",
    )
    (failure,) = suite.iter("failure")
    assert (failure.get("message") or "").startswith("fails: exception: ZeroDivisionError")
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_check_passes_where_everything_works(sandbox_service: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD)

    assert verify(str(tmp_path), "--check")["broken"] == []


def test_wrong_path_and_wrong_fence_are_named(sandbox_service: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such file or folder"):
        verify(str(tmp_path / "absent.md"))
    with pytest.raises(CommandError, match="no Markdown"):
        verify(str(tmp_path))
    with pytest.raises(CommandError, match="leave it or the paths out"):
        verify(str(tmp_path), "--article", "1")
    (tmp_path / "a.md").write_text("```python run runtime=torch-0.1\nx\n```\n")
    with pytest.raises(
        CommandError, match=r"a\.md:1: unknown runtime 'torch-0\.1'; known: "
    ) as told:
        verify(str(tmp_path))
    assert told.value.returncode == 2
    (tmp_path / "a.md").write_text("text\n\n```python run sometimes\nx\n```\n")
    with pytest.raises(CommandError, match=r"a\.md:3: .*sometimes"):
        verify(str(tmp_path))


def test_every_file_that_cannot_be_read_is_named_at_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.md").write_text("```python run runtime=torch-0.1\nx\n```\n")

    with pytest.raises(CommandError, match=r"a\.md:1: unknown runtime (?s:.)*b\.md:1: unknown"):
        verify(str(tmp_path))


def test_report_without_a_place_is_refused_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD)

    with pytest.raises(CommandError, match="no such folder"):
        verify(str(tmp_path), "--junit", str(tmp_path / "absent" / "report.xml"))


def test_what_could_not_be_tried_is_neither_broken_nor_fine(
    sandbox_service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIYAN_VAR", str(tmp_path))
    (tmp_path / "runtimes.d").mkdir()
    (tmp_path / "runtimes.d" / "absent-1.0.toml").write_text(
        'label = "A"\npreload = []\nlibraries = ["absent"]\npackages = ["absent==1.0"]\n'
    )
    (tmp_path / "a.md").write_text("```python\nimport absent\n```\n")
    told = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("verify", str(tmp_path), "--check", stdout=StringIO(), stderr=told)

    assert ended.value.code == 2
    assert told.getvalue().startswith("not checked, 1 of 1: ")


def test_interrupted_says_how_much_is_done(sandbox_service: str, tmp_path: Path) -> None:
    slow = [f"import time\ntime.sleep(1)\nprint({number})" for number in range(20)]
    fences = [f"```python\n{code}\n```\n" for code in ("1 / 0", *slow)]
    (tmp_path / "a.md").write_text("\n".join(fences))
    process = subprocess.Popen(
        [sys.executable, "manage.py", "verify", str(tmp_path), "--jobs", "1"],
        cwd=ROOT,
        env={**os.environ, "ZHIYAN_SANDBOX": sandbox_service},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # As at a terminal: what a shell starts in the background is born deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    assert process.stderr is not None

    first = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    table, told = process.communicate()

    assert first == f"{tmp_path}/a.md:1 on torch-2.13: fails\n"
    assert "ZeroDivisionError" in table
    assert process.returncode == 130
    assert re.fullmatch(r"interrupted; \d+ of 21 done\n", told)


def test_session_ends_where_an_answer_begins(sandbox_service: str, tmp_path: Path) -> None:
    text = "---\ntitle: A\n---\n```python run\nx = 7\n```\n\n<!-- answer -->\n```python run\nprint(x)\n```\n"
    (tmp_path / "a.md").write_text(text)

    origins = [line["origin"] for line in verify(str(tmp_path))["results"]]

    assert origins == ["as-is", "stand-ins"]
