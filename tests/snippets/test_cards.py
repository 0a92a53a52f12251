"""Cards show the best outcome, and cost the same number of queries however many there are."""

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from snippets.cards import load_cards
from snippets.models import Artifact, Run, Snippet, Verification
from snippets.services import find_or_make_snippet
from snippets.summaries import summarise, summarise_cards

pytestmark = pytest.mark.django_db


def verified(snippet: Snippet, runtime: str, outcome: str, **more: str) -> Verification:
    run = Run.objects.create(
        snippet=snippet,
        runtime=runtime,
        code=snippet.code,
        status="finished",
        verdict="ok",
        output=[{"stream": "stdout", "text": f"on {runtime}\n"}],
    )
    Artifact.objects.create(run=run, name="f.png", kind="figure", media_type="image/png", data=b"")
    return Verification.objects.create(
        snippet=snippet, runtime=runtime, key="k", outcome=outcome, run=run, **more
    )


def test_number_of_queries_does_not_grow(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    snippets = [find_or_make_snippet(code=f"print({n})") for n in range(15)]
    for snippet in snippets:
        verified(snippet, "tf-2.21", "verified")
        verified(snippet, "tf-2.15", "fails")

    with django_assert_max_num_queries(3):
        cards = load_cards([snippet.pk for snippet in snippets])
        shown = [(card.output, card.figures, card.cells) for card in cards.values()]

    assert len(shown) == 15


def test_best_outcome_is_shown_and_the_newest_runtime_among_equals() -> None:
    snippet = find_or_make_snippet(code="import keras")
    verified(snippet, "tf-2.15", "verified")
    verified(snippet, "tf-2.21", "differs")

    card = load_cards([snippet.pk])[snippet.pk]

    assert [cell.runtime for cell in card.cells] == ["tf-2.15", "tf-2.21"]
    assert card.output[0].text == "on tf-2.15\n"


def test_snippet_that_was_never_run_waits_on_the_runtimes_that_fit() -> None:
    snippet = find_or_make_snippet(code="import keras")

    card = load_cards([snippet.pk])[snippet.pk]

    assert [(cell.runtime, cell.outcome) for cell in card.cells] == [
        ("tf-2.21", "waiting"),
        ("tf-2.15", "waiting"),
    ]


def test_what_is_only_asked_for_has_no_date_of_a_check() -> None:
    snippet = find_or_make_snippet(code="import torch")
    Verification.objects.create(snippet=snippet, runtime="torch-2.13", outcome="waiting")

    (cell,) = load_cards([snippet.pk])[snippet.pk].cells

    assert (cell.outcome, cell.checked.day, cell.checked.minute) == ("waiting", "", "")


def test_cards_and_the_database_give_the_same_summary() -> None:
    snippets = [find_or_make_snippet(code=f"import keras\n{n}") for n in range(3)]
    for snippet, outcomes in zip(snippets, (["fails", "verified"], ["stale"], []), strict=True):
        for runtime, outcome in zip(("tf-2.21", "tf-2.15"), outcomes, strict=False):
            verified(snippet, runtime, outcome, reason_code="removed-argument")
    texts = {1: [snippets[0].pk], 2: [one.pk for one in snippets], 3: [snippets[2].pk], 4: []}

    assert summarise_cards(texts, load_cards(texts[2])) == summarise(texts)


def test_summary_has_the_worst_of_the_best() -> None:
    good, bad = (find_or_make_snippet(code=code) for code in ("import keras", "import torch"))
    verified(good, "tf-2.21", "verified")
    verified(good, "tf-2.15", "fails")
    verified(bad, "torch-2.13", "fails")

    summaries = summarise({1: [good.pk], 2: [good.pk, bad.pk], 3: []})

    assert {article: summary.outcome for article, summary in summaries.items()} == {
        1: "verified",
        2: "fails",
    }
    assert (summaries[2].working, summaries[2].snippets) == (1, 2)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_card_page_escapes_code_and_has_no_inline_style_or_script(language: str) -> None:
    snippet = find_or_make_snippet(code="print('</textarea><script>')", setup="x = '<b>'")
    verified(snippet, "torch-2.13", "differs", reason="claimed '<i>'", setup="x = '<b>'")
    card = load_cards([snippet.pk])[snippet.pk]

    with translation.override(language):
        html = render_to_string(
            "snippets/card.html",
            {"card": card, "lang": "en"},
            request=RequestFactory().get("/en/"),
        )

    assert "<script" not in html
    assert "style=" not in html
    assert "<i>" not in html
    assert "<b>" not in html
    assert html.count("</textarea>") == 1
