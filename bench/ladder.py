"""How many fragments run without anybody's help: `python -m bench.ladder [--json] [--archive]`.

Without `--archive` it reads tests/snippets/fragments.md, fragments of the kinds that people post.
"""

import argparse
import json
import os
import re
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import django

FRAGMENTS = Path(__file__).resolve().parents[1] / "tests" / "snippets" / "fragments.md"
FENCE = re.compile(r"```python\n(.*?)\n```", re.DOTALL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", action="store_true", help="the archive's snippets instead")
    parser.add_argument("--file", type=Path, default=FRAGMENTS, help="Markdown with fragments")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    report = measure(arguments.archive, arguments.file)
    if arguments.json:
        print(json.dumps(report))
        return
    for line in report.pop("failing"):
        print(line)
    print(report)


def measure(is_archive: bool, file: Path) -> dict[str, Any]:
    from bench import archive
    from sandbox import Client, load_all, service
    from snippets import direct, proving
    from snippets.expectations import Tolerance
    from snippets.querysets import GREEN

    if is_archive:
        found = archive.subjects(is_curated=False)
    else:
        texts = FENCE.findall(file.read_text(encoding="utf-8"))
        found = [archive.make_subject(code) for code in texts]
    runtimes = load_all()
    rungs: Counter[str] = Counter()
    failing: list[str] = []
    started = time.monotonic()
    socket = Path(tempfile.mkdtemp(prefix="zy-")) / "s.sock"
    with service.serving(socket):
        run = direct.DirectRunner(client=Client(socket))
        for subject, fits in found:
            proofs = [proving.prove(subject, runtimes[n], run, Tolerance()) for n in fits]
            green = next((p for p in proofs if p.judgement.outcome in GREEN), None)
            if green is not None and green.rung is not None:
                rungs["+".join([*green.rung.repairs, green.rung.origin])] += 1
                continue
            why = proofs[0].judgement if proofs else None
            first = subject.code.partition("\n")[0][:60]
            failing.append(f"{first}: {why.code if why else 'no runtime'}")
    return {
        "snippets": len(found),
        "run": sum(rungs.values()),
        "share": round(sum(rungs.values()) / len(found), 3),
        "by_rung": dict(rungs.most_common()),
        "seconds": round(time.monotonic() - started, 1),
        "failing": failing,
    }


if __name__ == "__main__":
    main()
