"""Pages by cursor: each item once, whatever is added meanwhile, at the same cost at any length."""

import base64
import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from kb.api.articles import CHANGED
from kb.api.paging import NEWEST, make_cursor, read_cursor
from kb.api.problems import Problem
from kb.api.tags import BY_SLUG
from kb.models import Article
from tests.kb.api.conftest import Program
from tests.kb.reading.test_many_articles import fill

NAIVE = datetime(2000, 1, 1)  # noqa: DTZ001 - as the strategy wants its bounds
Assert = Callable[..., dict[str, Any]]


def walk(program: Program, path: str, **query: Any) -> list[int]:
    """Return the ids of all pages."""
    found: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = program.get(path, **query, **cursor).json()
        found += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["newest", "changed"])
@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_pages_together_are_the_whole_list(program: Program, tags: None, order: str, limit: int):
    fill(13)
    # Several changed at one moment.
    Article.objects.filter(slug__in=["q3", "q4", "q5"]).update(changed_at=timezone.now())

    found = walk(program, "/articles", order=order, limit=limit)

    by = {"newest": ["-pk"], "changed": ["changed_at", "pk"]}[order]
    assert found == list(Article.objects.order_by(*by).values_list("pk", flat=True))


@pytest.mark.django_db
def test_article_that_is_added_meanwhile_moves_nothing(program: Program, tags: None):
    fill(6)
    first = program.get("/articles", limit=3).json()

    fill(2)
    second = program.get("/articles", limit=3, cursor=first["next_cursor"]).json()

    before = [one["id"] for one in first["items"]]
    after = [one["id"] for one in second["items"]]
    assert before + after == sorted(before + after, reverse=True)
    assert after[0] == before[-1] - 1


@pytest.mark.django_db
def test_header_leads_to_the_next_page(program: Program, tags: None):
    fill(3)
    response = program.get("/articles", tag="pytorch", limit=2)

    address = response.headers["Link"].removeprefix("<").partition(">")[0]

    assert "tag=pytorch" in address
    assert len(program.get(address.partition("/api/v1")[2]).json()["items"]) == 1


@pytest.mark.django_db
def test_cursor_of_another_list_is_refused(program: Program, tags: None, assert_problem: Assert):
    fill(3)
    cursor = program.get("/articles", limit=1).json()["next_cursor"]

    for response in (
        program.get("/tags", cursor=cursor),
        program.get("/articles", order="changed", cursor=cursor),
    ):
        assert assert_problem(response, 422)["errors"][0]["parameter"] == "cursor"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/articles", "/tags", "/snippets", "/verifications", "/articles?order=changed"]
)
def test_lists_cost_the_same_queries_at_any_length(program: Program, tags: None, path: str):
    name, _, order = path.partition("?order=")
    query = {"order": order} if order else {}

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert program.get(name, limit=50, **query).status_code == 200
        return len(captured)

    fill(2)
    few = cost()
    fill(60)

    assert cost() == few


@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_cursor_keeps_a_number(number: int):
    assert read_cursor(NEWEST, make_cursor(NEWEST, [number])) == [number]


@given(
    st.datetimes(
        min_value=NAIVE.replace(year=1900),
        max_value=NAIVE.replace(year=2900),
        timezones=st.just(UTC),
    ),
    st.integers(min_value=1, max_value=2**63 - 1),
)
def test_cursor_keeps_a_moment_to_the_microsecond(moment: datetime, number: int):
    assert read_cursor(CHANGED, make_cursor(CHANGED, [moment, number])) == [moment, number]


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_is_refused(text: str):
    for order in (NEWEST, CHANGED, BY_SLUG):
        with contextlib.suppress(Problem):
            assert len(read_cursor(order, text)) == len(order.fields)


@example(10**23)  # no year of any calendar
@example(-(10**23))
@given(st.recursive(st.none() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=8))
def test_any_json_is_a_cursor_or_is_refused(value: Any):
    text = base64.urlsafe_b64encode(json.dumps(["changed", value, value]).encode()).decode()
    for order in (NEWEST, CHANGED, BY_SLUG):
        with contextlib.suppress(Problem):
            assert len(read_cursor(order, text)) == len(order.fields)
