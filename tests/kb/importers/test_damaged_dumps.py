"""Dumps that are broken, hostile or odd: handled, reported, nothing half-written."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from kb.models import Article, Post, Tag, Translation
from tests.kb.importers.conftest import POSTS, Run

pytestmark = pytest.mark.django_db


def write(folder: Path, *rows: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> Path:
    (folder / "Posts.xml").write_text(f"{head}\n<posts>\n" + "\n".join(rows) + "\n</posts>\n")
    return folder


def question(id_: int, **attributes: str) -> str:
    values = {"Title": f"Question {id_}", "Body": "&lt;p&gt;text&lt;/p&gt;", "Score": "1",
              "CreationDate": "2020-01-01T00:00:00.000", **attributes}  # fmt: skip
    shown = " ".join(f'{name}="{value}"' for name, value in values.items() if value)
    return f'<row Id="{id_}" PostTypeId="1" {shown} />'


def test_half_a_file_is_refused_with_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Posts.xml").write_text(POSTS[: len(POSTS) // 2])

    with pytest.raises(CommandError, match=r"Posts\.xml, line \d+: the file is cut off here"):
        run("stackexchange", tmp_path)

    assert not Article.objects.exists()


def test_entity_bomb_is_refused(run: Run, tmp_path: Path) -> None:
    bomb = '<!DOCTYPE posts [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'

    with pytest.raises(CommandError, match="declares a document type"):
        run("stackexchange", write(tmp_path, question(1, Body="&b;"), head=bomb))


def test_outside_entity_is_refused(run: Run, tmp_path: Path) -> None:
    head = '<!DOCTYPE posts [<!ENTITY x SYSTEM "file:///etc/hostname">]>'

    with pytest.raises(CommandError, match="declares a document type"):
        run("stackexchange", write(tmp_path, question(1, Body="&x;"), head=head))


def test_wrong_encoding_is_refused_with_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Posts.xml").write_bytes(POSTS.encode("gb18030"))

    with pytest.raises(CommandError, match=r"Posts\.xml, line 8: not UTF-8"):
        run("stackexchange", tmp_path)


def test_declared_encoding_is_followed(run: Run, tmp_path: Path) -> None:
    text = POSTS.replace("utf-8", "gb18030")
    (tmp_path / "Posts.xml").write_bytes(text.encode("gb18030"))

    assert run("stackexchange", tmp_path)["created"] == 2
    assert Translation.objects.filter(title="怎样求和？").exists()


def test_other_xml_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Posts.xml").write_text("<rss></rss>")

    with pytest.raises(CommandError, match="expected <posts>"):
        run("stackexchange", tmp_path)


def test_forbidden_characters_are_replaced_and_reported(run: Run, tmp_path: Path) -> None:
    report = run("stackexchange", write(tmp_path, question(1, Body="a&#x1F;b &#12;c \x0b")))

    assert report["created"] == 1
    assert "3 characters that XML forbids" in report["errors"][0]["reason"]


def test_duplicate_ids_are_reported_and_the_first_taken(run: Run, tmp_path: Path) -> None:
    report = run("stackexchange", write(tmp_path, question(1), question(1, Title="Again")))

    assert report["errors"] == [
        {"row": "post 1", "reason": "this Id stands here again; only the first is taken"}
    ]
    assert Translation.objects.get().title == "Question 1"


def test_answers_without_their_question_are_reported(run: Run, tmp_path: Path) -> None:
    orphans = (
        '<row Id="7" PostTypeId="2" ParentId="6" Body="a" />',
        '<row Id="8" PostTypeId="2" Body="b" />',
    )

    report = run("stackexchange", write(tmp_path, question(1), *orphans))

    assert report["articles"] == 1
    assert [error["row"] for error in report["errors"]] == ["post 8", "post 7"]


def test_question_without_title_gets_its_first_words(run: Run, tmp_path: Path) -> None:
    body = "&lt;p&gt;Why is the loss nan?&lt;/p&gt;"

    report = run("stackexchange", write(tmp_path, question(1, Title="", Body=body)))

    assert Translation.objects.get().title == "Why is the loss nan?"
    assert "no title" in report["errors"][0]["reason"]


def test_question_without_title_and_text_is_left_out(run: Run, tmp_path: Path) -> None:
    report = run("stackexchange", write(tmp_path, question(1, Title="", Body=""), question(2)))

    assert report["created"] == 1
    assert report["errors"][0]["row"] == "post 1"


@pytest.mark.parametrize(
    ("date", "stored"),
    [
        ("1969-07-20T20:17:40.000", "1969-07-20T20:17:40+00:00"),
        ("0001-01-01T00:00:00.000", "0001-01-01T00:00:00+00:00"),
    ],
)
def test_dates_before_1970_are_kept(run: Run, tmp_path: Path, date: str, stored: str) -> None:
    run("stackexchange", write(tmp_path, question(1, CreationDate=date)))

    assert Post.objects.get().created_at.isoformat() == stored


@pytest.mark.parametrize("date", ["0000-00-00T00:00:00", "", "yesterday"])
def test_a_date_that_is_none_is_reported(run: Run, tmp_path: Path, date: str) -> None:
    report = run("stackexchange", write(tmp_path, question(1, CreationDate=date)))

    assert report["created"] == 1
    assert "no date" in report["errors"][0]["reason"]


def test_unknown_tags_are_made_and_known_ones_found(run: Run, tmp_path: Path) -> None:
    known = Tag.objects.create(slug="pytorch", name_zh="火炬", name_en="PyTorch")

    run("stackexchange", write(tmp_path, question(1, Tags="|PyTorch|brand-new|卷积|")))

    article = Article.objects.get()
    assert known in article.tags.all()
    assert article.tags.count() == 3
    assert Tag.objects.filter(slug="brand-new").exists()


def test_scripts_never_reach_a_page(run: Run, tmp_path: Path) -> None:
    body = (
        "&lt;p onclick='x()'&gt;Hi&lt;script&gt;alert(1)&lt;/script&gt;"
        "&lt;a href='javascript:alert(2)'&gt;link&lt;/a&gt;&lt;iframe src='//x'&gt;&lt;/iframe&gt;"
    )

    run("stackexchange", write(tmp_path, question(1, Body=body)))

    text = Translation.objects.get()
    for stored in (text.markdown, str(text.blocks)):
        assert "alert" not in stored
        assert "onclick" not in stored
        assert "iframe" not in stored


def test_accepted_id_that_points_nowhere_is_no_error(run: Run, tmp_path: Path) -> None:
    report = run("stackexchange", write(tmp_path, question(1, AcceptedAnswerId="99")))

    assert report["errors"] == []


def test_missing_folder_is_named(run: Run, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="name the dump's folder"):
        run("stackexchange", tmp_path / "none")
