"""What lists sort articles by: how their code fares and how much there is to mend."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone

from kb.curation.explaining import to_be_mended
from kb.models import Article, Language, Post, Report, Translation
from kb.reading.listing import snippet_ids_of
from kb.search.outbox import note_articles
from kb.storing.steps import revisions_behind
from snippets.summaries import Summary, summarise

BROKEN_CODE = 4
OPEN_REPORT = 2
LANGUAGES_APART = 1


@transaction.atomic
def refresh_standing(*, article_ids: Iterable[int]) -> None:
    """Bring the articles' sortable columns up to date, and say that their pages changed.

    The number of reads does not grow with the articles; each is one write.
    """
    ids = set(article_ids)
    note_articles(ids)
    shown = {article: set(snippets) for article, snippets in snippet_ids_of(ids).items()}
    summaries = summarise(shown)
    to_mend = to_be_mended(set().union(*shown.values()))
    reports = Counter(
        Report.objects.filter(post__article__in=ids, status=Report.Status.OPEN).values_list(
            "post__article_id", flat=True
        )
    )
    apart = _with_languages_apart(ids)
    scores: Mapping[int, int] = dict(
        Post.objects.filter(article__in=ids, position=0).values_list("article_id", "score")
    )
    for article in Article.objects.filter(pk__in=ids).only("health", "broke_at"):
        summary = summaries.get(article.pk)
        health = health_of(summary)
        now = timezone.now()
        is_broken = health == Article.Health.BROKEN
        Article.objects.filter(pk=article.pk).update(
            score=scores.get(article.pk, 0),
            health=health,
            verified_at=summary.latest_at if summary else None,
            broke_at=(article.broke_at or now) if is_broken else None,
            work=BROKEN_CODE * (not to_mend.isdisjoint(shown.get(article.pk, ())))
            + OPEN_REPORT * reports[article.pk]
            + LANGUAGES_APART * (article.pk in apart),
            changed_at=now,
        )


def health_of(summary: Summary | None) -> Article.Health:
    if summary is None:
        return Article.Health.NO_CODE
    if summary.failing:
        return Article.Health.BROKEN
    if summary.working == summary.snippets:
        return Article.Health.WORKS
    return Article.Health.UNCHECKED


def _with_languages_apart(ids: set[int]) -> set[int]:
    """Return the articles with a post that one language lacks or has in an older form."""
    posts: dict[int, dict[str, Translation]] = defaultdict(dict)
    owners: dict[int, int] = {}
    for text in (
        Translation.objects.filter(post__article__in=ids)
        .select_related("post")
        .only("language", "revision_number", "in_step_with", "post__article_id")
    ):
        posts[text.post_id][text.language] = text
        owners[text.post_id] = text.post.article_id
    return {
        owners[post_id]
        for post_id, texts in posts.items()
        if len(texts) < len(Language.values)
        or any(revisions_behind(texts, Language(language)) for language in texts)
    }
