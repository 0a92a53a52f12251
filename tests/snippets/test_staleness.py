"""What a verification rests on changes, and the verification says so at once."""

import pytest

from sandbox import load_all
from snippets.curating import Curated, curate_snippet
from snippets.keys import verification_key
from snippets.models import Snippet, Verification
from snippets.services import find_or_make_snippet
from snippets.staleness import sync_cells

pytestmark = pytest.mark.django_db


def verified(snippet: Snippet, runtime: str = "torch-2.13", **more: str) -> Verification:
    key = verification_key(snippet, load_all()[runtime])
    values = {"key": key, "outcome": "verified", **more}
    return Verification.objects.create(snippet=snippet, runtime=runtime, **values)


def test_new_claim_makes_it_stale_and_the_old_outcome_is_kept() -> None:
    one = verified(find_or_make_snippet(code="print(1)", claim="1"))

    find_or_make_snippet(code="print(1)", claim="2")

    one.refresh_from_db()
    assert (one.outcome, one.last_outcome, one.judged) == ("stale", "verified", "verified")


def test_new_setup_of_a_curator_makes_it_stale() -> None:
    snippet = find_or_make_snippet(code="print(x)")
    one = verified(snippet)

    curate_snippet(curated=Curated(digest=snippet.digest, setup="x = 1"))

    one.refresh_from_db()
    assert one.outcome == "stale"


def test_saying_the_same_again_changes_nothing() -> None:
    one = verified(find_or_make_snippet(code="print(1)", claim="1"))

    find_or_make_snippet(code="print(1)", claim="1")

    one.refresh_from_db()
    assert one.outcome == "verified"


def test_snippet_that_was_never_run_waits_on_each_runtime_that_fits() -> None:
    snippet = find_or_make_snippet(code="import keras")

    sync_cells(snippet_ids=[snippet.pk])

    cells = snippet.verifications.current().order_by("runtime")
    built = {name: one.is_built for name, one in load_all().items()}
    assert [(one.runtime, one.outcome) for one in cells] == [
        (name, "waiting" if built[name] else "skipped") for name in ("tf-2.15", "tf-2.21")
    ]


def test_runtime_that_is_not_built_says_how_to_build_it(tmp_path, monkeypatch) -> None:
    folder = tmp_path / "runtimes.d"
    folder.mkdir()
    (folder / "absent-1.0.toml").write_text(
        'label = "Absent"\npreload = []\nlibraries = ["absent"]\npackages = ["absent==1.0"]\n'
    )
    monkeypatch.setenv("ZHIYAN_VAR", str(tmp_path))
    snippet = find_or_make_snippet(code="import absent")

    sync_cells(snippet_ids=[snippet.pk])

    cell = snippet.verifications.current().get()
    assert (cell.outcome, cell.reason_code) == ("skipped", "not-built")
    assert "python -m sandbox build absent-1.0" in cell.reason


def test_cell_of_a_runtime_that_no_longer_fits_goes() -> None:
    snippet = find_or_make_snippet(code="print(1)")
    verified(snippet, "tf-2.15")

    sync_cells(snippet_ids=[snippet.pk])

    assert "tf-2.15" not in snippet.verifications.current().values_list("runtime", flat=True)


def test_other_packages_in_a_runtime_make_it_stale() -> None:
    snippet = find_or_make_snippet(code="print(1)")
    one = verified(snippet, key="of other packages")

    sync_cells(snippet_ids=[snippet.pk])

    one.refresh_from_db()
    assert one.outcome == "stale"
