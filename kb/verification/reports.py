"""A verification's report: as a table, as JSON, and as JUnit XML for whoever runs it in CI."""

import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from kb.verification.verifying import Line
from kb.xmltext import for_xml

REASON_CHARACTERS = 120


def as_json(lines: Sequence[Line], seconds: float) -> dict[str, Any]:
    return {
        "results": [line.as_dict() for line in lines if not line.is_suggestion],
        "suggestions": [line.as_dict() for line in lines if line.is_suggestion],
        "broken": [line.name for line in lines if line.is_broken],
        "seconds": seconds,
    }


def as_junit(lines: Sequence[Line]) -> bytes:
    """Return JUnit XML: a suite a runtime; what was green and is not is a failure."""
    root = ET.Element("testsuites")
    by_runtime: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_runtime[line.runtime].append(line)
    for runtime, ours in by_runtime.items():
        suite = ET.SubElement(
            root,
            "testsuite",
            name=runtime,
            tests=str(len(ours)),
            failures=str(sum(line.is_broken for line in ours)),
            skipped=str(sum(not line.is_green and not line.is_broken for line in ours)),
        )
        for line in ours:
            case = ET.SubElement(
                suite,
                "testcase",
                classname=for_xml(line.article),
                name=line.name,
                time=f"{line.seconds:.3f}",
            )
            if line.is_green:
                continue
            kind = "failure" if line.is_broken else "skipped"
            message = for_xml(f"{line.outcome}: {line.reason}".rstrip(": "))
            told = ET.SubElement(case, kind, message=message.partition("\n")[0][:500])
            told.text = for_xml(f"{message}\n\n{line.code}")
    report: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return report


def print_table(lines: Sequence[Line], seconds: float) -> None:
    table = Table("snippet", "article", "runtime", "outcome", "by", "reason")
    for line in lines:
        reason = line.reason.partition("\n")[0][:REASON_CHARACTERS]
        by = "+".join([*line.repairs, line.origin]) if line.origin else ""
        is_news = line.is_broken and line.was
        outcome = f"{line.outcome} (was {line.was})" if is_news else line.outcome
        table.add_row(line.name, line.article, line.runtime, outcome, by, reason)
    # A pipe gets whole lines: rich would fold them at 80 columns.
    width = None if sys.stdout.isatty() else 240
    console = Console(width=width, markup=False, highlight=False)
    if lines:
        console.print(table)
    counts = Counter(line.outcome for line in lines)
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    checks = "1 check" if len(lines) == 1 else f"{len(lines)} checks"
    console.print(f"{checks} in {seconds} s: {told or 'nothing to verify'}")
