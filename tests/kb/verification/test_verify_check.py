"""`manage.py verify --check` tells what was green and is not from what never was."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from kb.models import Article, Post, PostSnippet
from snippets.curating import Curated, curate_snippet
from snippets.models import Snippet, Verification
from snippets.services import find_or_make_snippet

pytestmark = [pytest.mark.django_db, pytest.mark.jail]


def place(*snippets: Snippet) -> None:
    article = Article.objects.create(kind=Article.Kind.GUIDE, slug="a")
    post = Post.objects.create(article=article, role=Post.Role.BODY, position=0)
    for position, snippet in enumerate(snippets):
        PostSnippet.objects.create(post=post, snippet=snippet, position=position)


def check(*arguments: str) -> tuple[int, dict]:
    out = StringIO()
    try:
        call_command(
            "verify", "--check", "--json", "--jobs", "1", *arguments, stdout=out, stderr=StringIO()
        )
    except SystemExit as ended:
        return int(str(ended.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_what_never_worked_is_no_regression(sandbox_service: str) -> None:
    place(find_or_make_snippet(code="1 / 0"), find_or_make_snippet(code="print(1)"))

    assert check()[0] == 0
    assert check()[0] == 0


def test_what_worked_and_does_not_is_one(sandbox_service: str) -> None:
    snippet = find_or_make_snippet(code="print(1)", claim="1")
    place(snippet)
    check()

    find_or_make_snippet(code="print(1)", claim="2")
    code, report = check()

    assert (code, report["broken"]) == (1, [f"#{snippet.pk}"])
    assert (report["results"][0]["was"], report["results"][0]["outcome"]) == ("verified", "differs")
    assert Verification.objects.changes().get().change == "broke"


def test_corrections_are_reported_apart(sandbox_service: str) -> None:
    snippet = find_or_make_snippet(code="1 / 0")
    curate_snippet(curated=Curated(digest=snippet.digest, suggestion="1 / 1"))
    place(snippet)

    report = check()[1]

    assert [line["outcome"] for line in report["results"]] == ["fails"]
    assert [(line["code"], line["outcome"]) for line in report["suggestions"]] == [
        ("1 / 1", "runs")
    ]
