"""The end of a run is judged against what the author says."""

import pytest

from snippets.judging import Ended, Evidence, judge, needs_second_run
from snippets.models import Verification

Outcome = Verification.Outcome
OK = Ended(verdict="ok", reason="", stdout="0.5\n", failure={})
OTHER_SEED = Ended(verdict="ok", reason="", stdout="0.7\n", failure={})


def failed(kind: str, message: str = "", phase: str = "code") -> Ended:
    failure = {"type": kind, "message": message, "line": 1, "phase": phase}
    return Ended(verdict="error", reason=f"{kind}: {message}", stdout="", failure=failure)


@pytest.mark.parametrize(
    ("claim", "again", "outcome"),
    [
        ("", None, Outcome.RUNS),
        ("0.5", None, Outcome.VERIFIED),
        ("0.6", OTHER_SEED, Outcome.RANDOM),
        ("0.6", OK, Outcome.DIFFERS),
        ("0.6", failed("ValueError"), Outcome.DIFFERS),
        ("text", OTHER_SEED, Outcome.DIFFERS),
    ],
)
def test_output_is_judged_by_its_claim(claim: str, again: Ended | None, outcome: str) -> None:
    assert judge(OK, evidence=Evidence(claim=claim, again=again)).outcome == outcome


def test_only_other_numbers_are_worth_a_second_run() -> None:
    assert needs_second_run(OK, Evidence(claim="0.6"))
    assert not needs_second_run(OK, Evidence(claim="0.5"))
    assert not needs_second_run(OK, Evidence(claim="text"))


@pytest.mark.parametrize(
    ("kind", "message", "outcome", "code"),
    [
        ("NameError", "name 'model' is not defined", Outcome.NOT_RUNNABLE, "undefined-name"),
        ("ModuleNotFoundError", "No module named 'jina'", Outcome.NOT_RUNNABLE, "missing-package"),
        ("ImportError", "cannot import name 'x' from 'torch'", Outcome.FAILS, "removed-name"),
        ("ImportError", "cannot import name 'x' from 'own'", Outcome.FAILS, "missing-import"),
        ("UnpicklingError", "Weights only load failed.", Outcome.FAILS, "weights-only"),
        (
            "TypeError",
            "f() got an unexpected keyword argument 'x'",
            Outcome.FAILS,
            "removed-argument",
        ),
        (
            "ValueError",
            "Unrecognized keyword arguments passed to LSTM: {'batch_input_shape': (1, 2)}",
            Outcome.FAILS,
            "removed-argument",
        ),
        (
            "AttributeError",
            "'Sequential' object has no attribute 'reset_states'",
            Outcome.FAILS,
            "removed-method",
        ),
        (
            "AttributeError",
            "module 'keras.layers' has no attribute 'x'",
            Outcome.FAILS,
            "removed-name",
        ),
        (
            "ModuleNotFoundError",
            "No module named 'keras.layers.core'",
            Outcome.FAILS,
            "removed-module",
        ),
        ("AttributeError", "'Own' object has no attribute 'go'", Outcome.FAILS, "no-attribute"),
        ("FileNotFoundError", "[Errno 2] No such file", Outcome.FAILS, "missing-file"),
        ("ZeroDivisionError", "division by zero", Outcome.FAILS, "exception"),
        (
            "RuntimeError",
            "This function was deprecated since version 1.9 and is now removed.",
            Outcome.FAILS,
            "removed-name",
        ),
        (
            "AttributeError",
            "'DataFrame' object has no attribute 'append'",
            Outcome.FAILS,
            "removed-method",
        ),
        (
            "AttributeError",
            "'Tensor' object has no attribute 'append'",
            Outcome.FAILS,
            "no-attribute",
        ),
    ],
)
def test_errors_are_classified(kind: str, message: str, outcome: str, code: str) -> None:
    judgement = judge(failed(kind, message))

    assert (judgement.outcome, judgement.code) == (outcome, code)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("class Net:\n    def go(self): ...\nNet().go(x=1)", "exception"),
        ("Net().go(x=1)", "removed-argument"),
    ],
)
def test_argument_that_own_code_never_had_is_not_removed(code: str, reason: str) -> None:
    ended = failed("TypeError", "Net.go() got an unexpected keyword argument 'x'")

    assert judge(ended, code=code).code == reason


def test_error_that_the_author_shows_is_expected() -> None:
    expected = failed("RuntimeError", "size mismatch")

    assert judge(expected, expects_error=True).outcome == "expected-error"
    claim = "RuntimeError: size mismatch"
    assert (
        judge(expected, expects_error=True, evidence=Evidence(claim=claim)).outcome
        == "expected-error"
    )
    claim = "RuntimeError: another"
    assert judge(expected, expects_error=True, evidence=Evidence(claim=claim)).outcome == "differs"
    assert judge(OK, expects_error=True).code == "did-not-fail"


def test_error_in_the_setup_is_never_the_expected_one() -> None:
    broken_setup = failed("RuntimeError", "size mismatch", phase="setup")

    judgement = judge(broken_setup, expects_error=True)

    assert (judgement.outcome, judgement.code) == ("fails", "setup")


@pytest.mark.parametrize(
    ("verdict", "outcome"), [("timeout", "timeout"), ("memory", "memory"), ("signal", "fails")]
)
def test_stopped_code_is_not_an_error_of_its_own(verdict: str, outcome: str) -> None:
    stopped = Ended(verdict=verdict, reason="why", stdout="", failure={})

    assert judge(stopped).outcome == outcome


@pytest.mark.parametrize(
    ("again", "outcome"),
    [
        (OK, Outcome.VERIFIED),
        (OTHER_SEED, Outcome.RANDOM),
        (Ended(verdict="ok", reason="", stdout="text\n", failure={}), Outcome.FLAKY),
    ],
)
def test_accepted_claim_is_exact_only_under_another_seed_too(again: Ended, outcome: str) -> None:
    evidence = Evidence(claim="0.5", is_claim_accepted=True, again=again)

    assert needs_second_run(OK, Evidence(claim="0.5", is_claim_accepted=True))
    assert judge(OK, evidence=evidence).outcome == outcome
