"""A snippet is run as its readers see it, and what that proves is kept."""

import pytest
from pytest_django import Settings

from sandbox import runtime
from snippets import executors
from snippets.models import Run, Snippet, Verification
from snippets.services import find_or_make_snippet
from snippets.verification import SandboxFailed, verify_snippet

pytestmark = [pytest.mark.jail, pytest.mark.django_db]


def verify(snippet: Snippet, **more: bool) -> Verification:
    return verify_snippet(
        snippet=snippet,
        wanted=runtime.load("torch-2.13"),
        execute=executors.execute_here,
        **more,
    )


def test_claim_that_holds_is_verified(sandbox_service: str) -> None:
    snippet = find_or_make_snippet(code="import torch\ntorch.ones(2)", claim="tensor([1., 1.])")

    assert verify(snippet).outcome == "verified"


def test_fragment_runs_with_the_first_setup_that_suffices(sandbox_service: str) -> None:
    earlier = ["x = torch.ones(3, 2)", "model = nn.Linear(2, 1)"]
    for code in earlier:
        find_or_make_snippet(code=code)
    snippet = find_or_make_snippet(code="print(model(x).shape)", earlier=earlier)

    found = verify(snippet)

    assert (found.outcome, found.setup_origin) == ("runs", "session")
    assert found.run is not None
    assert found.run.stdout == "torch.Size([3, 1])\n"


def test_claim_that_depends_on_stand_ins_is_not_called_verified(sandbox_service: str) -> None:
    dependent = find_or_make_snippet(code="print(model(x).shape)", claim="torch.Size([4, 10])")
    free = find_or_make_snippet(code="model.eval()\nprint(1 + 1)  # 2")

    assert (verify(dependent).outcome, verify(dependent).reason_code) == ("runs", "stand-ins")
    assert (verify(free).outcome, verify(free).setup_origin) == ("verified", "stand-ins")


def test_mended_code_runs_and_what_was_mended_is_kept(sandbox_service: str) -> None:
    found = verify(find_or_make_snippet(code="if True:\n    # nothing\nprint(1)"))

    assert (found.outcome, found.repairs) == ("runs", ["bodies"])
    assert found.run is not None
    assert found.run.code == "if True:\n    pass\n    # nothing\nprint(1)"


def test_trailing_comments_comparisons_and_sessions_are_claims(sandbox_service: str) -> None:
    right = "import torch\nx = torch.ones(2)\nx.shape == (2,)  # x is [1., 1.]\nprint(x)  # --> tensor([1., 1.])"
    wrong = "import torch\ntorch.ones(2).shape == (3,)"
    session = ">>> 1 + 1\n2\n>>> 'a' * 2\n'aa'"
    raising = ">>> int('a')\nTraceback (most recent call last):\n  ...\nValueError: {}\n>>> 1\n1"
    told = "invalid literal for int() with base 10: 'a'"

    assert verify(find_or_make_snippet(code=right)).outcome == "verified"
    assert verify(find_or_make_snippet(code=wrong)).outcome == "differs"
    assert verify(find_or_make_snippet(code=session)).outcome == "verified"
    assert verify(find_or_make_snippet(code=raising.format(told))).outcome == "verified"
    assert verify(find_or_make_snippet(code=raising.format("other"))).outcome == "differs"


def test_new_keys_are_a_difference_of_their_own(sandbox_service: str) -> None:
    code = "import torch\nw = torch.rand(1, requires_grad=True)\nprint(w.item())\nprint({'a': 1, 'b': 2})"
    found = verify(find_or_make_snippet(code=code, claim="0.5\n{'a': 1}"))

    assert (found.outcome, found.reason_code) == ("differs", "new-keys")


def test_random_output_is_told_from_wrong_output(sandbox_service: str) -> None:
    random = find_or_make_snippet(code="import torch\nprint(torch.rand(1))", claim="tensor([0.5])")
    wrong = find_or_make_snippet(code="print(0.25)", claim="0.5")

    assert verify(random).outcome == "random"
    assert verify(wrong).outcome == "differs"


DRAWING = "import matplotlib.pyplot as plt\nplt.plot({})"


def drew_before(code: str, runtime: str, like: str) -> Snippet:
    """Return a snippet that once drew what the code `like` draws, on another runtime perhaps."""
    drawn = verify(find_or_make_snippet(code=like))
    snippet = find_or_make_snippet(code=code)
    Verification.objects.create(
        snippet=snippet, runtime=runtime, outcome="runs", figures=drawn.figures, is_current=False
    )
    return snippet


@pytest.mark.parametrize("runtime", ["torch-2.13", "torch-1.0"])
def test_figure_that_looks_otherwise_differs_from_an_older_runtimes_too(
    sandbox_service: str, runtime: str
) -> None:
    same = drew_before(DRAWING.format("[0, 1], [0, 1]"), runtime, DRAWING.format("[0, 1]"))
    other = drew_before(DRAWING.format("[1, 0]"), runtime, DRAWING.format("[0, 1]"))

    assert verify(same).outcome == "runs"
    assert (verify(other).outcome, verify(other).reason_code) == ("differs", "other-figure")


def test_figure_that_another_seed_changes_is_held_against_nothing(sandbox_service: str) -> None:
    code = "import numpy as np\n" + DRAWING.format("np.random.rand(8)")

    assert verify(drew_before(code, "torch-2.13", DRAWING.format("[0, 1]"))).outcome == "runs"


def test_failure_that_tells_most_is_reported(sandbox_service: str) -> None:
    snippet = find_or_make_snippet(code="raise unknown_model")

    found = verify(snippet)

    assert (found.outcome, found.reason_code) == ("not-runnable", "undefined-name")
    assert "unknown_model" in found.reason


def test_up_to_date_verification_is_reused_unless_forced(sandbox_service: str) -> None:
    snippet = find_or_make_snippet(code="print(1)")
    first = verify(snippet)

    again = verify(snippet)
    forced = verify(snippet, is_forced=True)

    assert again == first
    assert forced != first
    assert list(snippet.verifications.current()) == [forced]


def test_changed_claim_is_verified_anew(sandbox_service: str) -> None:
    verify(find_or_make_snippet(code="print(1)", claim="1"))

    found = verify(find_or_make_snippet(code="print(1)", claim="2"))

    assert found.outcome == "differs"


def test_python_2_needs_no_run() -> None:
    found = verify(find_or_make_snippet(code="print 'old'"))

    assert (found.outcome, found.reason_code, found.run) == ("not-runnable", "python2", None)
    assert not Run.objects.exists()


def test_failing_sandbox_leaves_the_earlier_verdict(
    sandbox_service: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    snippet = find_or_make_snippet(code="print(1)")
    first = verify(snippet)
    settings.SANDBOX_SOCKET = "/nonexistent/sandbox.sock"
    monkeypatch.setattr(executors, "NO_SERVICE_SECONDS", 0.0)

    with pytest.raises(SandboxFailed):
        verify(snippet, is_forced=True)

    assert snippet.verifications.current().get() == first
    assert Run.objects.latest("pk").verdict == "internal"
