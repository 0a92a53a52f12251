"""Code is one snippet, however often it is shown."""

import pytest

from sandbox import load_all
from snippets.keys import fitting_runtimes
from snippets.models import Snippet
from snippets.preparing import prepare
from snippets.services import describe_snippet, find_or_make_snippet
from snippets.subjects import subject_of

pytestmark = pytest.mark.django_db


def test_same_code_is_the_same_snippet() -> None:
    first = find_or_make_snippet(code="print(1)\n")

    second = find_or_make_snippet(code="  print(1)  \r\n")

    assert first == second
    assert Snippet.objects.count() == 1


def test_what_is_said_later_is_added_and_silence_takes_nothing_away() -> None:
    find_or_make_snippet(code="print(x)", claim="1", name="x.py")

    snippet = find_or_make_snippet(code="print(x)", setup="x = 1")

    assert (snippet.claim, snippet.name) == ("1", "x.py")
    assert snippet.setup == "x = 1"


def test_second_post_may_add_its_session() -> None:
    find_or_make_snippet(code="x = 1")
    find_or_make_snippet(code="print(x)")

    snippet = find_or_make_snippet(code="print(x)", earlier=["x = 1"])

    assert [rung.origin for rung in subject_of(snippet).rungs][:2] == ["as-is", "session"]


def test_what_no_place_says_any_more_is_forgotten() -> None:
    snippet = find_or_make_snippet(code="print(x)", claim="1", setup="x = 1", runtimes=["tf-2.15"])

    describe_snippet(snippet=snippet, said=[prepare(code="print(x)", name="x.py")])

    snippet.refresh_from_db()
    assert (snippet.name, snippet.claim, snippet.setup, snippet.runtimes) == ("x.py", "", "", [])


def test_highlighted_code_is_escaped() -> None:
    snippet = find_or_make_snippet(code="print('<script>')")

    assert "<script>" not in snippet.highlighted
    assert "&lt;script&gt;" in snippet.highlighted


def test_python_2_is_named_so() -> None:
    assert find_or_make_snippet(code="print 'hello'").kind == Snippet.Kind.PYTHON2


def test_fragment_that_names_no_library_belongs_where_its_post_does() -> None:
    earlier = ["print(1)", "outputs = LSTM(units)(inputs)"]

    fragment = find_or_make_snippet(code="model.step(x)", earlier=earlier)
    own = find_or_make_snippet(code="torch.save(model, path)", earlier=earlier)

    assert fitting_runtimes(fragment, load_all()) == ["tf-2.21", "tf-2.15"]
    assert fitting_runtimes(own, load_all()) == ["torch-2.13"]
    assert (fragment.runtimes, own.runtimes) == ([], [])
