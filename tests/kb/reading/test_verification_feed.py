"""What broke and what works again is an Atom feed, in either language."""

import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from kb.models import Article, PostSnippet
from snippets.models import Batch, Verification

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def judge(article: Article, outcome: str, change: str, **more: object) -> Verification:
    snippet = PostSnippet.objects.filter(post__article=article)[0].snippet
    Verification.objects.filter(snippet=snippet).update(is_current=False)
    return Verification.objects.create(
        snippet=snippet, runtime="torch-2.13", key="k", outcome=outcome, change=change, **more
    )


def entries(client: Client, lang: str) -> list[dict[str, str]]:
    root = ET.fromstring(client.get(f"/{lang}/verification.atom").content)
    return [
        {
            "title": entry.findtext(f"{ATOM}title") or "",
            "summary": entry.findtext(f"{ATOM}summary") or "",
            "link": entry.find(f"{ATOM}link").get("href") or "",
        }
        for entry in root.iter(f"{ATOM}entry")
    ]


def test_what_changed_is_told_the_latest_first(client: Client, freezing: Article) -> None:
    judge(freezing, "runs", "")
    broke = judge(freezing, "fails", "broke", reason="ValueError: no")
    judge(freezing, "runs", "fixed")

    mended, broken = entries(client, "en")
    chinese = entries(client, "zh")

    assert mended["title"].endswith("torch-2.13: works again")
    assert broken["title"].endswith("torch-2.13: broke")
    assert broken["summary"] == "fails. ValueError: no"
    assert chinese[1]["title"].endswith("torch-2.13：失效")
    assert chinese[1]["summary"].endswith("。ValueError: no")
    assert broken["link"].endswith(f"/{freezing.slug}#snippet-{broke.snippet_id}")
    assert len(chinese) == 2
    assert chinese[1]["title"] != broken["title"]


def test_reds_that_were_put_aside_are_no_news(client: Client, freezing: Article) -> None:
    judge(freezing, "fails", "broke", batch=Batch.objects.create(state="stopped"))

    assert entries(client, "en") == []


def test_message_with_signs_that_xml_cannot_hold_breaks_no_feed(
    client: Client, freezing: Article
) -> None:
    judge(freezing, "fails", "broke", reason="ValueError: \x1b[31mred\x08")

    (broken,) = entries(client, "en")

    assert "red" in broken["summary"]
