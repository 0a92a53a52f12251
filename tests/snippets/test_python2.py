"""Python 2 is translated by a library, where that gives Python 3."""

import os
import subprocess
import sys
from pathlib import Path

from snippets.python2 import translate


def test_print_statements_become_calls() -> None:
    assert translate("print 'a', b\nfor i in xrange(3):\n    print i") == (
        "print('a', b)\nfor i in range(3):\n    print(i)"
    )


def test_what_no_python_reads_has_no_translation() -> None:
    assert translate("print 'a' +") is None
    assert translate("x = 1") is None


def test_the_librarys_first_run_says_nothing(tmp_path: Path) -> None:
    code = (
        "import logging; logging.basicConfig(level=logging.INFO); "
        "from snippets.python2 import translate; print(translate('print 1'))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert (ran.stdout, ran.stderr) == ("print(1)\n", "")
