"""Deleting articles, and bringing them back for as long as that is promised."""

import datetime
import itertools
from collections.abc import Collection, Iterable
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.deletion import Collector
from django.utils import timezone

from kb.curation.standing import refresh_standing
from kb.models import Article, Deed, DeletedArticle, Language, OldAddress, Translation
from kb.people.auditing import note_deed
from kb.search.outbox import note_articles
from kb.storing.restating import placed_snippets, restate_snippets
from kb.transfer.tables import as_json, as_value, label
from snippets.rows import insert_values

UNDOABLE = datetime.timedelta(days=30)
Table = list[Any]  # its label and its rows, as JSON holds them


class NotBroughtBack(Exception):
    """An article that cannot come back; the message says why."""


@transaction.atomic
def delete_article(*, article: Article, why: str, user: Any) -> DeletedArticle:
    """Delete an article with all that belongs to it, kept whole for `UNDOABLE`.

    Its source stays, so that no import brings it back meanwhile.
    """
    locked = (
        Article.objects.select_for_update(of=("self",)).select_related("source").get(pk=article.pk)
    )
    texts = Translation.objects.filter(post__article=locked, post__position=0)
    titles = dict(texts.values_list("language", "title"))
    deleted = DeletedArticle.objects.create(
        article=locked.pk,
        title_zh=titles.get(Language.ZH, ""),
        title_en=titles.get(Language.EN, ""),
        source_kind=locked.source.kind if locked.source else "",
        external_id=locked.source.external_id if locked.source else "",
        rows=_tables_of(locked),
        why=why.strip(),
        deleted_by=user if user.is_authenticated else None,
    )
    name = str(deleted)
    note_deed(user=user, verb=Deed.DELETED_ARTICLE, target=locked, why=why, label=name)
    note_articles([locked.pk])
    snippets = placed_snippets(locked)
    locked.delete()
    restate_snippets(snippet_ids=snippets)
    return deleted


@transaction.atomic
def bring_back(*, deleted: DeletedArticle, why: str, user: Any) -> Article:
    """Write a deleted article again as it was, with the same ids.

    What was deleted for good meanwhile (a voter's account, a tag) stays away. Raises
    NotBroughtBack where the time is over.
    """
    locked = DeletedArticle.objects.select_for_update().filter(pk=deleted.pk).first()
    if locked is None or locked.rows is None:
        raise NotBroughtBack("it was brought back already, or its time is over")
    for table in locked.rows:
        _insert(table)
    connection.check_constraints()
    article = Article.objects.get(pk=locked.article)
    locked.delete()
    restate_snippets(snippet_ids=placed_snippets(article))
    refresh_standing(article_ids=[article.pk])
    note_deed(user=user, verb=Deed.UNDELETED_ARTICLE, target=article, why=why, label=str(locked))
    return article


def purge_deleted() -> int:
    """Forget what deleted articles said once they can no longer come back; return how many.

    That they were deleted is remembered, so that no import brings them back.
    """
    old = DeletedArticle.objects.filter(deleted_at__lt=timezone.now() - UNDOABLE)
    return int(old.filter(rows__isnull=False).update(rows=None))


def were_deleted(*, kind: str, external_ids: Collection[str]) -> set[str]:
    """Return those of a source's articles that a curator deleted."""
    found = DeletedArticle.objects.filter(source_kind=kind, external_id__in=external_ids)
    return set(found.values_list("external_id", flat=True))


def _tables_of(article: Article) -> list[Table]:
    """Return every row that goes with the article, tables in the order of writing them again."""
    collector = Collector(using="default", origin=article)
    collector.collect([article])
    found: dict[str, dict[Any, models.Model]] = {}
    whole: Iterable[Any] = itertools.chain(collector.data.values(), collector.fast_deletes)
    for instances in whole:
        for row in instances:
            found.setdefault(label(type(row)), {})[row.pk] = row
    # A table comes after those that it points at.
    order = [label(model) for model in _sorted(apps.get_model(name) for name in found)]
    return [[name, [_as_row(found[name][pk]) for pk in sorted(found[name])]] for name in order]


def _sorted(given: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    waiting = sorted(given, key=label)
    done: list[type[models.Model]] = []
    while waiting:
        ready = next(
            model for model in waiting
            if not {target for target in _targets(model) if target in waiting} - {model}
        )  # fmt: skip
        waiting.remove(ready)
        done.append(ready)
    return done


def _targets(model: type[models.Model]) -> list[Any]:
    return [field.related_model for field in model._meta.concrete_fields if field.is_relation]


def _as_row(row: models.Model) -> dict[str, Any]:
    return {
        field.attname: as_json(getattr(row, field.attname), field)
        for field in row._meta.concrete_fields
    }


def _insert(table: Table) -> None:
    name, rows = table
    model = apps.get_model(name)
    fields = model._meta.concrete_fields
    rows = [row for row in rows if not _is_taken(model, row)]
    for field in fields:
        if field.is_relation:
            rows = _with_target(field, rows)
    values = [[_as_stored(row, field) for field in fields] for row in rows]
    insert_values(model, [str(field.column) for field in fields], values)


def _as_stored(row: dict[str, Any], field: Any) -> Any:
    # A column that is newer than the deletion has its default.
    known = field.attname in row
    value = as_value(row[field.attname], field) if known else field.get_default()
    return field.get_db_prep_save(value, connection)


def _with_target(field: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the rows whose target is there still; those that can do without it lose it."""
    wanted = {row.get(field.attname) for row in rows} - {None}
    known = set(
        field.related_model._base_manager.filter(pk__in=wanted).values_list("pk", flat=True)
    )
    kept = []
    for row in rows:
        if row.get(field.attname) in {None, *known}:
            kept.append(row)
        elif field.null:
            kept.append({**row, field.attname: None})
    return kept


def _is_taken(model: type[models.Model], row: dict[str, Any]) -> bool:
    """Say whether an old address leads elsewhere by now."""
    return model is OldAddress and OldAddress.objects.filter(address=row["address"]).exists()
