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
    snippet = find_or_make_snippet(
        code="print(model(x).shape)", earlier=["x = torch.ones(3, 2)", "model = nn.Linear(2, 1)"]
    )

    found = verify(snippet)

    assert (found.outcome, found.setup_origin) == ("runs", "session")
    assert found.run is not None
    assert found.run.stdout == "torch.Size([3, 1])\n"


def test_random_output_is_told_from_wrong_output(sandbox_service: str) -> None:
    random = find_or_make_snippet(code="import torch\nprint(torch.rand(1))", claim="tensor([0.5])")
    wrong = find_or_make_snippet(code="print(0.25)", claim="0.5")

    assert verify(random).outcome == "random"
    assert verify(wrong).outcome == "differs"


def test_failure_that_tells_most_is_reported(sandbox_service: str) -> None:
    snippet = find_or_make_snippet(code="torch.save(unknown_model, 'x')")

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
