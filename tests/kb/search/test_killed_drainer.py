"""A drainer that is killed loses nothing; bench/drainer_kills.py does this a hundred times."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_everything_written_is_found_after_each_kill():
    command = [sys.executable, "-m", "bench.drainer_kills", "--kills", "3", "--json"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
    report = json.loads(result.stdout)
    assert (report["recoveries"], report["lost"]) == (3, 0)
