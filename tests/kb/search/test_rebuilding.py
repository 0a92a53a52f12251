"""An index is built beside the one that answers; a damaged one breaks no page."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tantivy
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from kb.models import Article, IndexChange, Post, SearchIndex
from kb.search import building, indexes
from kb.search.draining import rebuild
from kb.search.engines.base import Document, EngineError
from kb.search.following import follow, usable_index
from kb.search.searching import search
from kb.services import save_article
from tests.kb.conftest import post, question

pytestmark = pytest.mark.django_db


def save(slug: str, title: str) -> None:
    save_article(
        draft=question(
            post(Post.Role.QUESTION, None, "Body.", en_title=title),
            post(Post.Role.ANSWER, None, "Answer."),
            slug=slug,
        )
    )


def found(text: str) -> int:
    return search(text=text, lang="en").total


@pytest.mark.parametrize("engine", ["tantivy", "fts5"])
def test_command_builds_what_the_setting_names(
    articles: dict[str, Article], settings, engine: str, capsys: pytest.CaptureFixture[str]
):
    settings.SEARCH_ENGINE = engine

    call_command("reindex")

    assert "3 articles" in capsys.readouterr().out
    assert indexes.current_name().startswith(f"{engine}-")
    assert found("gradients") == 1


def test_old_index_answers_until_the_new_one_is_whole(index: SearchIndex):
    old = indexes.current_name()
    seen: list[str | None] = []

    new = rebuild(progress=lambda done, total: seen.append(indexes.current_name()))

    assert set(seen) == {old}
    assert indexes.current_name() == new.name != old
    assert [one.name for one in SearchIndex.objects.all()] == [new.name]
    assert not (indexes.root() / old).exists()


def test_change_during_the_building_is_in_the_new_index(index: SearchIndex):
    def change(done: int, total: int) -> None:
        if done == total and not Article.objects.filter(slug="late").exists():
            save("late", "A late quokka")

    rebuild(progress=change)

    assert found("quokka") == 1


def test_building_that_fails_leaves_the_old_index(index: SearchIndex):
    def fail(done: int, total: int) -> None:
        raise RuntimeError("the machine is full")

    with pytest.raises(RuntimeError):
        rebuild(progress=fail)

    assert indexes.current_name() == index.name
    assert found("gradients") == 1
    assert list(SearchIndex.objects.values_list("name", flat=True)) == [index.name]


def damage(folder: Path, how: str) -> None:
    for path in folder.iterdir():
        if how == "emptied":
            path.unlink()
        elif path.is_file():
            path.write_bytes(b"rubbish" * 50)


@pytest.mark.parametrize("engine", ["tantivy", "fts5"])
@pytest.mark.parametrize("how", ["emptied", "overwritten"])
def test_damaged_index_breaks_no_page_and_is_built_anew(
    articles: dict[str, Article], settings, client: Client, engine: str, how: str
):
    settings.SEARCH_ENGINE = engine
    broken = rebuild()
    indexes.forget_reader()
    damage(indexes.root() / broken.name, how)

    response = client.get("/en/search", {"q": "freeze"})
    article = articles["freeze"]
    page = client.get(f"/en/q/{article.pk}/{article.slug}")
    suggested = client.get("/en/search/suggestions", {"q": "fre"})

    assert response.status_code == page.status_code == suggested.status_code == 200
    assert "How to freeze layers" in response.content.decode()
    assert usable_index() is None
    run_drainer_once()
    assert found("gradients") == 1


def run_drainer_once() -> None:
    """Follow changes until an index is usable and all changes are in it."""
    calls = 0

    def is_over() -> bool:
        nonlocal calls
        calls += 1
        return calls > 200 or (usable_index() is not None and not IndexChange.objects.exists())

    follow(is_over=is_over)
    indexes.forget_reader()


def test_index_of_another_analysis_is_built_anew(index: SearchIndex):
    SearchIndex.objects.filter(pk=index.pk).update(version="0.older")

    run_drainer_once()

    assert indexes.current_name() != index.name
    assert found("gradients") == 1


def test_index_that_was_given_up_is_built_anew(index: SearchIndex):
    SearchIndex.objects.all().delete()
    save("untold", "An untold quokka")

    run_drainer_once()

    assert found("quokka") == 1


def test_search_sees_commits_of_the_drainer_without_being_told(
    index: SearchIndex, catch_up: Callable[[], int]
):
    reader = indexes.current_reader()
    save("fresh", "A fresh quokka")
    catch_up()

    assert indexes.current_reader() is reader
    assert found("quokka") == 1


def test_second_drainer_says_that_one_is_enough(index: SearchIndex):
    with indexes.only_drainer(), pytest.raises(CommandError, match="one is enough"):
        call_command("index_drain")


@pytest.mark.django_db(transaction=True)
def test_several_processes_build_what_one_builds(
    articles: dict[str, Article], monkeypatch: pytest.MonkeyPatch
):
    def built() -> list[Document]:
        with building.builders(len(articles)) as made:
            return [one for _, some in made.build([pk] for pk in ids) for one in some]

    ids = sorted(article.pk for article in articles.values())
    alone = built()
    monkeypatch.setattr(building, "MANY", 1)

    assert len(alone) > len(ids)
    assert built() == alone


@pytest.mark.django_db(transaction=True)
def test_an_index_built_by_several_processes_answers(
    articles: dict[str, Article], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(building, "MANY", 1)

    rebuild()

    assert found("gradients") == 1


def test_index_with_other_fields_is_not_asked(articles: dict[str, Article], client: Client):
    index = rebuild()
    folder = indexes.root() / index.name
    for file in folder.iterdir():
        file.unlink()
    fields = tantivy.SchemaBuilder()
    fields.add_text_field("title")
    tantivy.Index(fields.build(), str(folder)).writer().commit()
    indexes.forget_reader()

    with pytest.raises(EngineError, match="another version"):
        found("is:guide")

    assert client.get("/en/search?q=is:guide").status_code == 200
    assert usable_index() is None
