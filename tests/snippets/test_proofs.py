"""A card says since when code fails, what was mended and what is suggested."""

from collections.abc import Iterator

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from sandbox import load_all
from snippets.cards import load_cards
from snippets.curating import Curated, curate_snippet
from snippets.models import Run, Snippet, Verification
from snippets.proofs import diff_lines, tell_decay
from snippets.services import find_or_make_snippet
from snippets.summaries import summarise

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def cell(snippet: Snippet, runtime: str, outcome: str, **more: object) -> Verification:
    return Verification.objects.create(
        snippet=snippet, runtime=runtime, key="k", outcome=outcome, **more
    )


def test_method_that_is_gone_is_dated_by_the_versions() -> None:
    snippet = find_or_make_snippet(code="model.reset_states()")
    cells = [
        cell(snippet, "tf-2.15", "runs"),
        cell(
            snippet,
            "tf-2.21",
            "fails",
            reason_code="removed-method",
            reason="AttributeError: 'Model' object has no attribute 'reset_states'",
        ),
    ]

    assert tell_decay(cells, load_all()) == (
        "Works on TensorFlow 2.15 · Keras 2, fails since TensorFlow 2.21 · Keras 3: "
        "a method is gone: reset_states"
    )


def test_stale_outcome_counts_as_what_it_was() -> None:
    snippet = find_or_make_snippet(code="torch.load(p)")
    stale = cell(snippet, "torch-2.13", "stale", last_outcome="fails", reason_code="weights-only")

    assert "PyTorch 2.6" in tell_decay([stale], load_all())


def test_code_that_works_has_nothing_to_tell() -> None:
    snippet = find_or_make_snippet(code="import torch")
    cell(snippet, "torch-2.13", "verified")

    assert load_cards([snippet.pk])[snippet.pk].proof is None


def test_mended_code_is_shown_as_a_difference() -> None:
    snippet = find_or_make_snippet(code="if x:\n    # nothing")
    run = Run.objects.create(runtime="torch-2.13", code="if x:\n    pass\n    # nothing")
    cell(snippet, "torch-2.13", "runs", repairs=["bodies"], run=run)

    proof = load_cards([snippet.pk])[snippet.pk].proof

    assert proof is not None
    assert [(line.kind, line.text) for line in proof.repaired] == [
        ("kept", "if x:"),
        ("come", "    pass"),
        ("kept", "    # nothing"),
    ]


def test_correction_has_its_own_verdict() -> None:
    snippet = find_or_make_snippet(code="torch.load(p)")
    curate_snippet(
        curated=Curated(
            digest=snippet.digest,
            suggestion="torch.load(p, weights_only=False)",
            suggestion_note="Since `2.6` <b>",
        )
    )
    snippet.refresh_from_db()
    assert snippet.suggested is not None
    cell(snippet, "torch-2.13", "fails", reason_code="weights-only")
    cell(snippet.suggested, "torch-2.13", "runs")

    card = load_cards([snippet.pk])[snippet.pk]
    html = render_to_string("snippets/_proof.html", {"proof": card.proof, "lang": "en"})

    assert card.proof is not None
    assert card.proof.suggestion is not None
    assert card.proof.suggestion.tone == "ok"
    assert "Since <code>2.6</code> &lt;b&gt;" in html
    assert 'class="come">torch.load(p, weights_only=False)' in html


def test_article_counts_what_has_aged() -> None:
    first, second = (find_or_make_snippet(code=code) for code in ("import torch", "import os"))
    cell(first, "torch-2.13", "fails", reason_code="weights-only")
    cell(second, "torch-2.13", "fails", reason_code="exception")

    summary = summarise({1: [first.pk, second.pk]})[1]

    assert [(str(label), count) for label, count in summary.decays] == [
        ("torch.load refuses whole objects since PyTorch 2.6", 1)
    ]


def test_difference_keeps_every_line() -> None:
    assert [(line.kind, line.text) for line in diff_lines("a\nb", "a\nc")] == [
        ("kept", "a"),
        ("gone", "b"),
        ("come", "c"),
    ]
