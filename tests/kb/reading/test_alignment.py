"""Two languages stand beside each other where they say the same."""

from kb.reading.alignment import align


def html(text: str) -> dict[str, object]:
    return {"kind": "html", "html": text}


def snippet(number: int) -> dict[str, object]:
    return {"kind": "snippet", "snippet": number}


def shape(left: list[dict[str, object]], right: list[dict[str, object]]) -> list[tuple[int, int]]:
    return [(len(row.left), -1 if row.is_shared else len(row.right)) for row in align(left, right)]


def test_equal_numbers_of_paragraphs_are_paired():
    rows = align([html("<p>一"), html("<p>二")], [html("<p>one"), html("<p>two")])

    assert [(row.left[0]["html"], row.right[0]["html"]) for row in rows] == [
        ("<p>一", "<p>one"),
        ("<p>二", "<p>two"),
    ]


def test_snippet_stands_once_across_both_columns():
    assert shape([html("<p>一"), snippet(3)], [html("<p>one"), snippet(3)]) == [(1, 1), (1, -1)]


def test_unequal_numbers_share_a_row_until_the_next_landmark():
    left = [html("<p>一"), html("<p>二"), html('<h2 id="x">题'), html("<p>三")]
    right = [html("<p>one and two"), html('<h2 id="y">Head'), html("<p>three")]

    assert shape(left, right) == [(2, 1), (1, 1), (1, 1)]


def test_identical_code_block_is_shown_once():
    assert shape([html("<pre>ls")], [html("<pre>ls")]) == [(1, -1)]


def test_differing_code_blocks_stand_beside_each_other():
    assert shape([html("<pre># 列")], [html("<pre># list")]) == [(1, 1)]


def test_snippet_on_one_side_only_is_still_shown():
    rows = align([html("<p>一"), snippet(1), html("<p>二")], [html("<p>one")])

    assert [row.left[0].get("snippet") for row in rows if row.is_shared] == [1]
    assert sum(len(row.right) for row in rows) == 1
