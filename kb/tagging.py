"""Finding and writing tags."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import Coalesce

from kb.errors import AuthoringError
from kb.models import Tag, TagSynonym


@dataclasses.dataclass(frozen=True, kw_only=True)
class TagDraft:
    slug: str
    name_zh: str
    name_en: str
    description_zh: str = ""
    description_en: str = ""
    parent: str = ""
    synonyms: tuple[str, ...] = ()


def find_tags(names: Sequence[str]) -> list[Tag]:
    """Return the tags of slugs or synonyms; AuthoringError names the first unknown."""
    by_name = {synonym.name.lower(): synonym.tag
               for synonym in TagSynonym.objects.select_related("tag")}  # fmt: skip
    by_name |= {tag.slug: tag for tag in Tag.objects.all()}
    for name in names:
        if name.lower() not in by_name:
            raise AuthoringError(f"unknown tag {name!r}; add it to tags.yaml or correct it")
    return list(dict.fromkeys(by_name[name.lower()] for name in names))


@transaction.atomic
def save_tags(*, drafts: Sequence[TagDraft]) -> int:
    """Store the tags with their synonyms and parents; return how many were new or changed."""
    changed = 0
    tags: dict[str, Tag] = {}
    for draft in drafts:
        values = {
            name: getattr(draft, name)
            for name in ("name_zh", "name_en", "description_zh", "description_en")
        }
        tags[draft.slug], is_changed = _save_tag(draft.slug, values)
        changed += is_changed
    for draft in drafts:
        tag = tags[draft.slug]
        parent = tags[draft.parent] if draft.parent else None
        if tag.parent_id != (parent.pk if parent else None):
            tag.parent = parent
            tag.save(update_fields=["parent"])
        _save_synonyms(tag, draft.synonyms)
    return changed


def _save_tag(slug: str, values: dict[str, str]) -> tuple[Tag, bool]:
    tag = Tag.objects.filter(slug=slug).first()
    if tag is None:
        return Tag.objects.create(slug=slug, **values), True
    if all(getattr(tag, name) == value for name, value in values.items()):
        return tag, False
    for name, value in values.items():
        setattr(tag, name, value)
    tag.save()
    return tag, True


def _save_synonyms(tag: Tag, names: Sequence[str]) -> None:
    wanted = {name.strip().lower() for name in names}
    present = set(tag.synonyms.values_list("name", flat=True))
    tag.synonyms.exclude(name__in=wanted).delete()
    for name in sorted(wanted - present):
        # A synonym may move from one tag to another.
        TagSynonym.objects.update_or_create(name=name, defaults={"tag": tag})


def tag_families(tags: Iterable[Tag]) -> list[tuple[Tag, list[Tag]]]:
    """Return every tag that has children, with them, and every one that has no kin at all.

    A family stands right after the one its head belongs to.
    """
    children: dict[int | None, list[Tag]] = defaultdict(list)
    for tag in tags:
        children[tag.parent_id].append(tag)
    families: list[tuple[Tag, list[Tag]]] = []
    waiting = list(reversed(children[None]))
    while waiting:
        head = waiting.pop()
        if children[head.pk] or head.parent_id is None:
            families.append((head, children[head.pk]))
        waiting += reversed(children[head.pk])
    return families


def matching_tags(tags: Iterable[Tag], text: str) -> list[Tag]:
    """Return the tags with `text` in a name or a synonym, and the heads of their families."""
    every = list(tags)
    wanted = text.casefold()
    found = {tag.pk for tag in every if any(wanted in name.casefold() for name in _names(tag))}
    found |= {tag.parent_id for tag in every if tag.pk in found and tag.parent_id}
    return [tag for tag in every if tag.pk in found]


def _names(tag: Tag) -> list[str]:
    synonyms = [synonym.name for synonym in tag.synonyms.all()]
    return [tag.slug, tag.name_zh, tag.name_en, *synonyms]


def count_families(head: Tag | None = None) -> dict[int, int]:
    """Return how many articles each tag has together with its children, with one query."""
    tags = Tag.objects.annotate(head=Coalesce("parent_id", "id"))
    if head is not None:
        tags = tags.filter(head=head.pk)
    # Grouped by family: an article with a tag and its child counts once.
    counted = tags.order_by().values("head").annotate(n=Count("articles", distinct=True))
    return dict(counted.values_list("head", "n"))


def find_tag(name: str) -> Tag | None:
    """Return the tag of a slug or of a synonym."""
    tag = Tag.objects.select_related("parent").filter(slug=name.lower()).first()
    if tag is None:
        synonym = TagSynonym.objects.select_related("tag").filter(name=name.lower()).first()
        tag = synonym.tag if synonym else None
    return tag
