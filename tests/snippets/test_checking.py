"""What is due is checked in batches, on a queue of its own."""

import pytest
import redis
from django.utils import timezone

from snippets import checking
from snippets.models import Batch, Verification
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


def _key(snippet: object) -> str:
    from sandbox import load_all
    from snippets.keys import verification_key

    return verification_key(snippet, load_all()["torch-2.13"])
