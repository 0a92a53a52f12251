"""Measure the import of a Stack Exchange dump: `python -m bench.import [--quick] [--json]`.

Writes a dump of its own (bench/dump.py), imports it into a throw-away database in a process of
its own, imports it again, and, with --kills N, once more into another database with N kills at
random moments, and compares the two databases. Reports posts a second, the peak memory of all
processes together (proportional set size), and whether the databases are the same.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.dump import write_dump

ROOT = Path(__file__).resolve().parent.parent
QUICK_POSTS, POSTS = 5_000, 100_000
LOOK_SECONDS = 1.0
"""Adding up a process's pages stops it for milliseconds: five times a second cost a tenth."""
# What differs between two imports of the same files: when they were made.
TIMES = {"imported_at", "changed_at", "queued_at", "applied"}
MADE_BY_CLOCK = {"snippets_snippet": {"created_at"}, "kb_tag": {"updated_at"}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_POSTS:,} posts")
    parser.add_argument("--posts", type=int)
    parser.add_argument("--kills", type=int, default=0, help="compare with an import killed so")
    parser.add_argument("--index", action="store_true", help="build the search index too")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    posts = options.posts or (QUICK_POSTS if options.quick else POSTS)
    with tempfile.TemporaryDirectory(prefix="zhiyan-bench-") as folder:
        result = measure(Path(folder), posts=posts, kills=options.kills, index=options.index)
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        for name, value in result.items():
            sys.stdout.write(f"{name:>22}: {value}\n")


def measure(folder: Path, *, posts: int, kills: int, index: bool) -> dict[str, Any]:
    write_dump(folder / "dump", posts=posts)
    var = folder / "one"
    manage(var, "migrate", "--verbosity", "0")
    first = timed_import(var, folder / "dump")
    second = timed_import(var, folder / "dump")
    assert second["report"]["unchanged"] == first["report"]["created"], second["report"]
    result = {
        "posts": posts,
        "megabytes": round((folder / "dump" / "Posts.xml").stat().st_size / 1e6, 1),
        "articles": first["report"]["created"],
        "snippets": first["report"]["snippets"],
        "seconds": first["seconds"],
        "posts_per_second": round(posts / first["seconds"]),
        "peak_megabytes": first["peak_megabytes"],
        "processor_seconds": first["processor_seconds"],
        "second_processor_seconds": second["processor_seconds"],
        "second_seconds": second["seconds"],
        "second_share": round(second["seconds"] / first["seconds"], 3),
        "second_peak_megabytes": second["peak_megabytes"],
    }
    if index:
        began = time.monotonic()
        manage(var, "reindex")
        result["index_seconds"] = round(time.monotonic() - began, 1)
        together = first["seconds"] + result["index_seconds"]
        result["posts_per_second_with_index"] = round(posts / together)
    if kills:
        other = folder / "other"
        manage(other, "migrate", "--verbosity", "0")
        result["kills"] = import_with_kills(
            other, folder / "dump", kills, around_seconds=first["seconds"]
        )
        ours, theirs = fingerprint(var), fingerprint(other)
        result["same_database"] = ours == theirs
        result["different_tables"] = [name for name in ours if ours[name] != theirs[name]]
    return result


def environment(var: Path) -> dict[str, str]:
    # Title vectors are no part of requirements.txt, so a site begins without.
    outside = {"ZHIYAN_VAR": str(var), "DATABASE_URL": "", "ZHIYAN_TITLE_VECTORS": "off"}
    return {**os.environ, **outside}


def manage(var: Path, *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment(var), check=True, stdout=subprocess.DEVNULL)


def start_import(var: Path, dump: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "import", "stackexchange", str(dump), "--json"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(var), text=True, stdout=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip


def timed_import(var: Path, dump: Path) -> dict[str, Any]:
    """Return the import's report, its seconds, start of the process included, and its memory."""
    began, used = time.monotonic(), processor_seconds()
    process = start_import(var, dump)
    peak = 0
    while process.poll() is None:
        peak = max(peak, memory_bytes(process.pid))
        time.sleep(LOOK_SECONDS)
    seconds = time.monotonic() - began
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"the import failed with {process.returncode}")
    return {
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor_seconds() - used, 2),
        "peak_megabytes": round(peak / 1e6),
        "report": json.loads(output),
    }


def processor_seconds() -> float:
    """Return what all ended children used of the processors; a busy machine spoils it little."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory_bytes(pid: int) -> int:
    """Return what the process and its children hold, shared pages divided among them."""
    total = 0
    for one in [pid, *children(pid)]:
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in text.splitlines() if "Pss:" in line)
    return total


def children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, path.read_text().split())
        except OSError:
            continue
    return found


def import_with_kills(var: Path, dump: Path, kills: int, *, around_seconds: float) -> int:
    """Import with that many SIGKILLs at random moments; return how many hit."""
    chance = random.Random()
    hits = 0
    for _ in range(kills):
        process = start_import(var, dump)
        try:
            process.communicate(timeout=chance.uniform(0.5, around_seconds))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            hits += 1
    output, _ = start_import(var, dump).communicate()
    assert json.loads(output)["error_count"] == 0, output
    return hits


def fingerprint(var: Path) -> dict[str, str]:
    """Return a digest of every table's rows, keys included and times of making left out."""
    connection = sqlite3.connect(var / "zhiyan.sqlite3")
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    found: dict[str, str] = {}
    for table in sorted(tables):
        left_out = TIMES | MADE_BY_CLOCK.get(table, set())
        columns = [
            row[1]
            for row in connection.execute(f'PRAGMA table_info("{table}")')
            if row[1] not in left_out
        ]
        digest = hashlib.sha256()
        names = ", ".join(f'"{column}"' for column in columns)
        for row in connection.execute(f'SELECT {names} FROM "{table}" ORDER BY 1'):
            digest.update(repr(row).encode())
        found[table] = digest.hexdigest()
    return found


if __name__ == "__main__":
    main()
