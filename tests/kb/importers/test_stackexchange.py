"""A Stack Exchange dump: what becomes of its questions and answers."""

from pathlib import Path

import pytest
import redis

from kb.models import (
    Article,
    Language,
    OldAddress,
    Post,
    Revision,
    SharedSetup,
    Source,
    Tag,
    Translation,
)
from kb.reading.listing import first_articles
from snippets import checking
from snippets.models import Snippet
from snippets.services import find_or_make_snippet
from tests.kb.importers.conftest import Run


@pytest.fixture
def article(run: Run, dump: Path) -> Article:
    run("stackexchange", dump, "--site", "https://ai.example.org")
    return Article.objects.get(source__external_id="ai.example.org/1")


def test_report_counts_what_was_stored(run: Run, dump: Path) -> None:
    report = run("stackexchange", dump)

    assert (report["articles"], report["questions"], report["answers"]) == (2, 2, 2)
    assert (report["created"], report["updated"], report["unchanged"]) == (2, 0, 0)
    assert report["blocks"]["python"] == report["snippets"] == 1
    assert report["errors"] == []


def test_question_keeps_title_author_score_date_and_licence(article: Article) -> None:
    source = article.source
    question = article.posts.get(position=0)

    assert source is not None
    assert source.title == "How do I sum a tensor?"
    assert (source.author, question.author, question.score) == ("Ada", "Ada", 12)
    assert source.licence == "CC BY-SA 3.0, CC BY-SA 4.0"
    assert source.url == "https://ai.example.org/questions/1"
    assert question.created_at.isoformat() == "2015-03-05T22:28:34.823000+00:00"
    assert article.created_at == question.created_at
    assert sorted(article.tags.values_list("slug", flat=True)) == ["pytorch", "tensors"]


def test_answers_follow_with_the_accepted_one_marked(article: Article) -> None:
    answers = article.posts.filter(role=Post.Role.ANSWER)

    assert list(answers.values_list("author", "score", "is_accepted")) == [
        ("Guest", -1, False),
        ("Blaise", 5, True),
    ]


def test_html_becomes_markdown_with_runnable_code(article: Article) -> None:
    text = Translation.objects.get(post__article=article, post__position=0)

    assert text.markdown == (
        "How do I **sum**? It costs \\$5.\n\n"
        "```python run\nimport torch\ntorch.arange(3).sum()\n```"
    )
    assert Snippet.objects.get().code == "import torch\ntorch.arange(3).sum()"
    assert Revision.objects.filter(translation=text).count() == 1


def test_language_is_seen_in_the_text(run: Run, dump: Path) -> None:
    run("stackexchange", dump)

    chinese = Translation.objects.get(title="怎样求和？")

    assert chinese.language == Language.ZH
    assert chinese.post.article.tags.get().slug == "keras"


def test_old_addresses_lead_to_question_and_answer(article: Article) -> None:
    found = OldAddress.objects.values_list("address", "article", "position")

    assert ("/questions/1", article.pk, 0) in found
    assert ("/a/3", article.pk, 2) in found


def test_second_import_changes_nothing(run: Run, dump: Path) -> None:
    run("stackexchange", dump)
    before = list(Source.objects.values()), list(Translation.objects.values())

    report = run("stackexchange", dump)

    assert (report["created"], report["unchanged"]) == (0, 2)
    assert (list(Source.objects.values()), list(Translation.objects.values())) == before


def test_changed_answer_gets_a_revision_and_the_others_none(run: Run, dump: Path) -> None:
    run("stackexchange", dump)
    posts = dump / "Posts.xml"
    posts.write_text(posts.read_text().replace("You cannot.", "You can."))

    report = run("stackexchange", dump)

    assert (report["updated"], report["unchanged"]) == (1, 1)
    assert Revision.objects.filter(number=2).count() == 1
    assert Revision.objects.get(number=2).markdown == "You can."


def test_filters_leave_out_questions_with_their_answers(run: Run, dump: Path) -> None:
    assert run("stackexchange", dump, "--tag", "PyTorch", "--dry-run")["articles"] == 1
    assert run("stackexchange", dump, "--min-score", "5", "--dry-run")["answers"] == 2
    assert run("stackexchange", dump, "--since", "2015-12-31", "--dry-run")["answers"] == 0
    assert run("stackexchange", dump, "--min-score", "99", "--dry-run")["errors"] == []


def test_dry_run_writes_nothing(run: Run, dump: Path) -> None:
    report = run("stackexchange", dump, "--dry-run")

    assert report["created"] == 2
    assert not Article.objects.exists()
    assert not Snippet.objects.exists()


