"""Storing the plans of new articles, many in one transaction, with a constant number of queries."""

import dataclasses
import datetime
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from kb.curation.standing import LANGUAGES_APART, refresh_standing
from kb.importers.languages import language_of
from kb.importers.planning import Plan, PlannedPost
from kb.markdown.markup import slugify
from kb.markdown.rendering import place_snippets
from kb.models import Article, Language, Post, PostSnippet, Revision, Source, Tag, Translation
from kb.search.outbox import note_articles
from kb.services import keep_old_addresses, keep_pictures
from kb.storing.drafts import RevisionDraft
from kb.storing.restating import shared_setups_of
from snippets import staleness
from snippets.models import Snippet, Verification
from snippets.rows import insert, reserve_ids
from snippets.storing import find_or_make_snippets

TAG_CHARACTERS = 60


@dataclasses.dataclass(frozen=True, kw_only=True)
class Planned:
    """A new article with the digest of what it was made from."""

    digest: str
    plan: Plan


class Tags:
    """The tags by every name they go by, made where there are none; one for a whole import."""

    def __init__(self, describe: Callable[[str], str] = lambda _: "") -> None:
        self._describe = describe
        self._by_name: dict[str, Tag] = {}
        for tag in Tag.objects.prefetch_related("synonyms"):
            names = [tag.slug, tag.name_zh, tag.name_en, *(s.name for s in tag.synonyms.all())]
            for name in names:
                self._by_name.setdefault(name.casefold(), tag)

    def find_or_make(self, name: str) -> Tag | None:
        """Return the tag of a name; None where nothing can be a tag's name."""
        name = name.strip()
        slug = slugify(name) if any(char.isalnum() for char in name) else ""
        for known in (name.casefold(), slug):
            if known in self._by_name:
                return self._by_name[known]
        if not slug or max(len(slug), len(name)) > TAG_CHARACTERS:
            return None
        if not slug.isascii():
            # Addresses of tags are ASCII in both languages; a curator may choose a better one.
            slug = f"tag-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"
        values = {"name_zh": name, "name_en": name, **self._description(name)}
        tag, _ = Tag.objects.get_or_create(slug=slug, defaults=values)
        self._by_name[slug] = self._by_name[name.casefold()] = tag
        return tag

    def _description(self, name: str) -> dict[str, str]:
        text = self._describe(name)
        is_chinese = language_of(text) is Language.ZH
        return {"description_zh" if is_chinese else "description_en": text}


def store_new(*, planned: Sequence[Planned], tags: Tags, comment: str) -> None:
    """Store articles none of which is in the database; only inside a transaction."""
    if not planned:
        return
    now = timezone.now()
    prepared = [one for article in planned for post in article.plan.posts for one in post.snippets]
    snippets = find_or_make_snippets(prepared=prepared)
    keep_pictures([article.plan.draft for article in planned])
    sources = [_source(article, now) for article in planned]
    _number(sources)
    insert(sources)
    slugs = _free_slugs([article.plan for article in planned])
    articles = [
        _article(article.plan, source, slug, now)
        for article, source, slug in zip(planned, sources, slugs, strict=True)
    ]
    _number(articles)
    insert(articles)
    _tag(planned, articles, tags)
    _store_posts([article.plan for article in planned], articles, snippets, comment, now)
    ids = [article.pk for article in articles]
    _share_setups(list(snippets.values()))
    keep_old_addresses([(id_, one.plan.draft) for id_, one in zip(ids, planned, strict=True)])
    note_articles(ids)
    _refresh_verified(planned, ids, snippets)


def _share_setups(snippets: Sequence[Snippet]) -> None:
    """Give the snippets the setups that curators share with their new articles and tags."""
    shared = shared_setups_of({snippet.pk for snippet in snippets})
    changed = [one for one in snippets if shared.get(one.pk, []) != one.shared_setups and shared]
    for snippet in changed:
        snippet.shared_setups = shared.get(snippet.pk, [])
        snippet.save(update_fields=["shared_setups"])
    staleness.mark_stale(snippets=changed)


def _source(article: Planned, now: datetime.datetime) -> Source:
    draft = article.plan.draft.source
    return Source(
        kind=draft.kind,
        external_id=draft.external_id,
        digest=article.digest,
        title=draft.title[:300],
        url=draft.url[:500],
        author=draft.author[:200],
        licence=draft.licence[:100],
        imported_at=now,
    )


