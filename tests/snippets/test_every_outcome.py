"""Every outcome and every reason that there is comes of something real, and has a row in the docs."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox import Limits, runtime
from sandbox.model import MIB
from snippets import executors, limits
from snippets.curating import Curated, curate_snippet
from snippets.models import Verification
from snippets.reasons import Reason
from snippets.services import find_or_make_snippet
from snippets.staleness import sync_cells
from snippets.verification import verify_snippet

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "verification.md").read_text()
QUICK = dataclasses.replace(limits.VERIFICATION, wall_seconds=2.0)
SMALL = dataclasses.replace(limits.VERIFICATION, memory_bytes=400 * MIB)
NOT_BUILT = 'label = "A"\npreload = []\nlibraries = ["absent"]\npackages = ["absent==1.0"]\n'
A_32_BIT_CALL = """\
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex('b814000000cd80c3'))
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
ctypes.CFUNCTYPE(ctypes.c_int)(address)()
"""
WHOLE_MODEL = "torch.save(nn.Linear(1, 1), 'm.pt')\ntorch.load('m.pt')"
BY_LUCK = "import random\nx = random.random()\nprint(x)\nassert x < 0.5"

Case = Callable[[pytest.MonkeyPatch, Path], Verification]


def verified(snippet: Any) -> Verification:
    wanted = runtime.load("torch-2.13")
    return verify_snippet(snippet=snippet, wanted=wanted, execute=executors.execute_here)


def ran(code: str, allowed: Limits = limits.VERIFICATION, **more: Any) -> Case:
    """Return a case that runs `code` through the real sandbox."""

    def case(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Verification:
        monkeypatch.setattr(limits, "VERIFICATION", allowed)
        return verified(find_or_make_snippet(code=code, **more))

    return case


def drew_something_else(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Verification:
    code = "import matplotlib.pyplot as plt\nplt.plot(x)"
    first = verified(find_or_make_snippet(code=code, setup="x = [0, 1]"))
    assert (first.outcome, len(first.figures)) == ("runs", 1)
    return verified(find_or_make_snippet(code=code, setup="x = [1, 0]"))


def not_built(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Verification:
    (folder / "runtimes.d").mkdir()
    (folder / "runtimes.d" / "absent-1.0.toml").write_text(NOT_BUILT)
    monkeypatch.setenv("ZHIYAN_VAR", str(folder))
    snippet = find_or_make_snippet(code="import absent")
    sync_cells(snippet_ids=[snippet.pk])
    return snippet.verifications.current().get()


def never_run(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Verification:
    snippet = find_or_make_snippet(code="print(1)")
    sync_cells(snippet_ids=[snippet.pk])
    return snippet.verifications.current().get(runtime="torch-2.13")


def changed_since(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Verification:
    snippet = find_or_make_snippet(code="print(1)")
    known = verified(snippet)
    curate_snippet(curated=Curated(digest=snippet.digest, setup="x = 1"))
    known.refresh_from_db()
    return known


CASES: dict[tuple[str, str], Case] = {
    ("verified", ""): ran("print(1)", claim="1"),
    ("runs", ""): ran("print(1)"),
    ("runs", "stand-ins"): ran("print(model(x).shape)", claim="torch.Size([4, 10])"),
    ("random", ""): ran("print(torch.rand(1))", claim="tensor([0.5])"),
    ("expected-error", ""): ran("1 / 0", expects_error=True),
    ("differs", "did-not-fail"): ran("print(1)", expects_error=True),
    ("differs", "other-output"): ran("print('a')", claim="b"),
    ("differs", "other-values"): ran("print(1)", claim="2"),
    ("differs", "new-keys"): ran("print({'a': 1, 'b': 2})", claim="{'a': 1}"),
    ("differs", "other-figure"): drew_something_else,
    ("fails", "missing-import"): ran("from collections import Nothing"),
    ("fails", "removed-module"): ran("import torch._six"),
    ("fails", "removed-name"): ran("np.float(1)"),
    ("fails", "removed-method"): ran("np.array([1, 2]).ptp()"),
    ("fails", "removed-argument"): ran("np.array([1]).astype(float, gone=True)"),
    ("fails", "weights-only"): ran(WHOLE_MODEL),
    ("fails", "no-attribute"): ran("'a'.nothing()"),
    ("fails", "missing-file"): ran("open('/data/words.txt')"),
    ("fails", "needs-gpu"): ran("torch.ones(1).cuda()"),
    ("fails", "needs-network"): ran("import urllib.request as r\nr.urlopen('http://a.example')"),
    ("fails", "shape"): ran("torch.ones(2, 3) @ torch.ones(2, 3)"),
    ("fails", "exception"): ran("1 / 0"),
    ("fails", "setup"): ran("print(1)", setup="1 / 0"),
    ("fails", "exited"): ran("import sys\nsys.exit(3)"),
    ("fails", "output-limit"): ran("print('x' * 10**6)"),
    ("fails", "signal"): ran("import os\nos.abort()"),
    ("fails", "security"): ran(A_32_BIT_CALL),
    ("timeout", "timeout"): ran("while True: pass", QUICK),
    ("memory", "memory"): ran("x = b'x' * (600 * 2**20)", SMALL),
    ("not-runnable", "syntax"): ran("x = = 1"),
    ("not-runnable", "python2"): ran("print 'old'"),
    ("not-runnable", "undefined-name"): ran("raise unknown_thing"),
    ("not-runnable", "missing-package"): ran("import jina"),
    ("flaky", "unsteady"): ran(BY_LUCK, claim="0.5"),
    ("stale", ""): changed_since,
    ("waiting", ""): never_run,
    ("skipped", "not-built"): not_built,
}


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table below a heading of the docs, without its head."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.split("\n") if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(cell: str) -> list[str]:
    return re.findall(r"`([a-z0-9-]+)`", cell)


def documented_reasons() -> set[tuple[str, str]]:
    """Return outcome and reason of each row; `the same` stands for a reason named as its outcome."""
    found: set[tuple[str, str]] = set()
    for codes, outcome, _meaning in rows("Reasons"):
        found |= {(names(outcome)[0] if names(outcome) else code, code) for code in names(codes)}
    return found


@pytest.mark.jail
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("expected", "case"), CASES.items(), ids=lambda x: "-".join(x) if isinstance(x, tuple) else ""
)
def test_outcome_and_reason(
    sandbox_service: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    expected: tuple[str, str],
    case: Case,
) -> None:
    found = case(monkeypatch, tmp_path)

    assert (found.outcome, found.reason_code) == expected, found.reason


def test_every_outcome_has_a_case_and_a_row() -> None:
    outcomes = {str(one) for one in Verification.Outcome}

    assert {outcome for outcome, _ in CASES} == outcomes
    assert {names(row[0])[0] for row in rows("Outcomes")} == outcomes


def test_every_reason_has_a_case_and_a_row_with_its_outcome() -> None:
    cases = {(outcome, reason) for outcome, reason in CASES if reason}

    assert {reason for _, reason in cases} == {str(one) for one in Reason}
    assert documented_reasons() == cases
