"""Two people's changes of one text are put together, or nobody pretends that they could be."""

from hypothesis import given
from hypothesis import strategies as st

from kb.editing.merging import merge

# Few lines that look alike: what collides and what repeats is likelier so.
TEXTS = st.lists(st.sampled_from(["a", "b", "c", "", "\t", "\u2028x"]), max_size=8).map("\n".join)


@given(base=TEXTS, theirs=TEXTS)
def test_who_changed_nothing_gets_what_the_other_wrote(base: str, theirs: str):
    assert merge(base=base, mine=base, theirs=theirs) == theirs
    assert merge(base=base, mine=theirs, theirs=base) == theirs


@given(base=TEXTS, text=TEXTS)
def test_what_both_wrote_is_written_once(base: str, text: str):
    assert merge(base=base, mine=text, theirs=text) == text


@given(base=TEXTS, mine=TEXTS, theirs=TEXTS)
def test_it_does_not_matter_who_was_first(base: str, mine: str, theirs: str):
    assert merge(base=base, mine=mine, theirs=theirs) == merge(base=base, mine=theirs, theirs=mine)


@given(st.lists(st.text("xyz", min_size=1, max_size=3), min_size=5, max_size=9), st.data())
def test_changes_of_lines_apart_are_both_there(lines: list[str], data: st.DataObject):
    numbered = [f"{number} {line}" for number, line in enumerate(lines)]
    at = data.draw(st.integers(0, len(lines) - 3))
    other = data.draw(st.integers(at + 2, len(lines) - 1))
    mine, theirs, both = list(numbered), list(numbered), list(numbered)
    mine[at] = both[at] = "mine"
    theirs[other] = both[other] = "theirs"

    merged = merge(base="\n".join(numbered), mine="\n".join(mine), theirs="\n".join(theirs))

    assert merged == "\n".join(both)


def test_same_line_changed_in_two_ways_is_for_people():
    assert merge(base="one\ntwo", mine="one\n2", theirs="one\nII") is None


def test_lines_put_in_at_the_same_place_are_for_people():
    assert merge(base="one\ntwo", mine="one\nx\ntwo", theirs="one\ny\ntwo") is None
