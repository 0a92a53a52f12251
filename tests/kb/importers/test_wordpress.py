"""A WordPress export: published posts and pages become guides."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from kb.models import Article, OldAddress, Picture, Translation
from tests.kb.importers.conftest import Run

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def wxr(*items: str, version: str = "1.2", scheme: str = "http") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="{scheme}://wordpress.org/export/{version}/">
<channel><title>Blog</title><link>https://blog.example.org</link>
<wp:wxr_version>{version}</wp:wxr_version>
<wp:author><wp:author_login>ada</wp:author_login>
<wp:author_display_name><![CDATA[Ada L.]]></wp:author_display_name></wp:author>
{"".join(items)}
</channel></rss>"""


def item(id_: int = 5, body: str = "<p>Text</p>", **fields: str) -> str:
    values = {
        "title": "Padding in convolutions", "link": f"https://blog.example.org/2019/pad-{id_}/",
        "dc:creator": "ada", "wp:post_id": str(id_), "wp:post_date": "2019-05-06 10:00:00",
        "wp:post_date_gmt": "2019-05-06 08:00:00", "wp:post_name": f"pad-{id_}",
        "wp:status": "publish", "wp:post_type": "post",
        **{name.replace("__", ":"): value for name, value in fields.items()},
    }  # fmt: skip
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in values.items())
    return (
        f"<item>{inner}<content:encoded><![CDATA[{body}]]></content:encoded>"
        '<category domain="post_tag" nicename="cnn"><![CDATA[CNN]]></category>'
        '<category domain="category" nicename="x"><![CDATA[Blogging]]></category></item>'
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.xml"


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_version_is_read(run: Run, path: Path, version: str, scheme: str) -> None:
    path.write_text(wxr(item(), version=version, scheme=scheme))

    assert run("wxr", path)["guides"] == 1


def test_post_keeps_title_author_date_tags_and_addresses(run: Run, path: Path) -> None:
    path.write_text(wxr(item()))

    run("wxr", path)

    article = Article.objects.get()
    assert article.source is not None
    assert article.source.author == article.posts.get().author == "Ada L."
    assert article.source.url == "https://blog.example.org/2019/pad-5/"
    assert article.created_at.isoformat() == "2019-05-06T08:00:00+00:00"
    assert article.slug == "pad-5"
    assert list(article.tags.values_list("slug", flat=True)) == ["cnn"]
    assert set(OldAddress.objects.values_list("address", flat=True)) == {"/2019/pad-5", "/?p=5"}


def test_unknown_gmt_date_gives_way_to_the_local_one(run: Run, path: Path) -> None:
    path.write_text(wxr(item(wp__post_date_gmt="0000-00-00 00:00:00")))

    report = run("wxr", path)

    assert Article.objects.get().created_at.isoformat() == "2019-05-06T10:00:00+00:00"
    assert report["errors"] == []


def test_blank_lines_make_paragraphs_and_shortcodes_code(run: Run, path: Path) -> None:
    path.write_text(wxr(item(body="One.\n\nTwo.\n\n[python]\nprint(1)\n[/python]")))

    run("wxr", path)

    assert Translation.objects.get().markdown == ("One.\n\nTwo.\n\n```python run\nprint(1)\n```")


def test_drafts_and_attachments_stay_out(run: Run, path: Path) -> None:
    path.write_text(wxr(item(1, wp__status="draft"), item(2, wp__post_type="attachment"), item(3)))

    assert run("wxr", path)["articles"] == 1


def test_pictures_come_from_the_given_files_only(run: Run, path: Path) -> None:
    (path.parent / "plot.png").write_bytes(PNG)
    path.write_text(
        wxr(item(body='<p><img src="https://blog.example.org/up/plot.png" alt="A plot">'
                      '<img src="https://blog.example.org/up/gone.png" alt="Gone"></p>'))
    )  # fmt: skip

    run("wxr", path)

    text = Translation.objects.get()
    assert f"![A plot](picture:{Picture.objects.get().digest})" in text.markdown
    assert "[Gone](https://blog.example.org/up/gone.png)" in text.markdown


def test_cut_off_export_writes_nothing(run: Run, path: Path) -> None:
    whole = wxr(*(item(number) for number in range(1, 400)))
    path.write_text(whole[:-40])

    with pytest.raises(CommandError, match="the file is cut off here"):
        run("wxr", path)

    assert not Article.objects.exists()


def test_item_without_text_is_reported(run: Run, path: Path) -> None:
    path.write_text(wxr(item(1, body=""), item(2)))

    report = run("wxr", path)

    assert report["created"] == 1
    assert "without text" in report["errors"][0]["reason"]
