"""Noting who did what: every service that writes for a user calls it in its transaction."""

from typing import Any

from django.db import models

from kb.models import AuditEntry, Deed

LABEL_CHARACTERS = 200


def note_deed(
    *, user: Any, verb: Deed, target: models.Model, why: str = "", label: str = ""
) -> AuditEntry:
    """Keep that `user` did `verb` to `target`, and why; `label` names it better than its str."""
    is_known = getattr(user, "is_authenticated", False)
    return AuditEntry.objects.create(
        user=user if is_known else None,
        user_name=user.get_username() if is_known else "",
        verb=verb,
        target_kind=str(target._meta.model_name),
        target_id=target.pk,
        label=(label or str(target))[:LABEL_CHARACTERS],
        why=why.strip(),
    )