def _article(plan: Plan, source: Source, slug: str, now: datetime.datetime) -> Article:
    draft = plan.draft
    created = draft.created_at or now
    has_code = any(post.snippets for post in plan.posts)
    is_apart = any(len(post.blocks) < len(Language.values) for post in plan.posts)
    return Article(
        kind=draft.kind,
        slug=slug,
        source_id=source.pk,
        created_at=created,
        updated_at=draft.updated_at or created,
        score=draft.posts[0].score,
        health=Article.Health.UNCHECKED if has_code else Article.Health.NO_CODE,
        work=LANGUAGES_APART * is_apart,
        changed_at=now,
    )


def _free_slugs(plans: Sequence[Plan]) -> list[str]:
    """Return a slug for each, with its name at the source where another article has it."""
    wanted = [slugify(plan.draft.slug)[:110].strip("-") for plan in plans]
    taken = set(Article.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    found: list[str] = []
    for slug, plan in zip(wanted, plans, strict=True):
        free = slug
        if slug in taken:
            mark = hashlib.sha256(plan.draft.source.external_id.encode()).hexdigest()[:6]
            free = f"{slug}-{mark}"
        taken.add(free)
        found.append(free)
    return found


def _tag(planned: Sequence[Planned], articles: Sequence[Article], tags: Tags) -> None:
    rows = []
    for one, article in zip(planned, articles, strict=True):
        found = [tags.find_or_make(name) for name in one.plan.draft.tags]
        rows += [
            Article.tags.through(article_id=article.pk, tag_id=tag.pk)
            for tag in dict.fromkeys(found)
            if tag is not None
        ]
    _number(rows)
    insert(rows)


def _store_posts(
    plans: Sequence[Plan],
    articles: Sequence[Article],
    snippets: dict[str, Snippet],
    comment: str,
    now: datetime.datetime,
) -> None:
    posts: list[Post] = []
    pairs: list[tuple[Post, Any, PlannedPost]] = []
    for plan, article in zip(plans, articles, strict=True):
        for position, (draft, planned) in enumerate(zip(plan.draft.posts, plan.posts, strict=True)):
            post = Post(
                article_id=article.pk,
                role=draft.role,
                position=position,
                is_accepted=draft.is_accepted,
                score=draft.score,
                author=draft.author[:200],
                created_at=draft.created_at or plan.draft.created_at or now,
            )
            posts.append(post)
            pairs.append((post, draft, planned))
    _number(posts)
    insert(posts)
    texts: list[Translation] = []
    places: list[PostSnippet] = []
    for post, draft, planned in pairs:
        ids = [snippets[one.digest].pk for one in planned.snippets]
        places += [
            PostSnippet(post_id=post.pk, snippet_id=id_, position=place)
            for place, id_ in enumerate(ids)
        ]
        texts += [
            Translation(
                post_id=post.pk,
                language=language,
                title=text.title[:300],
                markdown=text.markdown,
                blocks=place_snippets(planned.blocks[language], ids),
                is_rendered=False,
                revision_number=len(text.earlier) + 1,
                imported_revision=len(text.earlier) + 1,
                updated_at=post.created_at,
            )
            for language, text in draft.translations.items()
        ]
    for rows in (texts, places):
        _number(rows)
        insert(rows)
    earlier = [text.earlier for _, draft, _ in pairs for text in draft.translations.values()]
    revisions = [
        Revision(
            translation_id=text.pk,
            number=number,
            title=one.title[:300],
            markdown=one.markdown,
            comment=one.comment[:200],
            created_at=one.created_at or text.updated_at,
        )
        for text, before in zip(texts, earlier, strict=True)
        for number, one in enumerate((*before, _current(text, comment)), start=1)
    ]
    _number(revisions)
    insert(revisions)


def _current(text: Translation, comment: str) -> RevisionDraft:
    return RevisionDraft(markdown=text.markdown, title=text.title, comment=comment)


def _number(rows: Sequence[Any]) -> None:
    if rows:
        for row, id_ in zip(rows, reserve_ids(type(rows[0]), len(rows)), strict=True):
            row.pk = id_


def _refresh_verified(
    planned: Sequence[Planned], ids: Sequence[int], snippets: dict[str, Snippet]
) -> None:
    """Give articles whose code was verified elsewhere the standing that this gives them."""
    known = {snippet.pk for snippet in snippets.values()}
    verified = set(
        Verification.objects.filter(snippet__in=known).values_list("snippet_id", flat=True)
    )
    if verified:
        refresh_standing(
            article_ids=[
                id_
                for id_, one in zip(ids, planned, strict=True)
                for post in one.plan.posts
                if verified & {snippets[snippet.digest].pk for snippet in post.snippets}
            ]
        )
