"""What was proved of each snippet, as files for people; data/ has every field."""

import json
from pathlib import Path

from django.db.models import Prefetch

from snippets.models import Curation, Snippet, Verification


def write_proofs(folder: Path) -> int:
    """Write curation.jsonl, and verifications.jsonl with a snippet's outcomes on each line."""
    folder.mkdir(parents=True)
    with (folder / "curation.jsonl").open("w", encoding="utf-8") as file:
        for row in Curation.objects.order_by("pk").values().iterator(chunk_size=500):
            file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    current = Verification.objects.filter(is_current=True).order_by("runtime")
    snippets = Snippet.objects.order_by("pk").prefetch_related(
        Prefetch("verifications", queryset=current)
    )
    count = 0
    with (folder / "verifications.jsonl").open("w", encoding="utf-8") as file:
        for snippet in snippets.iterator(chunk_size=200):
            outcomes = {
                one.runtime: {
                    "outcome": one.outcome,
                    "reason": one.reason,
                    "checked_at": one.checked_at.isoformat(),
                }
                for one in snippet.verifications.all()
            }
            value = {"digest": snippet.digest, "name": snippet.name, "outcomes": outcomes}
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
            count += 1
    return count
