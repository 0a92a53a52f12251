"""Our own export, imported into a site that has other content."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kb.models import Article, Translation
from tests.kb.importers.conftest import Run


@pytest.fixture
def exported(run: Run, dump: Path, tmp_path: Path) -> Path:
    run("stackexchange", dump)
    call_command("export", str(tmp_path / "out"), stdout=io.StringIO())
    return tmp_path / "out"


def test_articles_come_with_texts_dates_and_tags(exported: Path, run: Run) -> None:
    before = list(Translation.objects.order_by("pk").values_list("title", "markdown"))
    Article.objects.all().delete()

    report = run("export", exported)

    assert (report["created"], report["answers"], report["errors"]) == (2, 2, [])
    assert list(Translation.objects.order_by("pk").values_list("title", "markdown")) == before
    article = Article.objects.get(source__external_id="stackexchange:1")
    assert article.created_at.year == 2015
    assert set(article.tags.values_list("slug", flat=True)) == {"pytorch", "tensors"}


def test_second_import_changes_nothing(exported: Path, run: Run) -> None:
    run("export", exported)

    assert run("export", exported)["unchanged"] == 2


def test_damaged_export_is_refused(exported: Path, run: Run) -> None:
    path = exported / "data" / "kb.translation.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    count = Article.objects.count()

    with pytest.raises(CommandError, match=r"kb\.translation\.jsonl"):
        run("export", exported)

    assert Article.objects.count() == count
