"""Tags on the desk: their names in both languages, their family, and two that become one."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kb.curation.deciding import decide_tags
from kb.models import (
    Article,
    Deed,
    Report,
    SharedSetup,
    SharedSetupRevision,
    Tag,
    TagSuggestion,
    TagSynonym,
)
from kb.people.auditing import note_deed
from kb.search.outbox import note_articles
from kb.storing.restating import restate_snippets
from snippets.models import Snippet

NAME_CHARACTERS = 60


class TagRefused(Exception):
    """Tags cannot become this; `reason` says why: taken, circle, setups, itself."""

    def __init__(self, reason: str, name: str) -> None:
        super().__init__(f"{reason}: {name}")
        self.reason = reason
        self.name = name


@transaction.atomic
def save_tag(
    *,
    tag: Tag | None,
    slug: str,
    names: dict[str, str],
    parent: Tag | None,
    synonyms: Sequence[str],
    user: Any,
    why: str = "",
) -> Tag:
    """Make or change a tag; under its old slug it is found as before. Raises TagRefused.

    `names` has name_zh, name_en, description_zh and description_en.
    """
    _refuse_taken(slug, tag)
    ancestor = parent
    while ancestor is not None:
        if tag is not None and ancestor.pk == tag.pk:
            raise TagRefused("circle", str(parent))
        ancestor = ancestor.parent
    wanted = [name.strip().lower() for name in synonyms if name.strip()]
    if tag is not None and tag.slug != slug:
        wanted.append(tag.slug)
    saved = tag or Tag()
    saved.slug, saved.parent = slug, parent
    for name, value in names.items():
        setattr(saved, name, value)
    saved.save()
    _set_synonyms(saved, wanted)
    _pages_changed(saved)
    note_deed(user=user, verb=Deed.EDITED_TAG, target=saved, why=why)
    return saved


@transaction.atomic
def make_suggested_tag(*, suggestion: TagSuggestion, user: Any, **values: Any) -> int:
    """Make a tag that is missed, and give it to the articles that lack it; return to how many.

    `values` are those of `save_tag`. Raises TagRefused.
    """
    tag = save_tag(tag=None, user=user, **values)
    waiting = missed_alike(suggestion)
    articles = dict(waiting.values_list("pk", "article"))
    waiting.update(tag=tag)
    why = values.get("why", "")
    decide_tags(suggestion_ids=articles, is_accepted=True, decision=why, user=user)
    return len(set(articles.values()))


def missed_alike(suggestion: TagSuggestion) -> QuerySet[TagSuggestion]:
    """Return the open suggestions of the same tag, which is not there yet."""
    found = TagSuggestion.objects.filter(status=Report.Status.OPEN, tag=None)
    return found.filter(name__iexact=suggestion.name)


@transaction.atomic
def merge_tags(*, source: Tag, target: Tag, user: Any, why: str = "") -> int:
    """Put `source` into `target`; return how many articles had it. Raises TagRefused.

    Its slug and names become synonyms, so that its addresses lead on.
    """
    if source.pk == target.pk:
        raise TagRefused("itself", source.slug)
    _move_setup(source, target)
    articles = set(source.articles.values_list("pk", flat=True))
    links = Article.tags.through.objects
    links.bulk_create(
        [links.model(article_id=article, tag_id=target.pk) for article in sorted(articles)],
        ignore_conflicts=True,
    )
    Tag.objects.filter(parent=source).exclude(pk=target.pk).update(parent=target)
    if target.parent_id == source.pk:
        Tag.objects.filter(pk=target.pk).update(parent=source.parent)
    TagSuggestion.objects.filter(tag=source).update(tag=target)
    synonyms = [*source.synonyms.values_list("name", flat=True)]
    own = {target.slug, target.name_zh.lower(), target.name_en.lower()}
    wanted = {source.slug, source.name_zh.lower(), source.name_en.lower(), *synonyms} - own
    source.delete()
    kept = target.synonyms.values_list("name", flat=True)
    taken = set(Tag.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    _set_synonyms(target, [*kept, *sorted(wanted - taken)])
    target.save(update_fields=["updated_at"])
    _pages_changed(target)
    note_articles(articles)
    shown = Snippet.objects.filter(placements__post__article__in=articles)
    restate_snippets(snippet_ids=shown.values_list("pk", flat=True))
    note_deed(user=user, verb=Deed.MERGED_TAG, target=target, why=why, label=f"{source} → {target}")
    return len(articles)


def _refuse_taken(name: str, tag: Tag | None) -> None:
    others = Tag.objects.exclude(pk=tag.pk) if tag else Tag.objects.all()
    synonyms = TagSynonym.objects.exclude(tag=tag) if tag else TagSynonym.objects.all()
    if others.filter(slug=name).exists() or synonyms.filter(name=name).exists():
        raise TagRefused("taken", name)


def _set_synonyms(tag: Tag, names: Sequence[str]) -> None:
    wanted = dict.fromkeys(name for name in names if name != tag.slug)
    for name in wanted:
        _refuse_taken(name, tag)
    present = set(tag.synonyms.values_list("name", flat=True))
    tag.synonyms.exclude(name__in=wanted).delete()
    TagSynonym.objects.bulk_create(
        TagSynonym(tag=tag, name=name) for name in wanted if name not in present
    )


def _move_setup(source: Tag, target: Tag) -> None:
    scopes = [f"tag:{source.slug}", f"tag:{target.slug}"]
    ours = SharedSetup.objects.filter(scope=scopes[0])
    if ours.exists() and SharedSetup.objects.filter(scope=scopes[1]).exists():
        raise TagRefused("setups", source.slug)
    if ours.update(scope=scopes[1]):
        SharedSetupRevision.objects.filter(scope=scopes[0]).update(scope=scopes[1])


def _pages_changed(tag: Tag) -> None:
    """Have the pages that show the tag be rendered anew; search is told by a signal."""
    Article.objects.filter(tags=tag).update(changed_at=timezone.now())
