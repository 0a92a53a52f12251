"""What is due is checked in batches, on a queue of its own."""

import base64
import datetime
import json
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db.models import F
from django.utils import timezone

from sandbox import load_all
from snippets import checking, keys
from snippets.models import Batch, Snippet, Verification
from snippets.services import find_or_make_snippet

pytestmark = pytest.mark.django_db


def test_new_snippet_is_queued_behind_nobody(broker: redis.Redis) -> None:
    find_or_make_snippet(code="print(1)")
    if not checking.request_due():
        pytest.skip("runtime torch-2.13 is not built; run: python -m sandbox build torch-2.13")

    assert Verification.objects.get().outcome == "waiting"
    assert (broker.llen("verify:6"), Batch.objects.get().total) == (1, 1)


def test_second_batch_waits_for_the_first(broker: redis.Redis) -> None:
    find_or_make_snippet(code="print(1)")
    checking.request_due()

    assert checking.request_due() == 0


def test_what_is_fresh_is_left_alone_and_what_is_old_is_not(broker: redis.Redis) -> None:
    snippet = find_or_make_snippet(code="print(1)")
    checking.request_due()
    cell = Verification.objects.get()
    Batch.objects.update(done=1)
    Verification.objects.update(outcome="runs", key=_key(snippet))

    assert checking.request_due() == 0
    Verification.objects.filter(pk=cell.pk).update(checked_at=timezone.now() - 2 * checking.FRESH)
    assert checking.request_due() == 1


def test_oldest_is_checked_first(broker: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    ages = {"print(1)": 8, "print(2)": 30, "print(3)": 9, "print(4)": 1}
    for code, days in ages.items():
        snippet = find_or_make_snippet(code=code)
        one = Verification.objects.create(
            snippet=snippet, runtime="torch-2.13", outcome="runs", key=_key(snippet)
        )
        checked_at = timezone.now() - datetime.timedelta(days=days)
        Verification.objects.filter(pk=one.pk).update(checked_at=checked_at)
    monkeypatch.setattr(checking, "BATCH", 2)

    checking.request_due()

    assert [code_of(snippet) for snippet, *_ in queued(broker)] == ["print(2)", "print(3)"]


def test_new_runtime_queues_everything_that_fits_it_in_batches(
    broker: redis.Redis, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    snippets = [find_or_make_snippet(code=f"import torch\nprint({n})") for n in range(3)]
    find_or_make_snippet(code="import keras")
    for snippet in Snippet.objects.all():
        for name in keys.fitting_runtimes(snippet, load_all()):
            key = keys.verification_key(snippet, load_all()[name])
            snippet.verifications.create(runtime=name, outcome="runs", key=key)
    assert checking.request_due() == 0
    monkeypatch.setattr(checking, "BATCH", 2)
    monkeypatch.setenv("ZHIYAN_VAR", str(tmp_path))
    (tmp_path / "runtimes.d").mkdir()
    (tmp_path / "runtimes.d" / "torch-9.9.toml").write_text(
        'label = "T"\npreload = []\nlibraries = ["torch"]\npackages = ["torch==9.9"]\n'
    )
    folder = load_all()["torch-9.9"].environment
    folder.mkdir(parents=True)
    (folder / "complete").touch()

    sizes = []
    while size := checking.request_due():
        sizes.append(size)
        Batch.objects.update(done=F("total"))
        Verification.objects.filter(
            snippet__in=[snippet for snippet, *_ in queued(broker)], runtime="torch-9.9"
        ).update(outcome="runs")

    assert sizes == [2, 1]
    # Behind whoever waits: the first priority is a curator's.
    assert broker.llen("verify") == 0
    assert {name for _, name, _ in queued(broker)} == {"torch-9.9"}
    assert {snippet for snippet, *_ in queued(broker)} == {one.pk for one in snippets}


def test_correction_that_no_curator_accepted_is_never_queued(broker: redis.Redis) -> None:
    snippet = find_or_make_snippet(code="print 'old'")
    from snippets.curating import propose_translation

    propose_translation(snippet)
    checking.request_due()

    assert snippet.suggested is not None
    cells = snippet.suggested.verifications.values_list("outcome", flat=True)
    queued = [broker.lindex("verify:6", n) for n in range(broker.llen("verify:6"))]
    assert list(cells) == ["waiting"]
    assert len(queued) == 1


@pytest.mark.jail
def test_check_is_counted_in_its_batch(sandbox_service: str, broker: redis.Redis) -> None:
    snippet = find_or_make_snippet(code="print(1)", claim="1")
    batch = Batch.objects.create(total=1)

    checking.check_again(snippet_id=snippet.pk, runtime_name="torch-2.13", batch_id=batch.pk)

    batch.refresh_from_db()
    assert (batch.done, snippet.verifications.current().get().outcome) == (1, "verified")


def test_stopped_batch_checks_nothing_more() -> None:
    snippet = find_or_make_snippet(code="print(1)")
    batch = Batch.objects.create(total=1, state="stopped")

    checking.check_again(snippet_id=snippet.pk, runtime_name="torch-2.13", batch_id=batch.pk)

    assert not snippet.verifications.exists()


def queued(broker: redis.Redis) -> list[list[Any]]:
    """Return the arguments of the checks that wait, the first first."""
    messages = [json.loads(text) for text in broker.lrange("verify:6", 0, -1)]
    return [json.loads(base64.b64decode(one["body"]))[0] for one in reversed(messages)]


def code_of(snippet_id: int) -> str:
    return Snippet.objects.get(pk=snippet_id).code


def _key(snippet: Snippet) -> str:
    return keys.verification_key(snippet, load_all()["torch-2.13"])
