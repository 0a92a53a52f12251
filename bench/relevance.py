"""Judge the search on bench/relevance.yaml: nDCG@10 for each kind of query.

`python -m bench.relevance [--json] [--verbose]` loads content/ (and the archive page, where it
lies beside the repository) among the Python documentation into a throw-away database, and asks
our search and, on the same texts, SQLite FTS5 with its porter and trigram tokenizers and Whoosh;
where requirements-semantic.txt is installed, our search with title vectors, too.
"""

import argparse
import json
import logging
import math
import os
import re
import sqlite3
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ARCHIVE = ROOT.parent / "shared" / "archive" / "deep-learning.txt"
DEPTH = 10
VECTORS = "with vectors"
OTHER_WORDS = "other words"  # than the articles': measured apart, in no total
Search = Callable[[str], list[int]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="show what ranks badly")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="zhiyan-bench-") as var:
        os.environ["ZHIYAN_VAR"] = var
        os.environ.pop("DATABASE_URL", None)
        report = measure(is_verbose=options.verbose)
    if options.json:
        sys.stdout.write(json.dumps(report) + "\n")
        return
    names = list(report["systems"])
    print(f"{'nDCG@10':14} {'queries':>7} " + " ".join(f"{name:>14}" for name in names))
    for kind, count in report["queries"].items():
        values = " ".join(f"{report['systems'][name][kind]:14.3f}" for name in names)
        print(f"{kind:14} {count:7} {values}")
    print(f"best of the others: {report['best_other']}; ours is {report['ratio']} times as good")


def measure(*, is_verbose: bool = False) -> dict[str, Any]:
    """Return each system's nDCG@10 by kind of query, and over all."""
    import django

    django.setup()
    from kb.search.draining import rebuild
    from kb.search.vectors import fill_vectors

    judged = load_corpus()
    rebuild()
    texts = _article_texts()
    systems: dict[str, Search] = {
        "zhiyan": _by_words,
        **({VECTORS: _ours} if fill_vectors() else {}),
        "fts5 porter": _fts5(texts, "porter unicode61"),
        "fts5 trigram": _fts5(texts, "trigram"),
        "whoosh": _whoosh(texts),
    }
    kinds: dict[str, list[str]] = defaultdict(list)
    scores: dict[str, dict[str, list[float]]] = {n: defaultdict(list) for n in systems}
    for kind, query, relevant in judged:
        kinds[kind].append(query)
        for name, search in systems.items():
            found = search(query)
            score = ndcg(found, relevant)
            scores[name][kind].append(score)
            if is_verbose and name == "zhiyan" and score < 0.99:
                titles = [_title(pk) for pk in found[:3]]
                print(f"{score:.2f} {kind:12} {query[:60]!r}: {titles}", file=sys.stderr)
    table = {
        name: {
            **{kind: round(statistics.mean(values), 3) for kind, values in by_kind.items()},
            "all": round(statistics.mean(_counted(by_kind)), 3),
        }
        for name, by_kind in scores.items()
    }
    others = {name: row["all"] for name, row in table.items() if name not in {"zhiyan", VECTORS}}
    best = max(others, key=lambda name: others[name])
    return {
        "documents": len(texts),
        "queries": {
            **{kind: len(q) for kind, q in kinds.items()},
            "all": sum(kind != OTHER_WORDS for kind, *_ in judged),
        },
        "systems": table,
        "best_other": best,
        "ratio": round(table["zhiyan"]["all"] / others[best], 2),
    }


def load_corpus() -> list[tuple[str, str, dict[int, int]]]:
    """Fill the database; return kind, query and the judged articles' grades."""
    import io

    import yaml
    from django.core.management import call_command

    from bench.corpus import documentation_pages, write_pages
    from kb.models import Translation

    call_command("migrate", verbosity=0)
    call_command("load_content", stdout=io.StringIO())
    if ARCHIVE.exists():
        call_command("import_archive", str(ARCHIVE), "--json", stdout=io.StringIO())
    judged = yaml.safe_load((ROOT / "bench" / "relevance.yaml").read_text(encoding="utf-8"))
    Translation.objects.filter(
        post__article__source__external_id__in=judged["english_only"], language="zh-hans"
    ).delete()
    write_pages(documentation_pages())
    rows = []
    kinds = {**judged["queries"], OTHER_WORDS: judged["other_words"]}
    for kind, queries in kinds.items():
        for query, grades in queries.items():
            relevant = {pk: grade for name, grade in grades.items() if (pk := _article_of(name))}
            if relevant:
                rows.append((kind, query, relevant))
    return rows


