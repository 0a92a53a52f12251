"""Reads of runs and verifications, named as adjectives and chainable."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

GREEN = ("verified", "runs", "random", "expected-error")
RED = ("differs", "fails", "timeout", "memory", "not-runnable", "flaky")

HEARTBEAT_LOST = datetime.timedelta(seconds=10)
"""A running run whose worker was silent for longer has lost it."""


class SnippetQuerySet(models.QuerySet):
    def suggested_and_accepted(self) -> Self:
        """Corrections that may run."""
        return self.filter(suggested_for__is_suggestion_accepted=True).distinct()


class RunQuerySet(models.QuerySet):
    def unfinished(self) -> Self:
        return self.filter(status__in=["queued", "running"])

    def abandoned(self) -> Self:
        """Running, but their worker is gone."""
        return self.filter(status="running", heartbeat_at__lt=timezone.now() - HEARTBEAT_LOST)

    def claimable(self) -> Self:
        """Waiting for a worker, or abandoned by one."""
        return self.filter(
            Q(status="queued")
            | Q(status="running", heartbeat_at__lt=timezone.now() - HEARTBEAT_LOST)
        )

    def held_by(self, token: str) -> Self:
        """Running under this claim and no later one."""
        return self.filter(status="running", claim_token=token)

    def light(self) -> Self:
        """Without the fields that no list shows."""
        return self.defer("code", "setup", "limits", "environment")


class VerificationQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(is_current=True)

    def green(self) -> Self:
        """Those that worked, and did so by the run that they rest on."""
        return self.filter(outcome__in=GREEN)

    def changes(self) -> Self:
        """What broke and what works again, the latest first, but for stopped batches."""
        return self.exclude(change="").exclude(batch__state="stopped").order_by("-pk")

    def history(self, snippet_id: int, runtime: str) -> Self:
        """Every judgement on a snippet and runtime, the latest first; those that wait left out."""
        return (
            self.filter(snippet=snippet_id, runtime=runtime)
            .exclude(outcome__in=["waiting", "skipped"], last_outcome="")
            .order_by("-pk")
        )
