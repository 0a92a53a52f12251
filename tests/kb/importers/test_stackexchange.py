"""A Stack Exchange dump: what becomes of its questions and answers."""

from pathlib import Path

import pytest

from kb.models import Article, Language, OldAddress, Post, Revision, Source, Translation
from snippets.models import Snippet
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
