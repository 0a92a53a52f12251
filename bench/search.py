"""Measure the search: speed of indexing, size of the index, and the time of whole queries.

`python -m bench.search [--sizes 10000,100000,1000000] [--engines tantivy,fts5] [--quick] [--json]`
makes corpora of recombined articles in a throw-away database; for the engine `postgresql`, in the
empty one of `--database postgresql://…`, which is emptied again. A whole query is what a page asks
for: reading what was typed, searching, ranking anew, facets, and twenty highlighted hits. Beside it
stands the raw engine's own time for the same query: finding and scoring the same number of posts,
counting them and handing over what is shown of twenty.
"""

import argparse
import json
import logging
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

UPSERTS_PER_SECOND = 20
Clock = Callable[[], float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10000", help="numbers of posts, by commas")
    parser.add_argument("--engines", default="tantivy", help="tantivy, fts5, postgresql, by commas")
    parser.add_argument("--database", help="an empty PostgreSQL database, for its engine")
    parser.add_argument(
        "--queries", type=int, default=40, help="queries of each kind; fewer for slow engines"
    )
    parser.add_argument(
        "--title-vectors",
        action="store_true",
        help="compare titles by meaning, too, which requirements.txt alone does not install",
    )
    parser.add_argument("--quick", action="store_true", help="3,000 posts; under a minute")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sizes = [3000] if options.quick else [int(size) for size in options.sizes.split(",")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    logging.disable(logging.WARNING)
    report: dict[str, Any] = {"sizes": {}}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="zhiyan-bench-") as var:
            os.environ["ZHIYAN_VAR"] = var
            os.environ.pop("DATABASE_URL", None)
            if options.database:
                os.environ["DATABASE_URL"] = options.database
            report["sizes"][str(size)] = measure(
                size,
                options.engines.split(","),
                Path(var),
                options.queries,
                has_vectors=options.title_vectors,
            )
        if not options.json:
            _print(size, report["sizes"][str(size)])
    if options.json:
        sys.stdout.write(json.dumps(report) + "\n")


def measure(
    size: int, engines: list[str], var: Path, queries: int, *, has_vectors: bool
) -> dict[str, Any]:
    """Return the figures of each engine for one corpus."""
    import io

    import django
    from django.conf import settings

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.corpus import Recombined, write_pages
    from kb.models import Article
    from kb.search.vectors import are_on, fill_vectors

    # One process measures several sizes, each in a database of its own.
    connection.close()
    settings.VAR_DIR = var
    settings.TITLE_VECTORS = "auto" if has_vectors else "off"
    if has_vectors and not are_on():
        raise SystemExit("bench.search: --title-vectors needs requirements-semantic.txt")
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = str(var / "db")
    call_command("migrate", verbosity=0)
    if Article.objects.exists():
        raise SystemExit("bench.search: the database of --database has articles; give an empty one")
    call_command("load_content", stdout=io.StringIO())
    started = time.perf_counter()
    posts = write_pages(Recombined().pages(size))
    fill_vectors()
    report: dict[str, Any] = {
        "posts": posts,
        "corpus_seconds": round(time.perf_counter() - started, 1),
        "engines": {},
    }
    for engine in engines:
        settings.SEARCH_ENGINE = engine
        report["engines"][engine] = _measure_engine(queries)
    if connection.vendor == "postgresql":
        call_command("flush", interactive=False, verbosity=0)
    return report


def _measure_engine(count: int = 40) -> dict[str, Any]:
    from bench.queries import KINDS
    from kb.search import indexes
    from kb.search.draining import rebuild

    started, processor = time.perf_counter(), _processor_seconds()
    index = rebuild()
    seconds, processor = time.perf_counter() - started, _processor_seconds() - processor
    indexes.forget_reader()
    reader = indexes.current_reader()
    bytes_ = _bytes(index)
    queries = {kind: list(islice(make(reader), count)) for kind, make in KINDS.items()}
    for some in queries.values():
        _whole(some[0])
    quiet = {kind: _times(some) for kind, some in queries.items()}
    everything = [query for some in queries.values() for query in some]
    with _writing(index):
        busy = {kind: _times(some) for kind, some in queries.items()}
        all_busy = _summary([_timed(_whole, query) for query in everything])
    return {
        "documents": reader.size(),
        "documents_per_second": round(reader.size() / seconds),
        "documents_per_processor_second": round(reader.size() / processor),
        "bytes_per_document": round(bytes_ / reader.size()),
        "quiet": quiet,
        "writing": busy,
        "all": {
            "quiet": _summary([_timed(_whole, query) for query in everything]),
            "writing": all_busy,
            "raw": _summary([_timed(_raw, query) for query in everything]),
            # What other work on the machine cannot spoil.
            "processor": _summary([_timed(_whole, q, time.process_time) for q in everything]),
            "raw_processor": _summary([_timed(_raw, q, time.process_time) for q in everything]),
        },
    }


def _bytes(index: Any) -> int:
    from django.db import connection

    from kb.search import indexes
    from kb.search.engines import postgresql

    if index.engine == postgresql.NAME:
        with connection.cursor() as cursor:
            table = postgresql.table_of(index.name)
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
            return int(cursor.fetchone()[0])
    return sum(path.stat().st_size for path in (indexes.root() / index.name).iterdir())


def _processor_seconds() -> float:
    """Return what this process and those it started and that ended used of the processors."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _whole(query: str) -> None:
    from kb.search.searching import search

    search(text=query, lang="en")


def _raw(query: str) -> None:
    from kb.search import indexes, ranking
    from kb.search.plans import plan_query
    from kb.search.queries import parse_query

    reader = indexes.current_reader()
    plan = plan_query(parse_query(query), resolve_tag=lambda name: name)
    started = time.perf_counter()
    found = reader.search(plan, limit=ranking.RERANKED, is_exact=False)
    reader.facets(plan, at_most=found.total)
    reader.shown([one.post for one in found.candidates[:20]])
    _raw_seconds.append(time.perf_counter() - started)


_raw_seconds: list[float] = []


def _timed(run: Callable[[str], None], query: str, clock: Clock = time.perf_counter) -> float:
    _raw_seconds.clear()
    started = clock()
    run(query)
    # A raw query's own time leaves out what makes it from the text.
    is_raw = bool(_raw_seconds) and clock is time.perf_counter
    return (_raw_seconds[0] if is_raw else clock() - started) * 1000


def _times(queries: list[str]) -> dict[str, Any]:
    return {
        "whole": _summary([_timed(_whole, query) for query in queries]),
        "raw": _summary([_timed(_raw, query) for query in queries]),
    }


def _summary(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)], 2),
    }


class _writing:  # noqa: N801 - reads as what happens meanwhile
    """Change articles and drain, as the site's own process does beside the searches."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        from django.db import connection

        from kb.models import Article
        from kb.search import indexes
        from kb.search.draining import drain
        from kb.search.outbox import note_articles

        ids = list(Article.objects.values_list("pk", flat=True)[:2000])
        writer = indexes.open_writer(self._index.engine, self._index.name)
        randomness = random.Random(4)
        while not self._stop.wait(0.5):
            note_articles(randomness.sample(ids, UPSERTS_PER_SECOND // 2))
            drain(index=self._index, writer=writer)
        writer.close()
        connection.close()


def _print(size: int, report: dict[str, Any]) -> None:
    print(f"\n{report['posts']} posts (made in {report['corpus_seconds']} s)")
    for engine, figures in report["engines"].items():
        print(
            f"{engine}: {figures['documents_per_second']} documents/s "
            f"({figures['documents_per_processor_second']} a second of processor), "
            f"{figures['bytes_per_document']} bytes each"
        )
        print(f"{'ms, p50/p95':16} {'whole':>14} {'raw':>14} {'whole, writing':>16}")
        for kind, quiet in figures["quiet"].items():
            cells = [quiet["whole"], quiet["raw"], figures["writing"][kind]["whole"]]
            shown = " ".join(f"{cell['p50']:7.2f}/{cell['p95']:<7.2f}" for cell in cells)
            print(f"{kind:16} {shown}")
        print(f"all: {figures['all']}")


if __name__ == "__main__":
    main()
