"""Bringing indexes up to date: from the outbox, and from the beginning."""

from django.utils import timezone

from kb.models import Article, IndexChange, SearchIndex
from kb.search import indexes
from kb.search.building import BATCH_ARTICLES, Builders, article_batches, builders
from kb.search.documents import build_documents
from kb.search.engines.base import Writer
from kb.search.indexes import Progress
from kb.search.vectors import update_vectors

BATCH_CHANGES = 500
COMMIT_ARTICLES = 50_000


def drain(*, index: SearchIndex, writer: Writer) -> int:
    """Index what changed since the last time; return how many articles that were.

    The rows go only after the index's commit, so a crash in between repeats work and loses none.
    """
    rows = list(
        IndexChange.objects.filter(index=index)
        .order_by("pk")
        .values_list("pk", "article_id")[:BATCH_CHANGES]
    )
    if not rows:
        return 0
    articles = list(dict.fromkeys(article for _, article in rows))
    for start in range(0, len(articles), BATCH_ARTICLES):
        some = articles[start : start + BATCH_ARTICLES]
        writer.replace(some, build_documents(some))
    writer.commit()
    IndexChange.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    # What a crash keeps from this is made up for when the drainer starts again.
    for start in range(0, len(articles), BATCH_ARTICLES):
        update_vectors(articles[start : start + BATCH_ARTICLES])
    return len(articles)


def rebuild(*, progress: Progress = lambda done, total: None) -> SearchIndex:
    """Build a new index of everything while the old one answers, then let it take over."""
    with indexes.only_builder(), builders(Article.objects.count()) as made:
        index = indexes.register(indexes.wanted_engine())
        try:
            writer = indexes.open_writer(index.engine, index.name, is_new=True)
            try:
                _fill(writer, made, progress)
                while drain(index=index, writer=writer):
                    pass
            finally:
                writer.close()
            indexes.set_current(index)
        except BaseException:
            SearchIndex.objects.filter(pk=index.pk).delete()
            raise
        indexes.drop_others(index)
    return index


def _fill(writer: Writer, made: Builders, progress: Progress) -> None:
    total = Article.objects.count()
    done = since_commit = 0
    progress(0, total)
    for count, documents in made.build(article_batches()):
        writer.replace((), documents)
        done += count
        since_commit += count
        if since_commit >= COMMIT_ARTICLES:
            writer.commit()
            since_commit = 0
        progress(done, max(total, done))
    writer.commit()


def beat(index: SearchIndex) -> bool:
    """Say that the index is still followed; False where it was given up meanwhile."""
    return bool(SearchIndex.objects.filter(pk=index.pk).update(seen_at=timezone.now()))
