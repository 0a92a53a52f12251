"""Whoever asks reads articles, posts, tags, snippets and verifications; no token is needed."""

import pytest

from kb.models import Article
from kb.reading.versions import site_version
from snippets.models import Snippet, Verification
from tests.kb.api.conftest import Program
from tests.kb.reading.test_many_articles import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def snippet(freezing: Article) -> Snippet:
    """The snippet of the article, which broke on one runtime."""
    found = Snippet.objects.get()
    for outcome, change, is_current in (("verified", "", False), ("fails", "broke", True)):
        Verification.objects.create(
            snippet=found,
            runtime="torch-2.13",
            key="k",
            outcome=outcome,
            change=change,
            is_current=is_current,
        )
    return found


def test_list_shows_articles_in_both_languages(program: Program, freezing: Article):
    response = program.get("/articles")

    (line,) = response.json()["items"]
    assert line["titles"] == {"zh": "如何冻结层？", "en": "How do I freeze layers?"}
    assert line["tags"] == ["autograd", "pytorch"]
    assert line["urls"]["en"] == f"http://testserver/en/q/{freezing.pk}/freeze"
    assert response.json()["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"tag": "pytorch"}, True),
        ({"tag": "Torch"}, True),  # a synonym
        ({"tag": ["pytorch", "autograd"]}, True),
        ({"tag": "keras"}, False),
        ({"kind": "guide"}, False),
        ({"health": "unchecked"}, True),
        ({"language": "zh"}, True),
        ({"changed_since": "2001-01-01T00:00:00Z"}, True),
        ({"changed_since": "2999-01-01T00:00:00+08:00"}, False),
        ({"order": "changed"}, True),
    ],
)
def test_list_of_articles_is_narrowed(
    program: Program, freezing: Article, query: dict[str, str], is_found: bool
):
    assert bool(program.get("/articles", **query).json()["items"]) == is_found


def test_article_has_its_posts_in_every_language(program: Program, freezing: Article):
    article = program.get(f"/articles/{freezing.pk}").json()

    question, answer = article["posts"]
    assert question["translations"]["zh"]["title"] == "如何冻结层？"
    assert answer["role"] == "answer"
    assert answer["translations"]["en"]["markdown"].startswith("So:")
    assert answer["snippets"] == [Snippet.objects.get().pk]
    assert program.get(f"/posts/{answer['id']}").json() == answer


def test_article_that_was_removed_is_gone(program: Program, freezing: Article):
    from kb.models import Post

    fill(1)
    Post.objects.filter(article=freezing).delete()
    freezing.delete()

    assert program.get("/articles/1").status_code == 410
    assert program.get("/articles/999").status_code == 404


def test_text_and_its_revisions(program: Program, freezing: Article):
    post = freezing.posts.get(position=1)
    path = f"/posts/{post.pk}/translations/zh"

    text = program.get(path).json()
    (revision,) = program.get(f"{path}/revisions").json()["items"]

    assert text["revision"] == revision["number"] == 1
    assert revision["markdown"] == text["markdown"]


def test_tag_is_found_by_its_synonym(program: Program, freezing: Article):
    tag = program.get("/tags/torch").json()

    assert (tag["slug"], tag["names"]["zh"], tag["article_count"]) == ("pytorch", "火炬", 1)
    assert [one["slug"] for one in program.get("/tags").json()["items"]] == [
        "autograd",
        "keras",
        "lstm",
        "pytorch",
    ]


def test_snippet_shows_its_matrix(program: Program, snippet: Snippet, freezing: Article):
    told = program.get(f"/snippets/{snippet.pk}").json()

    assert told["code"] == "print(1)"
    assert told["articles"] == [freezing.pk]
    assert told["outcomes"] == {"torch-2.13": "fails"}
    assert [one["outcome"] for one in told["matrix"]] == ["fails"]


