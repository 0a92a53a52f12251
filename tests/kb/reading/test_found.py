"""What search engines, feed readers, browsers and other sites are told."""

import json
import re
import xml.etree.ElementTree as ET

import pytest
from django.test import Client
from django.urls import reverse

from kb.models import Article, PostSnippet

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def path(freezing: Article) -> str:
    return reverse("article", args=["en", freezing.pk, freezing.slug])


def links(text: str, rel: str) -> dict[str, str]:
    found = re.findall(rf'<link rel="{rel}"(?: hreflang="([^"]+)")? href="([^"]+)">', text)
    return dict(found)


def test_article_names_itself_and_its_twin(client: Client, path: str):
    english = client.get(path).content.decode()
    chinese = client.get(path.replace("/en/", "/zh/")).content.decode()

    assert links(english, "canonical")[""] == f"http://testserver{path}"
    assert links(english, "alternate") == links(chinese, "alternate")
    assert set(links(english, "alternate")) == {"zh-Hans", "en", "x-default"}


def test_side_by_side_has_the_canonical_address_of_one_language(client: Client, path: str):
    text = client.get(f"{path}?mode=both").content.decode()

    assert links(text, "canonical")[""] == f"http://testserver{path}"


def test_question_is_described_as_a_question_page(client: Client, path: str):
    text = client.get(path).content.decode()

    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)
    data = json.loads(found[1])

    assert data["@type"] == "QAPage"
    assert data["inLanguage"] == "en"
    assert data["mainEntity"]["answerCount"] == 1
    assert data["mainEntity"]["suggestedAnswer"][0]["url"].endswith("#answer-1")


def test_shared_link_shows_a_picture(client: Client, path: str):
    text = client.get(path).content.decode()

    assert re.search(r'property="og:image" content="http://testserver/static/card.*png"', text)


@pytest.mark.parametrize("address", ["/en/feed.atom", "/en/tags/pytorch.atom", "article"])
def test_feed_is_valid_and_conditional(client: Client, freezing: Article, address: str):
    address = f"/en/q/{freezing.pk}.atom" if address == "article" else address

    first = client.get(address)
    again = client.get(address, headers={"if-modified-since": first.headers["Last-Modified"]})

    feed = ET.fromstring(first.content)
    assert feed.tag == f"{ATOM}feed"
    assert len(feed.findall(f"{ATOM}entry")) >= 1
    assert again.status_code == 304


def test_entries_keep_their_ids_at_another_address(client: Client, freezing: Article):
    ids = [
        [
            entry.findtext(f"{ATOM}id")
            for entry in ET.fromstring(answer.content).iter(f"{ATOM}entry")
        ]
        for answer in (
            client.get("/zh/feed.atom"),
            client.get("/zh/feed.atom", headers={"host": "localhost"}),
        )
    ]

    assert ids[0] == ids[1] == [f"urn:zhiyan:zh:article:{freezing.pk}"]


def test_sitemaps_list_each_article_in_both_languages(client: Client, freezing: Article, path: str):
    index = client.get("/sitemap.xml").content.decode()
    entries = client.get("/sitemap-articles-1.xml").content.decode()

    assert "http://testserver/sitemap-articles-1.xml" in index
    assert f"<loc>http://testserver{path}</loc>" in entries
    assert entries.count("<xhtml:link") == 4


@pytest.mark.parametrize("name", ["articles-2", "articles-0", "articles-x", "nope"])
def test_unknown_sitemap_is_404(client: Client, freezing: Article, name: str):
    assert client.get(f"/sitemap-{name}.xml").status_code == 404


def test_robots_are_kept_from_endless_pages(client: Client):
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /en/search" in text
    assert "Disallow: /zh/tagged/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_browser_learns_how_to_search(client: Client):
    text = client.get("/zh/opensearch.xml").content.decode()

    assert 'template="http://testserver/zh/search?q={searchTerms}"' in text


def test_snippet_is_embedded_with_a_policy_of_its_own(client: Client, freezing: Article):
    snippet = PostSnippet.objects.get(post__article=freezing).snippet_id
    address = f"http://testserver/en/snippets/{snippet}"

    offer = client.get("/oembed", {"url": address}).json()
    frame = client.get(f"/en/snippets/{snippet}/embed")

    assert f'src="{address}/embed"' in offer["html"]
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in frame.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame.headers
    assert "csrfmiddlewaretoken" not in frame.content.decode()
    assert "Set-Cookie" not in frame.headers


@pytest.mark.parametrize(
    "url", ["", "http://testserver/en/", "http://elsewhere/en/snippets/1", "http://[", "x"]
)
def test_oembed_offers_snippets_of_ours_only(client: Client, url: str):
    assert client.get("/oembed", {"url": url}).status_code == 404
