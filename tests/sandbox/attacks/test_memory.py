"""Memory is bounded for all processes of a run together, and the verdict says so."""

import pytest

from sandbox import Verdict

GREEDY = {
    "a growing list": "hoard = []\nwhile True: hoard.append(bytearray(10 ** 7))",
    "a tensor of 400 GB": "import torch; torch.ones(10 ** 11)",
    "an array of 400 GB": "import numpy; numpy.ones(5 * 10 ** 10)",
    "a map touched page by page": (
        "import mmap\nm = mmap.mmap(-1, 2 ** 30)\nfor i in range(0, 2 ** 30, 4096): m[i] = 1"
    ),
}


@pytest.mark.jail
@pytest.mark.parametrize("code", GREEDY.values(), ids=GREEDY.keys())
def test_greedy_code_runs_out_of_memory(attack, code):
    result = attack(code)

    assert result.verdict is Verdict.MEMORY
    assert result.memory_bytes < 2**30


@pytest.mark.jail
def test_memory_of_children_is_added_up(attack):
    result = attack(
        "import os, time\n"
        "for _ in range(8):\n"
        "    if os.fork() == 0:\n"
        "        hoard = bytearray(60 * 2 ** 20)\n"
        "        time.sleep(5)\n"
        "        os._exit(0)\n"
        "time.sleep(5)",
        wall_seconds=4.0,
    )

    assert result.verdict is Verdict.MEMORY


@pytest.mark.jail
def test_anonymous_files_count_as_memory(attack, host):
    result = attack(
        "import os\n"
        "files = []\n"
        "while True:\n"
        "    files.append(os.memfd_create('x'))\n"
        "    os.write(files[-1], bytes(2 ** 22))"
    )

    # Without control groups the kernel holds each file only to its size limit and their number.
    assert result.verdict in {Verdict.MEMORY, Verdict.ERROR}


@pytest.mark.jail
def test_the_disk_is_full_before_memory_is(attack):
    result = attack("with open('x', 'wb') as file:\n    while True: file.write(bytes(10 ** 6))")

    assert result.verdict is Verdict.ERROR
    assert "OSError" in result.reason


@pytest.mark.jail
def test_shared_memory_is_as_small_as_the_disk(attack):
    result = attack(
        "with open('/dev/shm/x', 'wb') as file:\n    while True: file.write(bytes(10 ** 6))"
    )

    assert result.verdict is Verdict.ERROR


@pytest.mark.jail
def test_an_exception_of_five_megabytes_is_cut(attack):
    result = attack(
        "class Huge(Exception):\n    def __str__(self): return 'x' * 5_000_000\nraise Huge"
    )

    assert result.verdict is Verdict.OUTPUT
    assert result.truncated
    assert len(result.stderr) <= 20_000


@pytest.mark.jail
def test_a_crash_inside_c_is_named_by_its_signal(attack):
    result = attack("import ctypes; ctypes.string_at(0)")

    assert (result.verdict, result.signal) == (Verdict.SIGNAL, "SIGSEGV")
