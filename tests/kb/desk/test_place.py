"""Deciding on a thing leads back to its queue: the same filters, the same page, the next row."""

from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client

from kb.desk.page import ROWS_PER_PAGE
from kb.models import Article, Report, Tag
from kb.people.roles import Role
from snippets.models import Snippet, Verification

pytestmark = pytest.mark.django_db
Shown = Callable[..., Snippet]
Judged = Callable[..., Verification]
DIFFERS = "/en/desk/queues/differs"


@pytest.fixture
def waiting(shown: Shown, judged: Judged, broker: redis.Redis) -> list[Snippet]:
    """More than a page of snippets that differ, all with a tag, the most read first."""
    found = [shown(f"print({n})", readers=1000 - n) for n in range(ROWS_PER_PAGE + 3)]
    tag = Tag.objects.create(slug="jax", name_zh="JAX", name_en="JAX")
    for snippet in found:
        judged(snippet, "differs")
    tag.articles.set(Article.objects.all())
    return found


def accept(client: Client, *snippets: Snippet, **values: Any) -> str:
    sent = {"action": "accept-reason", "id": [one.pk for one in snippets], "why": "so", **values}
    return client.post(f"{DIFFERS}/act", sent).headers["Location"]


def test_bulk_action_leads_to_the_next_row_of_the_same_page(
    curator_client: Client, waiting: list[Snippet]
):
    curator_client.get(f"{DIFFERS}?tag=jax&page=2")
    second_page = waiting[ROWS_PER_PAGE:]

    address = accept(curator_client, second_page[0], tag="jax", page="2")

    assert address == f"{DIFFERS}?tag=jax&page=2#row-{second_page[1].pk}"
    assert f'id="row-{second_page[1].pk}"' in curator_client.get(address).content.decode()


def test_last_row_leads_to_the_one_before_it(curator_client: Client, waiting: list[Snippet]):
    curator_client.get(f"{DIFFERS}?page=2")

    address = accept(curator_client, waiting[-1], page="2")

    assert address == f"{DIFFERS}?page=2#row-{waiting[-2].pk}"


def test_page_that_was_emptied_becomes_the_last_there_is(
    curator_client: Client, waiting: list[Snippet]
):
    curator_client.get(f"{DIFFERS}?page=2")

    address = accept(curator_client, *waiting[ROWS_PER_PAGE:], page="2")

    assert address == f"{DIFFERS}?page=2"
    page = curator_client.get(address).content.decode()
    assert f'id="row-{waiting[0].pk}"' in page


def test_bench_goes_through_the_queue_as_it_was_filtered(
    curator_client: Client, waiting: list[Snippet]
):
    waiting[1].placements.get().post.article.tags.clear()
    curator_client.get(f"{DIFFERS}?tag=jax")

    page = curator_client.get(f"/en/desk/snippets/{waiting[0].pk}?queue=differs").content.decode()

    assert f'rel="next" href="/en/desk/snippets/{waiting[2].pk}?queue=differs"' in page
    assert f'href="{DIFFERS}?tag=jax&amp;page=1#row-{waiting[2].pk}"' in page


def test_flag_and_suggestion_lead_back_to_their_queue(curator_client: Client, freezing: Article):
    post = freezing.posts.get(position=0)
    text = post.translations.get(language="en")
    flag = Report.objects.create(post=post, kind="outdated", language="en")
    edit = Report.objects.create(
        post=post, kind="edit", language="en", markdown=f"{text.markdown}!", base_revision=1
    )
    third = Report.objects.create(post=post, kind="outdated", language="en")
    curator_client.get("/en/desk/queues/reports?tag=pytorch")

    sent = {"verdict": "accept", "decision": "so"}
    of_flag = curator_client.post(f"/en/desk/reports/{flag.pk}", sent).headers["Location"]
    sent = {"action": "decline", "decision": "no"}
    of_edit = curator_client.post(f"/en/desk/suggestions/{edit.pk}", sent).headers["Location"]

    queue = "/en/desk/queues/reports?tag=pytorch&page=1"
    assert (of_flag, of_edit) == (f"{queue}#row-{edit.pk}", f"{queue}#row-{third.pk}")


def test_who_comes_from_elsewhere_is_led_to_the_whole_queue(
    curator_client: Client, freezing: Article
):
    flag = Report.objects.create(post=freezing.posts.get(position=0), kind="outdated")
    curator_client.get("/en/desk/queues/to-review?tag=pytorch")

    sent = {"verdict": "accept", "decision": "so"}
    answer = curator_client.post(f"/en/desk/reports/{flag.pk}", sent)

    assert answer.headers["Location"] == "/en/desk/queues/reports"


def test_review_leads_back_to_its_queue_or_stays_in_the_editor(
    client_of: Callable[[User], Client],
    person_in: Callable[[Role], User],
    freezing: Article,
):
    text = freezing.posts.get(position=0).translations.get(language="en")
    type(text).objects.filter(pk=text.pk).update(review_since=1)
    client = client_of(person_in(Role.REVIEWER))
    client.get("/en/desk/queues/translations-to-review")

    answer = client.post(f"/en/desk/texts/{text.pk}/accept", {"until": text.revision_number})

    assert answer.headers["Location"] == "/en/desk/queues/translations-to-review?page=1"
