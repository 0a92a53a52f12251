"""`manage.py import_archive`: all articles or none, the same twice, one JSON object."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kb.importers.archive import tags_named_in
from kb.models import Article, PostSnippet, Revision, Source, Tag, TagSynonym, Translation
from snippets.models import Snippet

PAGE = """\
标签归档:{tag}

怎样在PyTorch中求和?

问题:怎样在PyTorch中求和?

看这段代码:

x = torch.arange(3)
x.sum()

See this code:

x = torch.arange(3)
x.sum()

回答 0

很好。

Very good.

Gridkit-把网格画成图片的工具

安装

pip install gridkit
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(PAGE.format(tag="tensors"), encoding="utf-8")
    return path


def run(path: Path, *options: str) -> dict[str, object]:
    out = io.StringIO()
    call_command("import_archive", path, "--json", *options, stdout=out)
    report = json.loads(out.getvalue())
    assert isinstance(report, dict)
    return report


def test_report_has_every_count_and_nothing_else(path: Path) -> None:
    assert run(path) == {
        "articles": 2,
        "questions": 1,
        "guides": 1,
        "answers": 1,
        "sections": 2,
        "blocks": {
            "python": 2, "shell": 1, "output": 0, "console": 0, "drawing": 0, "names": 0,
            "bibtex": 0, "json": 0,
        },
        "snippets": 1,
        "lines_unplaced": 0,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "dry_run": False,
    }  # fmt: skip


def test_what_is_stored_is_the_page(path: Path) -> None:
    run(path)

    question, guide = Article.objects.order_by("id")
    assert (question.kind, guide.kind) == ("question", "guide")
    assert [t.title for t in Translation.objects.filter(post__article=guide)] == [
        "Gridkit-把网格画成图片的工具"
    ]
    assert question.posts.count() == 2
    assert Translation.objects.filter(post__article=question).count() == 4
    assert Snippet.objects.get().code == "x = torch.arange(3)\nx.sum()"
    assert PostSnippet.objects.count() == 1
    assert Source.objects.filter(kind="archive", external_id__startswith="tensors/").count() == 2


def test_second_import_changes_nothing(path: Path) -> None:
    run(path)
    before = list(Translation.objects.values()), list(Source.objects.values())

    report = run(path)

    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 2)
    assert (list(Translation.objects.values()), list(Source.objects.values())) == before


def test_corrected_file_updates_the_article_it_corrects(path: Path) -> None:
    run(path)
    path.write_text(path.read_text().replace("很好。", "好极了。"), encoding="utf-8")

    report = run(path)

    assert (report["created"], report["updated"], report["unchanged"]) == (0, 1, 1)
    assert Article.objects.count() == 2
    assert Revision.objects.filter(markdown="好极了。\n", number=2).count() == 1


def test_dry_run_reports_and_writes_nothing(path: Path) -> None:
    report = run(path, "--dry-run")

    assert (report["created"], report["dry_run"]) == (2, True)
    assert not Article.objects.exists()
    assert not Tag.objects.exists()
    assert not Snippet.objects.exists()


def test_bad_file_is_refused_with_path_line_and_reason_and_nothing_is_written(path: Path) -> None:
    text = path.read_text().replace("See this code:\n\nx = torch.arange(3)", "See this code:")
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CommandError) as caught:
        run(path)

    assert str(caught.value) == (
        f"{path}, line 9: the question: this python block has no twin in the other language; "
        "is the file cut off?; nothing imported"
    )
    assert not Article.objects.exists()
    assert not Tag.objects.exists()


@pytest.mark.parametrize("name", ["", "missing.txt"])
def test_directory_and_missing_file_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match="nothing imported"):
        run(tmp_path / name)


def test_article_twice_in_a_file_is_refused(path: Path) -> None:
    other = "\nOther-另一个有用的命令行工具\n\n好\n"
    guide = "\nGridkit-把网格画成图片的工具\n\n又一次\n"
    path.write_text(path.read_text() + other + guide, encoding="utf-8")

    with pytest.raises(CommandError, match=r"line 33: the article of line 23 stands here again"):
        run(path)


def test_page_tag_is_made_where_it_is_missing(path: Path) -> None:
    run(path)

    tag = Tag.objects.get()
    assert (tag.slug, tag.name_en, tag.articles.count()) == ("tensors", "Tensors", 2)


def test_page_tag_is_found_by_its_chinese_name(tmp_path: Path) -> None:
    tag = Tag.objects.create(slug="tensor", name_zh="张量", name_en="Tensor")
    path = tmp_path / "page.txt"
    path.write_text(PAGE.format(tag="张量"), encoding="utf-8")

    run(path)

    assert tag.articles.count() == 2
    assert Tag.objects.count() == 1


def test_unknown_chinese_tag_gets_an_address_in_ascii(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(PAGE.format(tag="张量"), encoding="utf-8")

    run(path)

    tag = Tag.objects.get()
    assert tag.slug.isascii()
    assert tag.name_zh == "张量"


def test_tags_named_in_a_title_are_given(path: Path) -> None:
    pytorch = Tag.objects.create(slug="pytorch", name_zh="PyTorch", name_en="PyTorch")
    summing = Tag.objects.create(slug="sums", name_zh="总和", name_en="Sums")
    TagSynonym.objects.create(tag=summing, name="求和")
    Tag.objects.create(slug="torch", name_zh="火炬", name_en="Torch")

    run(path)

    question = Article.objects.get(kind="question")
    assert set(question.tags.values_list("slug", flat=True)) == {"tensors", "pytorch", "sums"}
    assert pytorch.articles.count() == 1


@pytest.mark.parametrize(
    ("title", "is_named"),
    [
        ("张量的形状", True),
        ("怎样打印张量?", False),
        ("在PyTorch中张量和数组", True),
        ("张量流中的SAME填充", False),
        ("Tensor是什么", True),
        ("tensorflow是什么", False),
    ],
)
def test_name_of_a_tag_counts_only_as_a_word(title: str, is_named: bool) -> None:
    assert bool(tags_named_in(title, [("张量", "tensors"), ("tensor", "tensors")])) == is_named


def test_without_json_a_table_is_printed(path: Path) -> None:
    out = io.StringIO()

    call_command("import_archive", path, stdout=out)

    assert "lines unplaced" in out.getvalue()
