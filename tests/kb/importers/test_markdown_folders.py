"""Folders of Markdown: front matter, pairs of languages, what other tools write."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from kb.markdown.rendering import render
from kb.models import Article, Language, Post, Translation
from snippets.models import Snippet
from tests.kb.importers.conftest import Run

CODE = "```python\nimport torch\nprint(torch.ones(2))\n```"


def texts(article: Article) -> dict[str, str]:
    found = Translation.objects.filter(post__article=article)
    return {text.language: text.markdown for text in found}


def test_front_matter_gives_title_tags_author_licence_and_date(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text(
        "---\ntitle: Strides\ntags: [pytorch, views]\nauthor: Ada\nlicense: CC BY 4.0\n"
        f"date: 2021-02-03\nsource: https://example.org/strides\n---\nText.\n\n{CODE}\n"
    )

    run("markdown", tmp_path)

    article = Article.objects.get()
    assert article.source is not None
    assert (article.source.title, article.source.author) == ("Strides", "Ada")
    assert (article.source.licence, article.source.url) == (
        "CC BY 4.0",
        "https://example.org/strides",
    )
    assert article.created_at.date().isoformat() == "2021-02-03"
    assert texts(article)[Language.EN].endswith(CODE.replace("python", "python run"))


@pytest.mark.parametrize(
    "names", [("a.md", "a.en.md"), ("a.zh.md", "a.en.md"), ("a.md", "a_origin.md")]
)
def test_pairs_are_one_article(run: Run, tmp_path: Path, names: tuple[str, str]) -> None:
    (tmp_path / names[0]).write_text(f"# 步幅\n\n看代码：\n\n{CODE}\n")
    (tmp_path / names[1]).write_text(f"# Strides\n\nSee the code:\n\n{CODE}\n")

    report = run("markdown", tmp_path)

    assert report["articles"] == 1
    assert report["snippets"] == Snippet.objects.count() == 1
    assert set(texts(Article.objects.get())) == {Language.ZH, Language.EN}


def test_code_that_differs_between_the_languages_is_shown_not_run(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"# 标题\n\n中文\n\n{CODE}\n\n```python\nx = 1  # 注释\n```\n")
    (tmp_path / "a.en.md").write_text(
        f"# Title\n\nEnglish\n\n{CODE}\n\n```python\nx = 1  # remark\n```\n"
    )

    report = run("markdown", tmp_path)

    assert Snippet.objects.count() == 1
    assert "differ between the languages" in report["errors"][0]["reason"]
    assert "x = 1  # remark" in texts(Article.objects.get())[Language.EN]


def test_our_own_format_keeps_what_runs_and_its_answers(run: Run, tmp_path: Path) -> None:
    front = "---\ntitle: Why?\nkind: question\ntags: [pytorch]\n---\n"
    (tmp_path / "why.en.md").write_text(
        f"{front}Why?\n\n{CODE}\n\n<!-- answer accepted -->\nBecause.\n"
    )

    report = run("markdown", tmp_path)

    assert (report["questions"], report["answers"], report["snippets"]) == (1, 1, 0)
    assert Post.objects.get(position=1).is_accepted


def test_marks_of_book_tools_become_ours(run: Run, tmp_path: Path) -> None:
    (tmp_path / "book.md").write_text(
        "# Layers\n:label:`sec_layers`\n\n[**Bold claim**] and (~~a hidden one~~), see "
        ":numref:`fig_a` and :cite:`Someone.2017`.\n\n"
        "```{.python .input}\n#@tab pytorch\nimport torch\n```\n\n"
        "```{.python .input}\n#@tab mxnet\nimport mxnet\n```\n\n"
        ":begin_tab:`tensorflow`\nOnly here.\n:end_tab:\n"
    )

    run("markdown", tmp_path)

    text = texts(Article.objects.get())[Language.EN]
    assert "**Bold claim** and a hidden one, see `fig_a` and `Someone.2017`." in text
    assert "```python run runtime=torch-2.13\nimport torch\n```" in text
    assert "```python\nimport mxnet\n```" in text
    assert "**tensorflow:**\n\nOnly here." in text
    assert "label" not in text


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and $6, and $\\frac{a$ is broken.",
        "$$\nnever closed",
        "```python\nnever closed",
        "    indented = 1\n\nText",
        "![picture](https://example.org/a.png) <img src='b.png'> <script>x()</script>",
        "- item\n\n  ```\n  code\n  ```\n",
        "`<br>` and `$x` stay; <b>bold</b> goes",
    ],
)
def test_any_text_renders(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.md").write_text(f"# Odd\n\n{text}\n")

    run("markdown", tmp_path)

    stored = texts(Article.objects.get())[Language.EN]
    assert render(stored).blocks
    assert "script" not in stored


def test_files_that_cannot_be_read_are_reported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("# Good\n\nText\n")
    (tmp_path / "latin.md").write_bytes("# Caf\xe9\n\nText\n".encode("latin-1"))
    (tmp_path / "empty.md").write_text("")
    (tmp_path / "front.md").write_text("---\ntitle: [unclosed\n---\nText\n")

    report = run("markdown", tmp_path)

    assert report["created"] == 1
    rows = sorted(error["row"] for error in report["errors"])
    assert rows == ["empty.md", "front.md", "latin.md:1"]


def test_no_markdown_at_all_is_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no \.md file"):
        run("markdown", tmp_path)


def test_pictures_outside_the_folder_are_not_taken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"\x89PNG\r\n\x1a\nsecret")
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "a.md").write_text("# A\n\n![x](../secret.png) text\n")

    run("markdown", folder)

    assert texts(Article.objects.get())[Language.EN] == "x text"
