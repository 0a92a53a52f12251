"""Python 2 is translated by a library, where that gives Python 3."""

from snippets.python2 import translate


def test_print_statements_become_calls() -> None:
    assert translate("print 'a', b\nfor i in xrange(3):\n    print i") == (
        "print('a', b)\nfor i in range(3):\n    print(i)"
    )


def test_what_no_python_reads_has_no_translation() -> None:
    assert translate("print 'a' +") is None
    assert translate("x = 1") is None
