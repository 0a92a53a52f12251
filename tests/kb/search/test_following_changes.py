"""An index learns of a change in its transaction, and of nothing that was taken back."""

from collections.abc import Callable

import pytest
from django.db import transaction

from kb.models import Article, IndexChange, Post, SearchIndex, Tag
from kb.search.searching import search
from kb.services import save_article
from kb.tagging import TagDraft, save_tags
from snippets.models import Snippet, Verification
from snippets.signals import verified
from tests.kb.conftest import post, question

pytestmark = pytest.mark.django_db
CatchUp = Callable[[], int]


def titles(text: str, lang: str = "en") -> list[str]:
    return [hit.title_text for hit in search(text=text, lang=lang).hits]


def save(en: str, slug: str = "new") -> None:
    draft = question(
        post(Post.Role.QUESTION, None, en, en_title="What is a quokka?"),
        post(Post.Role.ANSWER, None, "An animal."),
        slug=slug,
    )
    save_article(draft=draft)


def test_new_article_is_found_after_the_drainer_came_by(index: SearchIndex, catch_up: CatchUp):
    save("It smiles.")

    before = titles("quokka")
    catch_up()

    assert before == []
    assert titles("quokka") == ["What is a quokka?"]
    assert not IndexChange.objects.exists()


def test_edit_replaces_what_was_found(index: SearchIndex, catch_up: CatchUp):
    save("It smiles.")
    catch_up()
    save("It frowns.")
    catch_up()

    assert titles("smiles") == []
    assert titles("frowns") == ["What is a quokka?"]


def test_deleted_article_is_not_found(index: SearchIndex, catch_up: CatchUp):
    save("It smiles.")
    catch_up()
    Article.objects.get(slug="new").delete()
    catch_up()

    assert titles("quokka") == []


def test_nothing_is_noted_of_what_was_taken_back(index: SearchIndex):
    with transaction.atomic():
        save("It smiles.")
        noted = IndexChange.objects.count()
        transaction.set_rollback(True)

    assert noted
    assert not IndexChange.objects.exists()


def test_without_an_index_nothing_is_noted(articles: dict[str, Article]):
    save("It smiles.")

    assert not IndexChange.objects.exists()


def test_renamed_tag_reaches_its_articles(index: SearchIndex, catch_up: CatchUp):
    save_tags(drafts=[TagDraft(slug="keras", name_zh="柯拉斯", name_en="Keras")])
    catch_up()

    assert titles("柯拉斯", "zh") == ["图像标注工具"]


def test_tag_given_and_taken_in_the_admin_changes_the_filter(
    index: SearchIndex, catch_up: CatchUp, articles: dict[str, Article]
):
    articles["label"].tags.add(Tag.objects.get(slug="lstm"))
    catch_up()
    given = titles("[lstm]")
    Tag.objects.get(slug="lstm").articles.clear()
    catch_up()

    assert given == ["图像标注工具"]
    assert titles("[lstm]") == []


@pytest.mark.parametrize(
    ("outcome", "value"),
    [
        ("verified", "yes"),
        ("runs", "yes"),
        ("fails", "failed"),
        ("stale", "stale"),
        ("fails", "no"),
    ],
)
def test_verification_reaches_the_filter(
    index: SearchIndex, catch_up: CatchUp, outcome: str, value: str
):
    snippet = Snippet.objects.get()
    Verification.objects.create(snippet=snippet, runtime="torch-2.13", key="k", outcome=outcome)
    verified.send(sender=Verification, snippet_id=snippet.pk)
    catch_up()

    assert titles(f"verified:{value}") == ["How to freeze layers when fine-tuning"]


def test_runtime_is_a_filter_where_the_code_works(index: SearchIndex, catch_up: CatchUp):
    snippet = Snippet.objects.get()
    for runtime, outcome in (("torch-2.13", "runs"), ("tf-2.21", "fails")):
        Verification.objects.create(snippet=snippet, runtime=runtime, key="k", outcome=outcome)
    verified.send(sender=Verification, snippet_id=snippet.pk)
    catch_up()

    assert len(titles("runs-on:torch-2.13")) == 1
    assert titles("runs-on:tf-2.21") == []


def test_error_that_a_run_gave_is_found(index: SearchIndex, catch_up: CatchUp):
    snippet = Snippet.objects.get()
    Verification.objects.create(
        snippet=snippet, runtime="torch-2.13", key="k", outcome="fails",
        reason="RuntimeError: quantum flux is out of phase",
    )  # fmt: skip
    verified.send(sender=Verification, snippet_id=snippet.pk)
    catch_up()

    assert titles("quantum flux")[0] == "How to freeze layers when fine-tuning"


def test_draining_twice_changes_nothing(index: SearchIndex, catch_up: CatchUp):
    save("It smiles.")

    assert catch_up() == 1
    assert catch_up() == 0