def test_snippets_are_narrowed_by_article_and_outcome(
    program: Program, snippet: Snippet, freezing: Article
):
    def ids(**query: object) -> list[int]:
        return [one["id"] for one in program.get("/snippets", **query).json()["items"]]

    assert ids(article=freezing.pk, outcome="fails", kind="python") == [snippet.pk]
    assert ids(article=freezing.pk + 1) == ids(outcome="runs") == ids(kind="python2") == []


def test_what_broke_is_listed(program: Program, snippet: Snippet):
    items = program.get("/verifications", change="broke").json()["items"]

    assert [(one["snippet"], one["outcome"]) for one in items] == [(snippet.pk, "fails")]
    assert program.get(f"/verifications/{items[0]['id']}").json() == items[0]


def test_history_of_a_snippet_has_earlier_outcomes(program: Program, snippet: Snippet):
    history = program.get(f"/snippets/{snippet.pk}/verifications", runtime="torch-2.13")

    assert [one["outcome"] for one in history.json()["items"]] == ["fails", "verified"]


def test_current_verifications_are_told_apart(program: Program, snippet: Snippet):
    now, earlier = (program.get("/verifications", current=word) for word in ("true", "false"))

    assert [one["outcome"] for one in now.json()["items"]] == ["fails"]
    assert [one["outcome"] for one in earlier.json()["items"]] == ["verified"]


def test_runtimes_are_named(program: Program, db: None):
    names = [one["name"] for one in program.get("/runtimes").json()["items"]]

    assert "torch-2.13" in names


def test_root_leads_on(program: Program, db: None):
    root = program.get("/").json()

    assert root["openapi"] == "http://testserver/api/v1/openapi.json"
    assert program.get("/openapi.json").json()["info"]["title"] == "Zhiyan API"


def test_unchanged_list_is_not_sent_again(program: Program, freezing: Article):
    etag = program.get("/articles").headers["ETag"]

    again = program.get("/articles", headers={"If-None-Match": etag})

    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == etag


def test_unchanged_list_costs_the_two_queries_that_tell_so(
    program: Program, freezing: Article, django_assert_num_queries
):
    etag = program.get("/articles").headers["ETag"]

    with django_assert_num_queries(2):
        program.get("/articles", headers={"If-None-Match": etag})


def test_change_is_seen_at_once(program: Program, freezing: Article):
    path = f"/articles/{freezing.pk}"
    etags = {name: program.get(name).headers["ETag"] for name in (path, "/articles")}
    before = site_version()

    Article.objects.get().tags.clear()
    from kb.curation.standing import refresh_standing

    refresh_standing(article_ids=[freezing.pk])

    assert site_version() != before
    for name, etag in etags.items():
        assert program.get(name, headers={"If-None-Match": etag}).status_code == 200


def test_snippet_that_was_verified_again_is_sent_again(program: Program, snippet: Snippet):
    path = f"/snippets/{snippet.pk}"
    etag = program.get(path).headers["ETag"]
    assert program.get(path, headers={"If-None-Match": etag}).status_code == 304

    Verification.objects.filter(is_current=True).update(outcome="stale")

    assert program.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_date_of_a_moment_ago_is_no_proof_that_nothing_changed(program: Program, freezing: Article):
    path = f"/articles/{freezing.pk}"
    date = program.get(path).headers["Last-Modified"]

    assert program.get(path, headers={"If-Modified-Since": date}).status_code == 200

    Article.objects.update(changed_at="2026-01-01T00:00:00Z")
    date = program.get(path).headers["Last-Modified"]
    assert program.get(path, headers={"If-Modified-Since": date}).status_code == 304


def test_pages_of_other_sites_may_read_and_no_more(program: Program, freezing: Article):
    read = program.get("/articles")
    written = program.send("/runs", {"runtime": "torch-2.13", "code": "1"})

    assert read.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in read.headers
    assert "Access-Control-Allow-Origin" not in written.headers


def test_reading_sets_no_cookie(program: Program, freezing: Article):
    response = program.get(f"/articles/{freezing.pk}")

    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_head_is_a_get_without_body(program: Program, freezing: Article):
    response = program.head("/articles")

    assert response.status_code == 200
    assert response.headers["ETag"] == program.get("/articles").headers["ETag"]
