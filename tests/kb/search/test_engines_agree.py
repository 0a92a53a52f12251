"""Whatever engine searches, the same posts match; SQLite FTS5 is the oracle."""

import dataclasses
import itertools
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.models import Article
from kb.search.documents import build_documents
from kb.search.engines.base import Document, Plan, Reader, Sort, place_of
from kb.search.engines.fts5 import Fts5Reader, Fts5Writer
from kb.search.engines.tantivy_engine import TantivyReader, TantivyWriter
from kb.search.engines.tantivy_queries import field_of, samples_of
from kb.search.plans import plan_query
from kb.search.queries import parse_query

pytestmark = pytest.mark.django_db
QUERIES = [
    "freeze layers", "冻结", "gradient", "梯度裁剪", "requires_grad", "clip_grad_norm_",
    "nn.Linear",
    '"exploding gradients"', '"gradients exploding"', "gradients -freeze", "-freeze",
    "[pytorch]", "-[pytorch]", "[torch] freeze", "[nothing]", "lang:zh", "-lang:zh",
    "is:question", "is:answer", "is:accepted", "verified:no", "verified:yes", "-verified:no",
    "answers:1", "answers:0", "score:>=0", "-score:>=0", "score:<0", "created:>2000",
    "created:..1999", "ident:nn.Linear", "ident:Linear", "ident:near", "code:import",
    "code:freeze", "source:content", "author:nobody", "labelme 多边形", "xyzzy", "-xyzzy", "the",
    "怎样", "[pytorch] [autograd]", "freeze [pytorch] lang:en -clip",
]  # fmt: skip


def resolve(name: str) -> str:
    return {"torch": "pytorch"}.get(name, name)


@pytest.fixture
def readers(articles: dict[str, Article], tmp_path: Path) -> tuple[Reader, Reader]:
    ids = [article.pk for article in articles.values()]
    for make in (Fts5Writer, TantivyWriter):
        writer = make(tmp_path / make.__name__)
        writer.replace(ids, build_documents(ids))
        writer.commit()
        writer.close()
    return Fts5Reader(tmp_path / "Fts5Writer"), TantivyReader(tmp_path / "TantivyWriter")


def check(readers: tuple[Reader, Reader], text: str, *, articles: tuple[int, ...] = ()) -> None:
    plan = plan_query(parse_query(text), resolve_tag=resolve)
    plan = dataclasses.replace(plan, articles=articles)
    oracle, other = (reader.search(plan, limit=50) for reader in readers)

    posts = {one.post for one in oracle.candidates}
    assert {one.post for one in other.candidates} == posts
    assert oracle.total == other.total == len(posts)
    facets = [reader.facets(plan, at_most=oracle.total) for reader in readers]
    assert facets[0].articles == facets[1].articles
    assert {k: sorted(v) for k, v in facets[0].counts.items()} == {
        k: sorted(v) for k, v in facets[1].counts.items()
    }
    if plan.is_ranked:
        concepts = [*plan.concepts, *plan.required]
        covered = [reader.coverage(sorted(posts), concepts) for reader in readers]
        assert covered[0] == covered[1]


@pytest.mark.parametrize("text", QUERIES)
def test_same_posts_match(readers: tuple[Reader, Reader], text: str):
    check(readers, text)


@pytest.mark.parametrize("text", QUERIES)
def test_same_posts_match_among_a_few_articles(
    readers: tuple[Reader, Reader], articles: dict[str, Article], text: str
):
    check(readers, text, articles=tuple(one.pk for one in [*articles.values()][:3]))


@pytest.mark.parametrize("text", [*QUERIES, "nn.Linear clip_grad_norm_", "梯度裁剪 冻结"])
def test_faster_search_finds_the_same_with_what_it_covers(
    readers: tuple[Reader, Reader], text: str
):
    plan = plan_query(parse_query(text), resolve_tag=resolve)
    oracle, other = readers
    found = other.search(plan, limit=50, is_exact=False)

    posts = {one.post for one in found.candidates}
    if found.is_loose:
        has = other.coverage(sorted(posts), plan.concepts)
        posts = {post for post in posts if has[post].text}
    assert posts == {one.post for one in oracle.search(plan, limit=50).candidates}


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(st.sampled_from(QUERIES), min_size=2, max_size=4).map(" ".join))
def test_same_posts_match_whatever_is_combined(readers: tuple[Reader, Reader], text: str):
    check(readers, text)


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.VOTES, Sort.VERIFIED])
def test_sorting_keeps_the_same_posts(readers: tuple[Reader, Reader], sort: Sort):
    plan = plan_query(parse_query("[pytorch]"), resolve_tag=resolve)

    found = [{one.post for one in reader.search(plan, limit=9, sort=sort).candidates}
             for reader in readers]  # fmt: skip

    assert found[0] == found[1]
    assert len(found[0]) == 4


def test_a_plan_of_some_articles_matches_no_other(
    readers: tuple[Reader, Reader], articles: dict[str, Article]
):
    wanted = (articles["freeze"].pk, articles["label"].pk, 10**9)
    plan = plan_query(parse_query("[pytorch]"), resolve_tag=resolve)
    plan = dataclasses.replace(plan, articles=wanted)

    for reader in readers:
        found = reader.search(plan, limit=9, sort=Sort.NEWEST)
        assert {one.article for one in found.candidates} == {articles["freeze"].pk}
        assert reader.facets(plan, at_most=found.total).articles == 1


