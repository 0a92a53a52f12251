"""Kill the process that follows changes, again and again, while articles are written.

`python -m bench.drainer_kills [--kills N] [--json]` works in a throw-away directory. After
each kill -9 the process is started again; it has recovered when everything written until then is
found, and at the end the index holds exactly what the database holds.
"""

import argparse
import atexit
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with tempfile.TemporaryDirectory(prefix="zhiyan-bench-") as var:
        os.environ["ZHIYAN_VAR"] = var
        os.environ["ZHIYAN_LOG_LEVEL"] = "ERROR"
        os.environ.pop("DATABASE_URL", None)
        report = measure(options.kills, Path(var))
    print(json.dumps(report) if options.json else report)
    sys.exit(0 if report["lost"] == 0 and report["recoveries"] == options.kills else 1)


def measure(kills: int, var: Path) -> dict[str, Any]:
    """Return how often it recovered, how many articles were written, and how many were lost."""
    import django

    django.setup()
    from django.core.management import call_command

    from kb.search.draining import rebuild

    call_command("migrate", verbosity=0)
    rebuild()
    randomness = random.Random(1)
    started = time.monotonic()
    written = recoveries = rebuilt = 0
    before = _current()
    for _ in range(kills):
        process = _start(var)
        # Sometimes before it has begun, sometimes amid a batch, sometimes while it is idle.
        until = time.monotonic() + randomness.uniform(0.2, 2.0)
        while time.monotonic() < until:
            written += 1
            _write(written)
            if written % 7 == 0:
                _delete(written - 3)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = _start(var)
        recoveries += _is_caught_up()
        rebuilt += _current() != before
        before = _current()
        process.send_signal(signal.SIGKILL)
        process.wait()
    return {
        "kills": kills,
        "recoveries": recoveries,
        "written": written,
        "lost": len(_difference()),
        "rebuilt": rebuilt,
        "seconds": round(time.monotonic() - started, 1),
    }


def _start(var: Path) -> subprocess.Popen[bytes]:
    with (var / "drainer.log").open("ab") as log:
        command = [sys.executable, "manage.py", "index_drain"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    atexit.register(process.kill)  # whatever happens here, none is left behind
    return process


def _write(number: int) -> None:
    from kb.models import Article, Language, Post
    from kb.services import save_article
    from kb.storing.drafts import ArticleDraft, PostDraft, SourceDraft, TranslationDraft

    text = TranslationDraft(title=f"Article {number}", markdown=f"The word quokka{number}.")
    save_article(
        draft=ArticleDraft(
            kind=Article.Kind.GUIDE,
            slug=f"a{number}",
            source=SourceDraft(kind="bench", external_id=f"a{number}"),
            posts=(PostDraft(role=Post.Role.BODY, translations={Language.EN: text}),),
        )
    )


def _delete(number: int) -> None:
    from kb.models import Article

    Article.objects.filter(slug=f"a{number}").delete()


def _current() -> str | None:
    from kb.search import indexes

    return indexes.current_name()


def _is_caught_up() -> bool:
    """Wait until nothing is noted any more, and say whether the index then holds everything."""
    from kb.models import IndexChange

    until = time.monotonic() + PATIENCE_SECONDS
    while IndexChange.objects.exists() or _difference():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _difference() -> set[int]:
    """Return the articles that only the database or only the index has."""
    from kb.models import Article
    from kb.search import indexes
    from kb.search.engines.base import Bound, EngineError, Plan, Sort

    try:
        reader = indexes.current_reader()
        found = reader.search(
            Plan(bounds=(Bound(field="answers", low=0),)), limit=100_000, sort=Sort.NEWEST
        )
    except EngineError:
        return {0}
    indexed = {one.article for one in found.candidates}
    return indexed ^ set(Article.objects.values_list("pk", flat=True))


if __name__ == "__main__":
    main()
