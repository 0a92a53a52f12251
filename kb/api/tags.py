"""Tags, in both languages, with their other names."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from ninja import Query, Router
from pydantic import Field

from kb.api.answers import answer
from kb.api.paging import Order, Paging, take
from kb.api.problems import not_found
from kb.api.shapes import Lang, Page, Told
from kb.models import Tag
from kb.reading.versions import site_version
from kb.tagging import find_tag

router = Router(tags=["tags"])

BY_SLUG = Order(name="slug", fields=("slug",), kinds=(str,))


class TagTold(Told):
    slug: str
    names: Mapping[Lang, str]
    descriptions: Mapping[Lang, str]
    parent: str | None = Field(description="The slug of the wider tag.")
    synonyms: Sequence[str]
    article_count: int


@router.get("/tags", response=Page[TagTold], summary=gettext_noop("List tags"))
def list_tags(request: HttpRequest, paging: Query[Paging]) -> HttpResponse:
    def make() -> Page[TagTold]:
        shown, cursor = take(_tags(), BY_SLUG, paging)
        return Page[TagTold](items=[_tell(tag) for tag in shown], next_cursor=cursor)

    return answer(request, make, version=site_version())


@router.get("/tags/{slug}", response=TagTold, summary=gettext_noop("Read a tag"))
def read_tag(request: HttpRequest, slug: str) -> HttpResponse:
    """By its slug or a synonym."""
    known = find_tag(slug)
    if known is None:
        raise not_found(f"tag {slug!r}")
    return answer(request, lambda: _tell(_tags().get(pk=known.pk)), version=site_version())


def _tags() -> Any:
    return Tag.objects.counted().select_related("parent").prefetch_related("synonyms")


def _tell(tag: Any) -> TagTold:
    return TagTold(
        slug=tag.slug,
        names={"zh": tag.name_zh, "en": tag.name_en},
        descriptions={"zh": tag.description_zh, "en": tag.description_en},
        parent=tag.parent.slug if tag.parent else None,
        synonyms=[one.name for one in tag.synonyms.all()],
        article_count=tag.article_count,
    )