@pytest.mark.parametrize("prefix", ["", "gra", "clip", "zzz"])
def test_vocabulary_is_the_same(readers: tuple[Reader, Reader], prefix: str):
    for read in ("words", "identifiers"):
        oracle, other = (dict(getattr(reader, read)(prefix, 500)) for reader in readers)
        assert oracle == other


def test_what_is_shown_and_counted_is_the_same(readers: tuple[Reader, Reader]):
    every = [one.post for one in readers[0].search(
        plan_query(parse_query("-xyzzy"), resolve_tag=resolve), limit=50).candidates]  # fmt: skip

    assert readers[0].shown(every) == readers[1].shown(every)
    assert readers[0].size() == readers[1].size() == len(every)
    for token in ("freez", "gradient", "冻结", "xyzzy"):
        assert readers[0].frequency(token) == readers[1].frequency(token)


def test_limit_cuts_after_the_best(readers: tuple[Reader, Reader]):
    plan = plan_query(parse_query("freeze layers gradients"), resolve_tag=resolve)

    for reader in readers:
        whole = reader.search(plan, limit=50).candidates
        cut = reader.search(plan, limit=2).candidates
        assert [one.post for one in cut] == [one.post for one in whole[:2]]
        scores = [one.score for one in whole]
        assert all(a >= b for a, b in itertools.pairwise(scores))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reader, Reader]:
    """Index 8,000 posts of 4,000 articles: every third is tagged, every 80th has a rare word."""
    folder = tmp_path_factory.mktemp("many")
    documents = [a_document(number) for number in range(8000)]
    for make in (Fts5Writer, TantivyWriter):
        writer = make(folder / make.__name__)
        writer.replace((), documents)
        writer.commit()
        writer.close()
    return Fts5Reader(folder / "Fts5Writer"), TantivyReader(folder / "TantivyWriter")


def test_words_are_counted_once_an_article(readers: tuple[Reader, Reader]):
    oracle, other = (dict(reader.words("", 100)) for reader in readers)

    assert oracle == other
    assert oracle["freeze"] == 1, "it is in the question, and in the title of all its posts"


def test_words_of_an_article_stay_when_its_first_post_is_gone(articles: dict[str, Article]):
    article = articles["clip"]
    article.posts.get(position=0).delete()

    (answer,) = build_documents([article.pk])

    assert {"call", "before", "the", "step"} <= set(answer.words.split())


def test_terms_of_facets_are_in_their_own_field_alone(readers: tuple[Reader, Reader]):
    def posts(term: str) -> set[int]:
        found = readers[1].search(Plan(filters=((term,),)), limit=50)
        return {one.post for one in found.candidates}

    assert field_of("tag:pytorch") == ("facet_tag", "pytorch")
    assert field_of("opening") == ("terms", "opening")
    assert all(map(posts, ["tag:pytorch", "lang:zh", "verified:no", "opening"]))
    assert posts("tag:zh") == posts("pytorch") == set()


def a_document(number: int) -> Document:
    article = number // 2
    tags = ("tag:a", "tag:b") if article % 3 == 0 else ("tag:b",)
    return Document(
        post=number + 1, article=article + 1, title="", text="common" + " rare" * (not number % 80),
        code="", identifiers="", words="", terms=(*tags, "lang:en"), score=0, answers=0, created=0,
        updated=0, verified_at=0, health=0, title_zh=0, title_en=0, key_zh=0, key_en=0, shown=b"{}",
    )  # fmt: skip


def test_facets_of_very_many_posts_are_estimated_well(many: tuple[Reader, Reader]):
    plan = plan_query(parse_query("common"), resolve_tag=resolve)
    oracle, other = (reader.facets(plan, at_most=8000) for reader in many)

    assert oracle.articles == 4000
    assert other.articles == pytest.approx(4000, rel=0.1)
    assert other.counts["tag"] != oracle.counts["tag"], "a sample was to be counted"
    assert dict(other.counts["tag"]) == pytest.approx(dict(oracle.counts["tag"]), rel=0.15)


def test_facets_of_few_posts_are_exact_whatever_was_expected(many: tuple[Reader, Reader]):
    plan = plan_query(parse_query("rare"), resolve_tag=resolve)
    oracle, other = (reader.facets(plan, at_most=8000) for reader in many)

    assert other.articles == oracle.articles == 100
    assert other.counts["tag"] == oracle.counts["tag"] == [("b", 100), ("a", 34)]


@pytest.mark.parametrize("halvings", [1, 4, 8])
@pytest.mark.parametrize("first", [1, 10**6, 2**31 + 12345])
def test_sample_is_a_share_of_any_run_of_ids_and_the_first_places(first: int, halvings: int):
    ids = range(first, first + 300_000)

    sample = [one for one in ids if f"sample:{halvings}" in samples_of(one)]

    assert len(sample) == pytest.approx(len(ids) / 2**halvings, rel=0.1)
    assert max(map(place_of, sample)) < 2 ** (32 - halvings)
    others = set(ids) - set(sample)
    assert min(map(place_of, others)) >= 2 ** (32 - halvings)
    # Imported one after the other, articles have much in common.
    runs = Counter(one // 2 ** (halvings + 4) for one in sample)
    assert max(runs.values()) <= 24
