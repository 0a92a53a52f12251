"""What hangs on a stand-in is found through every name that it reaches."""

from snippets.taint import lines_that_depend


def test_dependence_goes_through_assignments_and_methods() -> None:
    code = "y = x + 1\nz = 2\nlist_ = []\nlist_.append(y)\nprint(list_)\nprint(z)"

    assert lines_that_depend(code, {"x"}) == {1, 4, 5}


def test_what_reads_nothing_of_it_is_free() -> None:
    assert lines_that_depend("print(1 + 1)", {"model"}) == set()
