"""Content files are loaded all or not at all, and errors name file, line and reason."""

import io
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from kb.content import ContentError, read_content
from kb.models import Article, Post, Tag, Translation

TAGS = """\
- slug: pytorch
  name: {zh: 火炬, en: PyTorch}
  synonyms: [torch]
- slug: autograd
  name: {zh: 自动求导, en: Autograd}
  parent: pytorch
"""
ZH = """\
---
title: 如何冻结？
kind: question
tags: [torch, autograd]
---
问题。

<!-- answer -->
第一。

<!-- answer accepted -->
```python run
print(1)
```
"""
EN = (
    ZH.replace("如何冻结？", "How to freeze?").replace("问题。", "Ask.").replace("第一。", "First.")
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "tags.yaml").write_text(TAGS, encoding="utf-8")
    (tmp_path / "articles/freeze.zh.md").write_text(ZH, encoding="utf-8")
    (tmp_path / "articles/freeze.en.md").write_text(EN, encoding="utf-8")
    return tmp_path


def load(folder: Path) -> dict[str, int]:
    out = io.StringIO()
    call_command("load_content", str(folder), "--json", stdout=out)
    result: dict[str, int] = json.loads(out.getvalue())
    return result


def test_files_become_an_article(folder: Path):
    counts = load(folder)

    assert counts == {
        "tags": 2, "tags_changed": 2, "articles": 1, "created": 1, "updated": 0, "unchanged": 0,
    }  # fmt: skip
    article = Article.objects.get()
    assert [tag.slug for tag in article.tags.all()] == ["autograd", "pytorch"]
    assert [(p.role, p.is_accepted) for p in Post.objects.all()] == [
        ("question", False), ("answer", False), ("answer", True),
    ]  # fmt: skip
    titles = Translation.objects.filter(post__position=0).values_list("title", flat=True)
    assert set(titles) == {"如何冻结？", "How to freeze?"}
    assert Tag.objects.get(slug="autograd").parent == Tag.objects.get(slug="pytorch")


def test_loading_again_changes_nothing(folder: Path):
    load(folder)

    again = load(folder)

    assert (again["unchanged"], again["created"], again["tags_changed"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("freeze.zh.md", "---\ntitle", "title", "freeze.zh.md:1: the file must start with"),
        ("freeze.zh.md", "kind: question", "kind: essay", "freeze.zh.md:1: kind 'essay'"),
        ("freeze.zh.md", "kind: question\n", "", "freeze.zh.md:1: missing key 'kind'"),
        ("freeze.zh.md", "kind:", "author: x\nkind:", "freeze.zh.md:1: unknown key 'author'"),
        ("freeze.zh.md", "title: 如何", "title: [", "freeze.zh.md:3: YAML"),
        ("freeze.zh.md", "torch,", "torhc,", "tags differs from freeze"),
        ("freeze.en.md", "python run", "python rnu", "freeze.en.md:12: unknown option 'rnu'"),
        (
            "freeze.en.md",
            "print(1)",
            "print(2)",
            ":12: the code of this snippet differs from snippet 1",
        ),
        ("freeze.en.md", "First.", "", "freeze.en.md:9: empty section"),
        ("freeze.en.md", "First.", r"$\nope$", r"freeze.en.md:9: formula $\nope$: unknown"),
        (
            "freeze.en.md",
            "<!-- answer -->\nFirst.\n",
            "",
            "freeze.zh.md:1: 2 answers, 1 in freeze.en.md",
        ),
    ],
)
def test_wrong_file_is_named_with_its_line(folder: Path, name: str, old: str, new: str, said: str):
    path = folder / "articles" / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(CommandError) as caught:
        load(folder)

    assert said in str(caught.value)
    assert not Tag.objects.exists()


def test_every_wrong_file_is_named(folder: Path):
    (folder / "articles/one.zh.md").write_bytes(b"---\n\xff\n---\n")
    (folder / "articles/Two.md").write_text("x", encoding="utf-8")

    with pytest.raises(ContentError) as caught:
        read_content(folder)

    assert [(p.path.name, p.line) for p in caught.value.problems] == [
        ("Two.md", 0),
        ("one.zh.md", 2),
    ]


def test_unknown_tag_is_an_error(folder: Path):
    for name in ("freeze.zh.md", "freeze.en.md"):
        path = folder / "articles" / name
        path.write_text(
            path.read_text(encoding="utf-8").replace("torch,", "nope,"), encoding="utf-8"
        )

    with pytest.raises(ContentError, match="unknown tag 'nope'"):
        read_content(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("parent: pytorch", "parent: nope", "unknown parent 'nope'"),
        ("[torch]", "[autograd]", "'autograd' belongs to 'pytorch' and 'autograd'"),
        ("zh: 火炬, ", "", "name needs both languages"),
        ("slug: autograd", "slug: Auto grad", "a slug is lower-case"),
        ("parent:", "parnet:", "unknown key 'parnet'"),
        ("- slug: pytorch", "slug: pytorch", "YAML"),
    ],
)
def test_wrong_tag_list_is_an_error(folder: Path, old: str, new: str, said: str):
    (folder / "tags.yaml").write_text(TAGS.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ContentError, match=said):
        read_content(folder)


def test_answer_marks_inside_code_separate_nothing(folder: Path):
    text = "```text\n<!-- answer -->\n```\n"
    for name in ("freeze.zh.md", "freeze.en.md"):
        path = folder / "articles" / name
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    [article] = read_content(folder).articles

    assert len(article.posts) == 3


def test_our_own_content_can_be_read():
    content = read_content(settings.BASE_DIR / "content")

    assert len(content.articles) >= 12
    assert all(len(p.translations) == 2 for article in content.articles for p in article.posts)
