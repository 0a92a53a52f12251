"""Processes and threads end at a number; the code is told, and life goes on."""

import pytest

from sandbox import Verdict


@pytest.mark.jail
def test_a_fork_bomb_meets_a_wall(attack):
    result = attack(
        "import os, time\n"
        "while True:\n"
        "    try:\n"
        "        if os.fork() == 0: time.sleep(1e9)\n"
        "    except BlockingIOError as error:\n"
        "        print('refused'); break"
    )

    assert (result.verdict, result.stdout) == (Verdict.OK, "refused\n")


@pytest.mark.jail
def test_a_thread_bomb_meets_a_wall(attack):
    result = attack(
        "import threading, time\n"
        "try:\n"
        "    while True: threading.Thread(target=time.sleep, args=(1e9,), daemon=True).start()\n"
        "except RuntimeError as error:\n"
        "    print(error)"
    )

    assert (result.verdict, result.stdout) == (Verdict.OK, "can't start new thread\n")


@pytest.mark.jail
def test_too_many_loader_workers_are_refused_and_reported(attack):
    result = attack(
        "from torch.utils.data import DataLoader\n"
        "print(len(list(DataLoader(range(64), num_workers=64))))",
        wall_seconds=8.0,
        cpu_seconds=16.0,
        memory_bytes=1024 * 2**20,
    )

    assert result.verdict is Verdict.ERROR


@pytest.mark.jail
def test_a_few_loader_workers_work(attack):
    result = attack(
        "from torch.utils.data import DataLoader\n"
        "print(len(list(DataLoader(range(64), num_workers=2))))",
        wall_seconds=8.0,
    )

    assert (result.verdict, result.stdout) == (Verdict.OK, "64\n")


@pytest.mark.jail
def test_programs_started_in_a_loop_meet_a_wall(attack):
    result = attack(
        "import subprocess\n"
        "kept = []\n"
        "try:\n"
        "    while True: kept.append(subprocess.Popen(['sleep', '1000']))\n"
        "except BlockingIOError:\n"
        "    print('refused')"
    )

    assert (result.verdict, result.stdout) == (Verdict.OK, "refused\n")


@pytest.mark.jail
def test_zombies_are_reaped_with_the_run(attack):
    result = attack(
        "import os\nfor _ in range(20):\n    if os.fork() == 0: os._exit(0)\nprint('left')"
    )

    assert (result.verdict, result.stdout) == (Verdict.OK, "left\n")
