"""Who did what on the desk, the latest first."""

import dataclasses
from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from kb.desk.addresses import bench_address
from kb.desk.paging import Paging, paginate
from kb.models import Article, AuditEntry, Deed, Tag, Translation

ROWS_PER_PAGE = 50


@dataclasses.dataclass(frozen=True, kw_only=True)
class Entry:
    entry: AuditEntry
    address: str  # of what it was done to; empty where that is gone or has no page


@dataclasses.dataclass(frozen=True, kw_only=True)
class History:
    rows: Sequence[Entry]
    verbs: Sequence[tuple[str, str]]
    verb: str
    who: str
    kind: str
    target: str
    paging: Paging


def view_history(values: Mapping[str, str], *, lang: str) -> History:
    """Return a page of deeds, of one kind, person or target where asked for."""
    verb = values.get("verb", "") if values.get("verb") in Deed.values else ""
    who = values.get("who", "").replace("\0", "").strip()[:150]
    found = AuditEntry.objects.all()
    if verb:
        found = found.filter(verb=verb)
    kind, target = values.get("kind", "")[:40], values.get("id", "")
    if kind and target.isdecimal() and len(target) < 19:
        found = found.filter(_done_to(kind, int(target)))
    if who:
        found = found.filter(user_name__iexact=who)
    chosen = {"verb": verb, "who": who, "kind": kind, "id": target}
    paging = paginate(found, values, at_once=ROWS_PER_PAGE, chosen=chosen)
    entries = paging.items
    slugs = {"article": _slugs(entries, Article), "tag": _slugs(entries, Tag)}
    return History(
        rows=[Entry(entry=one, address=_address(one, slugs, lang)) for one in entries],
        verbs=[(value, str(label)) for value, label in Deed.choices],
        verb=verb,
        who=who,
        kind=kind,
        target=target,
        paging=paging,
    )


def _done_to(kind: str, target: int) -> Q:
    """Return what selects the deeds to a thing; an article's texts belong to it."""
    selected = Q(target_kind=kind, target_id=target)
    if kind == "article":
        texts = Translation.objects.filter(post__article=target)
        selected |= Q(target_kind="translation", target_id__in=texts.values("pk"))
    return selected


def _slugs(entries: Sequence[AuditEntry], model: type[Article] | type[Tag]) -> dict[int, str]:
    kind = model._meta.model_name
    ids = [one.target_id for one in entries if one.target_id and one.target_kind == kind]
    return dict(model._default_manager.filter(pk__in=ids).values_list("pk", "slug"))


def _address(one: AuditEntry, slugs: Mapping[str, Mapping[int, str]], lang: str) -> str:
    id_ = one.target_id
    if id_ is None:
        return ""
    if one.target_kind in slugs and id_ not in slugs[one.target_kind]:
        return ""
    if one.target_kind == "article":
        return reverse("article", args=[lang, id_, slugs["article"][id_]])
    if one.target_kind == "tag":
        return reverse("desk-tag", args=[lang, slugs["tag"][id_]])
    if one.target_kind == "snippet":
        return bench_address(lang, id_, "")
    name = "import" if one.target_kind == "importjob" else one.target_kind
    try:
        return reverse(f"desk-{name}", args=[lang, id_])
    except NoReverseMatch:
        return ""
