"""What a snippet is said to be, read anew from every text that shows it.

Code is one snippet however many posts show it, so what one post stops saying
may still be said by another: only all of them together tell.
"""

from collections import defaultdict
from collections.abc import Iterable

from kb.markdown.rendering import find_snippets, snippet_values
from kb.models import Article, PostSnippet, SharedSetup, Translation
from snippets.models import Snippet
from snippets.preparing import Prepared, prepare
from snippets.services import describe_snippet


def placed_snippets(article: Article) -> set[int]:
    """Return the snippets that the article shows."""
    placements = PostSnippet.objects.filter(post__article=article)
    return set(placements.values_list("snippet_id", flat=True))


def restate_snippets(*, snippet_ids: Iterable[int]) -> None:
    """Bring these snippets in step with the texts that show them; one shown nowhere stays."""
    ids = set(snippet_ids)
    places = PostSnippet.objects.filter(snippet__in=ids).order_by("post_id", "position")
    by_post: dict[int, list[PostSnippet]] = defaultdict(list)
    for place in places:
        by_post[place.post_id].append(place)
    said: dict[int, list[Prepared]] = defaultdict(list)
    seen: set[int] = set()
    for text in Translation.objects.filter(post__in=by_post).order_by("post_id", "language"):
        if text.post_id in seen:
            continue  # both languages show the same
        seen.add(text.post_id)
        drafts = find_snippets(text.markdown)
        for place in by_post[text.post_id]:
            if place.position < len(drafts):
                said[place.snippet_id].append(prepare(**snippet_values(drafts, place.position)))
    shared = shared_setups_of(ids)
    for snippet in Snippet.objects.filter(pk__in=said):
        describe_snippet(snippet=snippet, said=said[snippet.pk], shared=shared[snippet.pk])


def shared_setups_of(snippet_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the setups that curators wrote for the articles and tags of snippets, the article's
    before the tags'.
    """
    found: dict[int, list[str]] = defaultdict(list)
    by_scope = dict(SharedSetup.objects.values_list("scope", "code"))
    if not by_scope:
        return found
    places = PostSnippet.objects.filter(snippet__in=set(snippet_ids))
    rows = places.values_list(
        "snippet_id",
        "post__article__source__kind",
        "post__article__source__external_id",
        "post__article__tags__slug",
    )
    articles: dict[int, list[str]] = defaultdict(list)
    tags: dict[int, list[str]] = defaultdict(list)
    for snippet_id, kind, external_id, tag in rows:
        articles[snippet_id].append(f"article:{kind}:{external_id}")
        tags[snippet_id].append(f"tag:{tag}")
    for snippet_id, own in articles.items():
        scopes = dict.fromkeys([*own, *sorted(tags[snippet_id])])
        found[snippet_id] = [by_scope[scope] for scope in scopes if scope in by_scope]
    return found
