"""The query language takes whatever a person types."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.search.plans import plan_query
from kb.search.queries import MOST_FILTERS, MOST_TERMS, FilterKind, Range, Trouble, parse_query

PIECES = st.sampled_from(
    ['"', "'", "[", "]", "-", ":", "tag:", "lang:zh", "is:", "score:>=3", "created:2024..", "(",
     ")", "torch.cuda()", "[3, 1]", "模型", "“", "”", "\\", "*", "~", "^", "AND", "OR", " ",
     "\n", "\0", "-[tag]", "[]", "a" * 50, "..", "verified:maybe", "foo:bar", "http://x/y:z"]
)  # fmt: skip
TYPED = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))


@given(TYPED)
@example("x" * 10_000)
@example("[a] " * 100 + "b " * 100)
def test_nothing_that_is_typed_raises_and_all_is_bounded(text: str):
    query = parse_query(text)
    plan = plan_query(query, resolve_tag=lambda name: None)

    assert len(query.terms) <= MOST_TERMS
    assert len(query.filters) <= MOST_FILTERS
    assert len(plan.concepts) <= MOST_TERMS
    for part in (*query.filters, *query.remarks):
        assert len(query.without(part)) <= len(query.text)


@given(TYPED)
def test_every_part_lies_within_the_text(text: str):
    query = parse_query(text)

    for part in (*query.terms, *query.filters):
        assert 0 <= part.start < part.end <= len(query.text)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("[pytorch] x", FilterKind.TAG, "pytorch"),
        ("tag:pytorch x", FilterKind.TAG, "pytorch"),
        ('tag:"deep learning"', FilterKind.TAG, "deep learning"),
        ("[保存与加载]", FilterKind.TAG, "保存与加载"),
        ("lang:ZH", FilterKind.LANG, "zh"),
        ("ｌａｎｇ：zh", FilterKind.LANG, "zh"),
        ("is:accepted", FilterKind.IS, "accepted"),
        ("verified:failed", FilterKind.VERIFIED, "failed"),
        ("runs-on:torch-2.13", FilterKind.RUNS_ON, "torch-2.13"),
        ("ident:nn.Linear", FilterKind.IDENT, "nn.Linear"),
        ("code:unsqueeze", FilterKind.CODE, "unsqueeze"),
        ("author:me", FilterKind.AUTHOR, "me"),
        ("source:archive", FilterKind.SOURCE, "archive"),
    ],
)
def test_filter_is_read(text: str, kind: FilterKind, value: str):
    (found,) = parse_query(text).filters

    assert (found.kind, found.value, found.is_excluded) == (kind, value, False)


@pytest.mark.parametrize("text", ["-[keras]", "-tag:keras"])
def test_filter_can_be_turned_round(text: str):
    (found,) = parse_query(text).filters

    assert found.is_excluded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("score:3", Range(low=3, high=3)),
        ("score:>=3", Range(low=3)),
        ("score:>3", Range(low=4)),
        ("score:<=-1", Range(high=-1)),
        ("answers:0", Range(low=0, high=0)),
        ("answers:2..5", Range(low=2, high=5)),
        ("answers:..5", Range(high=5)),
        ("created:2024", Range(low=20240101, high=20249999)),
        ("created:2024..2025", Range(low=20240101, high=20259999)),
        ("created:2024-03", Range(low=20240301, high=20240399)),
        ("created:>=2024-3-5", Range(low=20240305)),
    ],
)
def test_numbers_and_days_become_ranges(text: str, expected: Range):
    assert parse_query(text).filters[0].range == expected


@pytest.mark.parametrize(
    "text", ["score:many", "is:nice", "lang:fr", "verified:", "created:soon", "answers:..", "tag:"]
)
def test_wrong_value_is_told_and_left_out(text: str):
    query = parse_query(f"{text} torch")

    assert query.filters == ()
    assert [term.text for term in query.terms][-1] == "torch"
    assert text.endswith(":") or [one.trouble for one in query.remarks] == [Trouble.WRONG_VALUE]


def test_unknown_filter_is_told_and_searched_as_words():
    query = parse_query("langauge:zh torch")

    assert [one.text for one in query.remarks] == ["langauge:"]
    assert [term.text for term in query.terms] == ["langauge:zh", "torch"]


@pytest.mark.parametrize(
    "text",
    ["torch.cuda()", "[3, 1]", "x[0]", "http://example.org/a", "a - b", "x -1", "python -m pdb",
     "ValueError: shapes (2,) and (3,)", "lambda x: x", "::", "dict[str, int]"],
)  # fmt: skip
def test_code_is_words_and_no_filter(text: str):
    query = parse_query(text)

    assert query.filters == ()
    assert query.remarks == ()
    assert not any(term.is_excluded for term in query.terms)


def test_phrase_and_exclusion():
    query = parse_query('"same padding" -keras -"max pool" unfinished "quo')

    assert [(term.text, term.is_phrase, term.is_excluded) for term in query.terms] == [
        ("same padding", True, False),
        ("keras", False, True),
        ("max pool", True, True),
        ("unfinished", False, False),
        ("quo", True, False),
    ]


def test_filter_is_taken_out_of_the_text():
    query = parse_query("max pool [keras] lang:zh")

    assert query.without(query.filters[0]) == "max pool lang:zh"


def test_too_long_is_told():
    query = parse_query("a" * 5000)

    assert [one.trouble for one in query.remarks] == [Trouble.TOO_LONG]
