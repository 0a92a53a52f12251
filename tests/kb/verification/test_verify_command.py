"""`manage.py verify` checks what articles show, and says what came of it."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kb.models import Article, Language, Post, PostSnippet, Translation
from snippets.models import Snippet
from snippets.services import find_or_make_snippet

pytestmark = pytest.mark.django_db


def place(*snippets: Snippet, title: str) -> Article:
    article = Article.objects.create(kind=Article.Kind.GUIDE, slug=title)
    post = Post.objects.create(article=article, role=Post.Role.BODY, position=0)
    Translation.objects.create(post=post, language=Language.ZH, title=title, markdown="")
    for position, snippet in enumerate(snippets):
        PostSnippet.objects.create(post=post, snippet=snippet, position=position)
    return article


def verify(*arguments: str) -> list[dict[str, str]]:
    out = StringIO()
    call_command("verify", "--json", "--jobs", "1", *arguments, stdout=out)
    return json.loads(out.getvalue())["results"]


@pytest.mark.jail
def test_report_has_a_line_for_each_snippet_and_runtime(sandbox_service: str) -> None:
    place(
        find_or_make_snippet(code="print(x)", setup="x = 1", claim="1"),
        find_or_make_snippet(code="import torch\nraise undefined"),
        title="一篇",
    )

    first, second = verify()

    assert first == {
        "code": "print(x)",
        "article": "一篇",
        "runtime": "torch-2.13",
        "outcome": "verified",
        "reason": "",
        "setup": "x = 1",
        "stdout": "1\n",
        "name": f"#{Snippet.objects.get(claim='1').pk}",
        "origin": "authored",
        "repairs": [],
        "was": "",
    }
    assert (second["outcome"], second["reason"].partition(":")[0]) == (
        "not-runnable",
        "undefined-name",
    )


@pytest.mark.jail
def test_one_article_on_one_runtime(sandbox_service: str) -> None:
    snippet = find_or_make_snippet(code="print(1)")
    place(snippet, title="a")
    other = place(find_or_make_snippet(code="print(2)"), snippet, title="b")

    assert [line["code"] for line in verify("--article", str(other.pk))] == ["print(2)", "print(1)"]
    assert verify("--runtime", "tf-2.15") == []


def test_unknown_runtime_and_article_are_named() -> None:
    with pytest.raises(CommandError, match=r"unknown runtime 'cobol'; known: .*torch-2\.13"):
        verify("--runtime", "cobol")
    with pytest.raises(CommandError, match="no article has the id 7"):
        verify("--article", "7")


def test_runtime_that_is_not_built_is_skipped_with_the_command_that_builds_it(
    tmp_path, monkeypatch: pytest.MonkeyPatch, sandbox_service: str
) -> None:
    folder = tmp_path / "runtimes.d"
    folder.mkdir()
    (folder / "absent-1.0.toml").write_text(
        'label = "Absent"\npreload = []\nlibraries = ["absent"]\npackages = ["absent==1.0"]\n'
    )
    monkeypatch.setenv("ZHIYAN_VAR", str(tmp_path))
    place(find_or_make_snippet(code="import absent"), title="a")

    (line,) = verify()

    assert line["outcome"] == "skipped"
    assert "python -m sandbox build absent-1.0" in line["reason"]
