"""A saved tag page: questions with numbered answers, and introductions of projects."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from kb.models import Article, Language, OldAddress, Translation
from snippets.models import Snippet
from tests.kb.importers.conftest import Run

CODE = '<pre><code class="language-python">import torch\nx = torch.ones(2)</code></pre>'
PAGE = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Tag</title>
<link rel="canonical" href="https://blog.example.org/tag/tensors/"><script>track()</script></head>
<body><nav>Menu</nav>
<article class="post"><header><h2 class="entry-title"><a href="/ones/">怎样得到全一张量?</a></h2>
<time datetime="2020-05-06T07:08:09+08:00">May</time></header>
<div class="entry-content">
<h3>问题:怎样得到全一张量?</h3><p>看代码：</p>{CODE}<p>有更短的吗？</p>
<p>See the code:</p>{CODE}<p>Is there a shorter way?</p>
<h3>回答 0</h3><p>没有。</p><p>No.</p>
<h3>回答 1</h3><p>有的<script>alert(1)</script>。</p><p>There is.</p>
</div><footer><a rel="tag" href="/tag/tensors/">tensors</a></footer></article>
<article class="post"><h2><a href="/gridkit/">Gridkit-画网格的工具</a></h2>
<div class="entry-content"><p>安装</p><pre>pip install gridkit</pre></div></article>
</body></html>
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_articles_questions_and_answers_are_found(run: Run, path: Path) -> None:
    report = run("html", path)

    assert (report["questions"], report["answers"], report["guides"]) == (1, 2, 1)
    assert report["snippets"] == Snippet.objects.count() == 1
    assert report["errors"] == []


def test_every_section_is_split_into_its_languages(run: Run, path: Path) -> None:
    run("html", path)

    question = Translation.objects.filter(post__article__kind="question")
    opening = question.get(post__position=0, language=Language.EN)
    assert opening.markdown.startswith("See the code:")
    assert opening.markdown.endswith("Is there a shorter way?")
    assert question.get(post__position=2, language=Language.ZH).markdown == "有的。"
    assert question.get(post__position=2, language=Language.EN).markdown == "There is."


def test_addresses_tags_and_dates_are_kept(run: Run, path: Path) -> None:
    run("html", path)

    article = Article.objects.get(kind="question")
    assert article.source is not None
    assert article.source.url == "https://blog.example.org/ones/"
    assert article.tags.get().slug == "tensors"
    assert article.created_at.isoformat() == "2020-05-05T23:08:09+00:00"
    assert OldAddress.objects.get(article=article).address == "/ones"


def test_second_import_changes_nothing(run: Run, path: Path) -> None:
    run("html", path)

    assert run("html", path)["unchanged"] == 2


def test_page_without_articles_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html><p>nothing</p></html>")

    with pytest.raises(CommandError, match="no <article>"):
        run("html", path)


def test_wrong_encoding_is_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(PAGE.encode("gb18030"))

    with pytest.raises(CommandError, match="neither UTF-8 nor what it declares"):
        run("html", path)


def test_declared_encoding_is_followed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(PAGE.replace('charset="utf-8"', 'charset="gb18030"').encode("gb18030"))

    assert run("html", path)["created"] == 2
