"""Storing an archive page: all of its articles or none."""

import dataclasses
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import transaction

from kb.archive.coverage import count_unplaced
from kb.archive.errors import ArchiveError
from kb.archive.page import ReadPage
from kb.archive.paragraphs import CHINESE
from kb.errors import AuthoringError
from kb.markdown.markup import slugify
from kb.models import Tag
from kb.services import save_article
from kb.storing.drafts import ArticleDraft

TAG_CHARACTERS = 60
# Chinese has no spaces: 张量 is a word before 的 or a Latin letter, and not in 张量流.
PARTICLES = "的地得了着和与或及在中里上下是有无把将被用让使从到对为怎如何请而并可能会做"
BORDERED = (
    rf"(?:(?<![{CHINESE.pattern[1:-1]}])|(?<=[{PARTICLES}])){{}}"
    rf"(?:(?![{CHINESE.pattern[1:-1]}])|(?=[{PARTICLES}]))"
)


@transaction.atomic
def import_page(
    *, page: ReadPage, dry_run: bool = False, on_article: Callable[[], object] = lambda: None
) -> Counter[str]:
    """Store the page's articles; return how many were created, updated and unchanged.

    A dry run does all of it and takes it back. `on_article` is called after each article.
    Raises ArchiveError where a line would be lost or an article cannot be stored.
    """
    if lost := count_unplaced(page):
        raise ArchiveError(f"{lost} lines would be lost; this is a fault of the importer", line=1)
    page_tag = find_or_make_tag(name=page.tag)
    names = list(_names_of_tags())
    saved: Counter[str] = Counter()
    for article in page.articles:
        title = article.draft.source.title
        tags = (page_tag.slug, *(slug for slug in tags_named_in(title, names)))
        draft = dataclasses.replace(article.draft, tags=tuple(dict.fromkeys(tags)))
        saved[_save(draft, line=article.posts[0].structure[0].number)] += 1
        on_article()
    if dry_run:
        transaction.set_rollback(True)
    return saved


def report_of(page: ReadPage, saved: Counter[str], *, dry_run: bool) -> dict[str, Any]:
    """Return the report of an import, as `--json` prints it."""
    return {
        **page.counts(),
        "lines_unplaced": count_unplaced(page),
        **{state: saved[state] for state in ("created", "updated", "unchanged")},
        "dry_run": dry_run,
    }


def find_or_make_tag(*, name: str) -> Tag:
    """Return the tag that goes by this slug, name or synonym; a new one where there is none."""
    wanted = name.casefold()
    for known, slug in _names_of_tags():
        if known.casefold() == wanted or slug == slugify(name):
            return Tag.objects.get(slug=slug)
    slug = slugify(name)
    if not slug.isascii():
        # Addresses of tags are ASCII in both languages; a curator may choose a better one.
        slug = f"tag-{hashlib.sha256(slug.encode()).hexdigest()[:8]}"
    if max(len(slug), len(name)) > TAG_CHARACTERS:
        raise ArchiveError(f"the tag has more than {TAG_CHARACTERS} characters", line=1)
    readable = name.replace("-", " ").capitalize() if name.isascii() else name
    return Tag.objects.create(slug=slug, name_zh=readable, name_en=readable)


def tags_named_in(title: str, names: Sequence[tuple[str, str]]) -> list[str]:
    """Return the slugs of those (name, slug) whose name is a word of the title."""
    return sorted({slug for name, slug in names if _is_word_of(name, title)})


def _names_of_tags() -> Iterator[tuple[str, str]]:
    for tag in Tag.objects.prefetch_related("synonyms"):
        yield from ((name, tag.slug) for name in (tag.slug, tag.name_zh, tag.name_en))
        yield from ((synonym.name, tag.slug) for synonym in tag.synonyms.all())


def _is_word_of(name: str, title: str) -> bool:
    name, title = name.casefold(), title.casefold()
    if CHINESE.search(name):
        return bool(re.search(BORDERED.format(re.escape(name)), title))
    return bool(re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", title))


def _save(draft: ArticleDraft, *, line: int) -> str:
    try:
        return save_article(draft=draft, comment="import_archive")
    except AuthoringError as error:
        raise ArchiveError(
            f"{draft.source.title!r} cannot be stored: {error}", line=line
        ) from error
