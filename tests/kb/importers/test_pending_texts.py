"""Imported texts are readable at once, and rendered by their first reader or in the background."""

from pathlib import Path

import pytest
from django.test import Client

from kb.models import Article, Picture, PostSnippet, Translation
from kb.storing.pending import render_pending
from tests.kb.importers.conftest import Run
from tests.kb.importers.test_wordpress import PNG


@pytest.fixture
def article(run: Run, dump: Path) -> Article:
    run("stackexchange", dump)
    return Article.objects.get(source__external_id="1")


def test_plain_blocks_show_text_and_snippets(article: Article) -> None:
    text = Translation.objects.get(post__article=article, post__position=0)

    assert not text.is_rendered
    assert text.blocks == [
        {"kind": "html", "html": "<p>How do I **sum**? It costs $5.</p>"},
        {"kind": "snippet", "snippet": PostSnippet.objects.get().snippet_id},
    ]


def test_first_reader_gets_the_rendered_text(article: Article, client: Client) -> None:
    page = client.get(f"/en/q/{article.pk}/{article.slug}").content.decode()

    assert "How do I <strong>sum</strong>? It costs $5." in page
    assert not Translation.objects.filter(post__article=article, is_rendered=False).exists()


def test_background_renders_the_rest(article: Article) -> None:
    assert render_pending(seconds=30) == 4
    assert render_pending(seconds=30) == 0


def test_text_that_does_not_render_is_shown_plainly(article: Article) -> None:
    Translation.objects.filter(post__position=0).update(markdown="```python\nnever closed")

    render_pending(seconds=30)

    text = Translation.objects.filter(post__article=article, post__position=0).get()
    assert text.is_rendered
    assert text.blocks == [{"kind": "html", "html": "<pre>```python\nnever closed</pre>"}]


def test_pictures_of_imports_are_served(run: Run, tmp_path: Path, client: Client) -> None:
    (tmp_path / "plot.png").write_bytes(PNG)
    (tmp_path / "a.md").write_text("# A\n\n![A plot](plot.png)\n")
    run("markdown", tmp_path)
    digest = Picture.objects.get().digest

    page = client.get(f"/en/q/{Article.objects.get().pk}/a").content.decode()
    response = client.get(f"/pictures/{digest}")

    assert f'<img alt="A plot" src="/pictures/{digest}">' in page
    assert (response["Content-Type"], response.content) == ("image/png", PNG)
    assert client.get(f"/pictures/{'0' * 64}").status_code == 404
