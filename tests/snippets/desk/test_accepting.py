"""What code really printed becomes its claim, in the curation: the author's text stays."""

import pytest
import redis
from django.contrib.auth.models import User

from sandbox import runtime
from snippets import curating, executors, trying
from snippets.accepting import NotAcceptable, Obstacle, accept_output
from snippets.curating import Curated, curate_snippet, said_of, undo_curation
from snippets.models import Run, Snippet, Verification
from snippets.services import find_or_make_snippet
from snippets.verification import verify_snippet

pytestmark = [pytest.mark.jail, pytest.mark.django_db]


def verify(snippet: Snippet) -> Verification:
    return verify_snippet(
        snippet=snippet, wanted=runtime.load("torch-2.13"), execute=executors.execute_here
    )


def run_of(snippet: Snippet) -> Run:
    run = verify(snippet).run
    assert run is not None
    return run


def test_accepted_output_is_verified_from_then_on(curator: User, sandbox_service: str) -> None:
    snippet = find_or_make_snippet(code="import torch\nprint(torch.ones(2))", claim="wrong")
    assert verify(snippet).outcome == "differs"

    accept_output(snippet=snippet, run=run_of(snippet), user=curator)

    snippet.refresh_from_db()
    assert (snippet.claim, snippet.curated_claim) == ("wrong", "tensor([1., 1.])")
    assert verify(snippet).outcome == "verified"


def test_it_rules_over_claims_in_the_code_too(curator: User, sandbox_service: str) -> None:
    snippet = find_or_make_snippet(code="import torch\nprint(1 + 1)  # --> 3")
    assert verify(snippet).outcome == "differs"

    accept_output(snippet=snippet, run=run_of(snippet), user=curator)

    snippet.refresh_from_db()
    assert verify(snippet).outcome == "verified"


def test_random_output_is_never_accepted_as_exact(curator: User, sandbox_service: str) -> None:
    values = find_or_make_snippet(code="import torch\nprint(torch.rand(2))")
    words = find_or_make_snippet(code="import random\nprint(random.choice(list('abcdefghij')))")

    for snippet in (values, words):
        accept_output(snippet=snippet, run=run_of(snippet), user=curator)
        snippet.refresh_from_db()

    assert verify(values).outcome == "random"
    found = verify(words)
    assert (found.outcome, found.reason_code) == ("flaky", "unsteady")


def test_what_ended_badly_or_printed_nothing_or_stood_in_is_refused(
    curator: User, sandbox_service: str
) -> None:
    found = {}
    for code in ("import torch\n1 / 0", "import torch", "print(model(x).shape)"):
        snippet = find_or_make_snippet(code=code)
        with pytest.raises(NotAcceptable) as refused:
            accept_output(snippet=snippet, run=run_of(snippet), user=curator)
        found[code.split("\n")[-1]] = refused.value.obstacle

    assert list(found.values()) == [Obstacle.UNFINISHED, Obstacle.SILENT, Obstacle.STAND_INS]


def test_run_of_another_snippet_is_refused(curator: User, sandbox_service: str) -> None:
    one = find_or_make_snippet(code="import torch\nprint(1)")
    other = find_or_make_snippet(code="import torch\nprint(2)")

    with pytest.raises(NotAcceptable):
        accept_output(snippet=one, run=run_of(other), user=curator)


def test_trials_output_is_accepted_with_the_setup_that_it_tried(
    curator: User, broker: redis.Redis, sandbox_service: str
) -> None:
    snippet = find_or_make_snippet(code="import torch\nprint(rows)")
    curated = Curated(digest=snippet.digest, setup="rows = 5")
    trial = trying.request_trial(snippet=snippet, curated=curated, user=curator)
    cell = trial.cells.get(runtime="torch-2.13")
    trying.try_cell(cell_id=cell.pk)
    cell.refresh_from_db()
    assert cell.run is not None

    accept_output(snippet=snippet, run=cell.run, user=curator)

    snippet.refresh_from_db()
    assert (snippet.curated_setup, snippet.curated_claim) == ("rows = 5", "5")
    assert verify(snippet).outcome == "verified"


def test_corrections_output_is_its_own(
    curator: User, broker: redis.Redis, sandbox_service: str
) -> None:
    snippet = find_or_make_snippet(code="import torch\nprint(nothing)", claim="1")
    curated = Curated(digest=snippet.digest, suggestion="import torch\nprint(7)")
    curate_snippet(curated=curated, user=curator)
    snippet.refresh_from_db()
    assert snippet.suggested is not None

    accept_output(snippet=snippet, run=run_of(snippet.suggested), user=curator)

    snippet.refresh_from_db()
    assert (snippet.curated_claim, snippet.suggested.curated_claim) == ("", "7")
    assert verify(snippet.suggested).outcome == "verified"


def test_undo_brings_back_what_was_said_before_and_again(curator: User) -> None:
    snippet = find_or_make_snippet(code="import torch\nprint(rows)")
    for setup in ("rows = 1", "rows = 2"):
        curate_snippet(curated=Curated(digest=snippet.digest, setup=setup), user=curator)

    assert undo_curation(digest=snippet.digest, user=curator)
    assert said_of(snippet.digest).setup == "rows = 1"
    assert undo_curation(digest=snippet.digest, user=curator)
    assert said_of(snippet.digest).setup == "rows = 2"


def test_undo_of_the_first_word_leaves_the_snippet_as_its_author_had_it(curator: User) -> None:
    snippet = find_or_make_snippet(code="import torch\nprint(rows)")
    values = {"setup": "rows = 1", "suggestion": "print(1)", "runtimes": ("tf-2.21",)}
    curate_snippet(curated=Curated(digest=snippet.digest, **values), user=curator)

    undo_curation(digest=snippet.digest, user=curator)

    snippet.refresh_from_db()
    assert (snippet.curated_setup, snippet.curated_runtimes) == ("", [])
    assert (snippet.suggested, snippet.is_suggestion_accepted) == (None, False)
    assert not undo_curation(digest="0" * 64, user=curator)


def test_nothing_said_is_not_a_curation(curator: User) -> None:
    snippet = find_or_make_snippet(code="import torch")

    assert not curating.curate_snippet(curated=Curated(digest=snippet.digest), user=curator)