def linked_dump(dump: Path) -> Path:
    """Add tags, links and the asker's votes to the dump."""
    posts = dump / "Posts.xml"
    text = posts.read_text(encoding="utf-8")
    text = text.replace(' AcceptedAnswerId="3"', "").replace(
        "</posts>",
        '<row Id="6" PostTypeId="4" Body="Tensors are &lt;b&gt;arrays&lt;/b&gt; of numbers." />'
        '<row Id="7" PostTypeId="1" CreationDate="2016-02-01T00:00:00.000" Score="0" '
        'Body="&lt;p&gt;Sums?&lt;/p&gt;" Title="Sums &amp; means" Tags="|tensors|" /></posts>',
    )
    posts.write_text(text, encoding="utf-8")
    (dump / "Tags.xml").write_text(
        '<tags><row Id="1" TagName="tensors" Count="2" ExcerptPostId="6" WikiPostId="5" /></tags>'
    )
    (dump / "PostLinks.xml").write_text(
        "<postlinks>"
        '<row Id="1" PostId="7" RelatedPostId="1" LinkTypeId="3" />'
        '<row Id="2" PostId="7" RelatedPostId="4" LinkTypeId="1" />'
        '<row Id="3" PostId="99" RelatedPostId="1" LinkTypeId="3" />'
        '<row Id="4" PostId="7" RelatedPostId="98" LinkTypeId="1" />'
        "</postlinks>"
    )
    (dump / "Votes.xml").write_text(
        '<votes><row Id="1" PostId="3" VoteTypeId="1" /><row Id="2" PostId="1" VoteTypeId="2" />'
        "</votes>"
    )
    return dump


def test_new_tags_are_described_by_their_excerpts(run: Run, dump: Path) -> None:
    Tag.objects.create(slug="pytorch", name_zh="PyTorch", name_en="PyTorch")

    run("stackexchange", linked_dump(dump))

    tag = Tag.objects.get(slug="tensors")
    assert tag.description_en == "Tensors are arrays of numbers."
    assert Tag.objects.get(slug="pytorch").description_en == ""


def test_answer_is_accepted_by_the_askers_vote(run: Run, dump: Path) -> None:
    run("stackexchange", linked_dump(dump))

    answers = Post.objects.filter(role=Post.Role.ANSWER).order_by("position")
    assert list(answers.values_list("is_accepted", flat=True)) == [False, True]


def test_links_of_a_question_follow_its_text(run: Run, dump: Path) -> None:
    run("stackexchange", linked_dump(dump), "--site", "https://ai.example.org")

    text = Translation.objects.get(title="Sums & means").markdown
    assert "[How do I sum a tensor?](https://ai.example.org/questions/1)" in text
    assert "**Duplicate of:**" in text
    assert "[怎样求和？](https://ai.example.org/questions/4)" in text
    assert "98" not in text


def test_duplicate_that_is_not_imported_leads_to_its_original(run: Run, dump: Path) -> None:
    run("stackexchange", linked_dump(dump))

    article = Article.objects.get(source__external_id="1")
    found = OldAddress.objects.filter(article=article, position=0)
    assert sorted(found.values_list("address", flat=True)) == ["/questions/1", "/questions/99"]


def test_dump_with_links_is_unchanged_the_second_time(run: Run, dump: Path) -> None:
    run("stackexchange", linked_dump(dump))

    assert run("stackexchange", dump)["unchanged"] == 3


def test_imported_fragments_get_the_setups_of_their_tags(run: Run, dump: Path) -> None:
    SharedSetup.objects.create(scope="tag:pytorch", code="import torch")

    run("stackexchange", dump)

    assert Snippet.objects.get().shared_setups == ["import torch"]


def test_imported_code_is_counted_at_once_and_queued_with_the_next_batch(
    run: Run, dump: Path, broker: redis.Redis
) -> None:
    run("stackexchange", dump)
    fresh = Article.objects.get(posts__placements__isnull=False)
    rows = first_articles(Article.objects.filter(pk=fresh.pk), lang="en", count=1)

    queued = checking.request_due()

    assert (fresh.health, Snippet.objects.get().kind) == ("unchecked", "python")
    assert rows[0].summary is not None
    assert (rows[0].summary.snippets, rows[0].summary.working) == (1, 0)
    cell = Snippet.objects.get().verifications.get()
    assert (cell.outcome, queued) in {("waiting", 1), ("skipped", 0)}  # without the runtime


def test_earlier_places_of_a_snippet_rule(run: Run, dump: Path) -> None:
    code = "import torch\ntorch.arange(3).sum()"
    find_or_make_snippet(code=code, name="first.py", claim="tensor(3)")

    run("stackexchange", dump)

    snippet = Snippet.objects.get()
    assert (snippet.name, snippet.claim) == ("first.py", "tensor(3)")