def _article_of(name: str) -> int | None:
    from kb.models import Article

    if name.startswith("archive:"):
        found = Article.objects.filter(
            source__kind="archive", source__title__contains=name.removeprefix("archive:")
        )
    else:
        found = Article.objects.filter(source__kind="content", source__external_id=name)
    pk = found.values_list("pk", flat=True).first()
    if pk is None and not name.startswith("archive:"):
        raise SystemExit(f"bench/relevance.yaml: no article {name!r} in content/")
    return pk


def _title(pk: int) -> str:
    from kb.models import Translation

    found = Translation.objects.filter(post__article=pk, title__gt="").first()
    return found.title[:40] if found else "?"


def ndcg(found: Sequence[int], relevant: Mapping[int, int]) -> float:
    """Return the normalised discounted cumulative gain of the first DEPTH, from 0 to 1."""

    def gain(grades: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))

    reached = gain([relevant.get(pk, 0) for pk in found[:DEPTH]])
    return reached / gain(sorted(relevant.values(), reverse=True)[:DEPTH])


def _counted(scores: Mapping[str, Sequence[float]]) -> Iterator[float]:
    for kind, values in scores.items():
        if kind != OTHER_WORDS:
            yield from values


def _by_words(query: str) -> list[int]:
    from unittest.mock import patch

    with patch("kb.search.vectors.are_on", return_value=False):
        return _ours(query)


def _ours(query: str) -> list[int]:
    from kb.search.searching import search
    from kb.search.words import is_chinese

    lang = "zh" if is_chinese(query) else "en"
    return [hit.article for hit in search(text=query, lang=lang).hits]


def _article_texts() -> dict[int, tuple[str, str]]:
    """Return each article's titles and whole text, as a site without our analysis would index."""
    from kb.models import PostSnippet, Translation
    from kb.search.texts import read_blocks

    texts: dict[int, tuple[str, str]] = {}
    for article, title, blocks in Translation.objects.values_list(
        "post__article_id", "title", "blocks"
    ):
        known = texts.get(article, ("", ""))
        text = read_blocks(blocks)
        texts[article] = (f"{known[0]} {title}", f"{known[1]}\n{text.prose}\n{text.code}")
    for article, code in PostSnippet.objects.values_list("post__article_id", "snippet__code"):
        title, text = texts[article]
        texts[article] = (title, f"{text}\n{code}")
    return texts


def _fts5(texts: Mapping[int, tuple[str, str]], tokenizer: str) -> Search:
    database = sqlite3.connect(":memory:")
    database.execute(f'CREATE VIRTUAL TABLE search USING fts5(title, text, tokenize="{tokenizer}")')
    database.executemany(
        "INSERT INTO search (rowid, title, text) VALUES (?, ?, ?)",
        [(pk, *pair) for pk, pair in texts.items()],
    )

    def search(query: str) -> list[int]:
        # Any word, each quoted, which is the kindest reading of what was typed.
        words = re.findall(r"\w+", query)
        match = " OR ".join(f'"{word}"' for word in words)
        if not match:
            return []
        rows = database.execute(
            "SELECT rowid FROM search WHERE search MATCH ? ORDER BY bm25(search, 2.0, 1.0) LIMIT ?",
            [match, DEPTH],
        )
        return [row[0] for row in rows]

    return search


def _whoosh(texts: Mapping[int, tuple[str, str]]) -> Search:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from whoosh.analysis import StemmingAnalyzer
        from whoosh.fields import NUMERIC, TEXT, Schema
        from whoosh.filedb.filestore import RamStorage
        from whoosh.qparser import MultifieldParser, OrGroup

    schema = Schema(
        pk=NUMERIC(stored=True),
        title=TEXT(analyzer=StemmingAnalyzer(), field_boost=2.0),
        text=TEXT(analyzer=StemmingAnalyzer()),
    )
    index = RamStorage().create_index(schema)
    writer = index.writer()
    for pk, (title, text) in texts.items():
        writer.add_document(pk=pk, title=title, text=text)
    writer.commit()
    searcher = index.searcher()
    parser = MultifieldParser(["title", "text"], schema, group=OrGroup)

    def search(query: str) -> list[int]:
        words = " ".join(re.findall(r"\w+", query))
        return [hit["pk"] for hit in searcher.search(parser.parse(words), limit=DEPTH)]

    return search


if __name__ == "__main__":
    main()
