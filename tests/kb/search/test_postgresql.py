"""The same index in a real PostgreSQL with RUM, from the setting to the hits."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.config.test_postgresql import database_url  # noqa: F401 - the server is a fixture there

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import dataclasses, json, sys
from kb.models import Article
from kb.search import indexes
from kb.search.documents import build_documents
from kb.search.engines.fts5 import Fts5Reader, Fts5Writer
from kb.search.plans import plan_query
from kb.search.queries import parse_query
from tests.kb.search.test_engines_agree import QUERIES, resolve
from pathlib import Path
ids = list(Article.objects.values_list("pk", flat=True))
folder = Path(indexes.root()) / "oracle"
writer = Fts5Writer(folder)
writer.replace((), build_documents(ids))
writer.commit()
oracle, ours = Fts5Reader(folder), indexes.current_reader()
wrong = []
MORE = ["怎么保存模型", "max_pool padding [tensorflow]", "it's \\\\ odd", "batch_input_shape"]
readers = (oracle, ours)
plans = [(text, plan_query(parse_query(text), resolve_tag=resolve)) for text in [*QUERIES, *MORE]]
plans += [(f"{text} of 3", dataclasses.replace(p, articles=tuple(ids[:3]))) for text, p in plans]
for text, plan in plans:
    found = [{one.post for one in reader.search(plan, limit=500).candidates} for reader in readers]
    facets = [reader.facets(plan, at_most=len(found[0])) for reader in (oracle, ours)]
    counts = [{k: sorted(v) for k, v in one.counts.items()} for one in facets]
    covered = [reader.coverage(sorted(found[0]), plan.concepts) for reader in (oracle, ours)]
    totals = [reader.search(plan, limit=2).total for reader in readers]
    faster = ours.search(plan, limit=2, is_exact=False)
    if totals[0] != totals[1] or not {one.post for one in faster.candidates} <= found[0]:
        wrong.append(f"some of {text}")
    if found[0] != found[1] or counts[0] != counts[1] or covered[0] != covered[1]:
        wrong.append(text)
for read in ("words", "identifiers"):
    if dict(getattr(oracle, read)("tor", 500)) != dict(getattr(ours, read)("tor", 500)):
        wrong.append(read)
print(json.dumps({"engine": indexes.engine_of(indexes.current_name()), "wrong": wrong,
                  "size": [oracle.size(), ours.size()]}))
"""
MANY = """
import json
from kb.search.engines.postgresql import PostgresqlReader, PostgresqlWriter
from kb.search.plans import plan_query
from kb.search.queries import parse_query
from tests.kb.search.test_engines_agree import a_document
writer = PostgresqlWriter("postgresql-many")
articles = [number * 1009 % 4000 for number in range(4000)]
writer.replace((), [a_document(2 * one + half) for one in articles for half in (0, 1)])
writer.commit()
writer.close()
reader = PostgresqlReader("postgresql-many")
report = {}
for word in ("common", "rare"):
    plan = plan_query(parse_query(word), resolve_tag=str)
    total = reader.search(plan, limit=10, is_exact=False).total
    facets = reader.facets(plan, at_most=total)
    report[word] = [total, facets.articles, dict(facets.counts["tag"]), reader.frequency(word)]
print(json.dumps(report))
"""
UNSUITABLE = """
from kb.search import indexes
from kb.search.engines.base import EngineError
for use in (indexes.open_reader, indexes.open_writer):
    try:
        use("postgresql", "postgresql-x")
    except EngineError as error:
        print(error)
"""


@pytest.fixture(scope="module")
def run(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Callable:  # noqa: F811
    """Run a command of a site on that database."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "ZHIYAN_VAR": str(tmp_path_factory.mktemp("site")),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    def execute(*arguments: str) -> str:
        result = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        return result.stdout

    execute("manage.py", "migrate", "-v0")
    try:
        execute("manage.py", "shell", "-v0", "-c",
                "from django.db import connection\n"
                "connection.cursor().execute('CREATE EXTENSION rum')")  # fmt: skip
    except AssertionError:
        pytest.skip("no RUM for PostgreSQL; on Debian: apt-get install postgresql-15-rum")
    execute("manage.py", "load_content")
    execute("manage.py", "reindex")
    return execute


def test_same_posts_match_as_in_the_oracle(run: Callable):
    report = json.loads(run("manage.py", "shell", "-v0", "-c", SCRIPT).splitlines()[-1])

    assert report["engine"] == "postgresql"
    assert report["wrong"] == []
    assert report["size"][0] == report["size"][1] > 50


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("how to save model", "How do I save and load a PyTorch model?"),
        ("梯度裁剪", "How should I clip gradients: by norm or by value, and at which step?"),
        (
            "gradeint cliping",
            "How should I clip gradients: by norm or by value, and at which step?",
        ),
    ],
)
def test_right_article_is_first(run: Callable, query: str, right: str):
    report = json.loads(run("manage.py", "search", query, "--lang", "en", "--json"))

    assert report["hits"][0]["article"] == right


def test_new_index_takes_over_and_the_old_table_goes(run: Callable):
    run("manage.py", "reindex")
    count = "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'kb\\_search\\_%'"

    script = f"from django.db import connection\nc = connection.cursor()\nc.execute({count!r})\n"
    tables = run("manage.py", "shell", "-v0", "-c", f"{script}print(c.fetchone()[0])")

    assert tables.strip().splitlines()[-1] == "1"


def test_large_numbers_are_estimated_well_and_small_ones_counted(run: Callable):
    report = json.loads(run("manage.py", "shell", "-v0", "-c", MANY).splitlines()[-1])

    total, articles, tags, frequency = report["common"]
    assert [total, frequency] == pytest.approx([8000, 8000], rel=0.05)
    assert articles == pytest.approx(4000, rel=0.2)
    assert tags["a"] == pytest.approx(articles / 3, rel=0.2)
    assert report["rare"] == [100, 100, {"b": 100, "a": 34}, 100]


def test_database_without_rum_is_told_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    environment = {**os.environ, "ZHIYAN_VAR": str(tmp_path), "ZHIYAN_SEARCH": "postgresql"}

    said = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", UNSUITABLE],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip

    assert len(said) == 2
    assert all("rum extension" in line and "CREATE EXTENSION rum" in line for line in said)
