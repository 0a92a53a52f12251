"""Code that does not end is ended: within its limit and half a second."""

import pytest

from sandbox import Verdict

ENDLESS = {
    "an endless loop": "while True: pass",
    "a sleep of thirty years": "import time; time.sleep(1e9)",
    "signals ignored": (
        "import signal\n"
        "for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGINT):\n"
        "    signal.signal(number, signal.SIG_IGN)\n"
        "while True: pass"
    ),
    "a catastrophic regular expression": "import re; re.match(r'(a+)+$', 'a' * 40 + 'b')",
    "a power computed inside C": "10 ** 10 ** 8",
    "an exit handler that hangs": (
        "import atexit, time\ndef wait(): time.sleep(1e9)\nx = atexit.register(wait)"
    ),
    "a destructor that hangs": (
        "import time\nclass Late:\n    def __del__(self): time.sleep(1e9)\nlate = Late()\ndel late"
    ),
    "standard output closed, then a loop": (
        "import os\nfor n in (0, 1, 2): os.close(n)\nwhile True: pass"
    ),
    "a FIFO that nobody writes": "import os; os.mkfifo('f'); open('f').read()",
    "a thread that never ends": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(1e9,)).start()"
    ),
}


@pytest.mark.jail
@pytest.mark.parametrize("code", ENDLESS.values(), ids=ENDLESS.keys())
def test_endless_code_is_timed_out(attack, code):
    result = attack(code, wall_seconds=1.0)

    assert result.verdict is Verdict.TIMEOUT
    assert result.wall_seconds < 1.5


@pytest.mark.jail
def test_processes_left_behind_die_with_the_run(attack):
    result = attack(
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(1e9)\n"
        "    os._exit(0)\n"
        "print('parent ends')"
    )

    assert (result.verdict, result.stdout) == (Verdict.OK, "parent ends\n")


@pytest.mark.jail
def test_processor_time_split_over_children_is_added_up(attack):
    result = attack("import os\nfor _ in range(3): os.fork()\nwhile True: pass", cpu_seconds=1.0)

    assert result.verdict is Verdict.TIMEOUT
