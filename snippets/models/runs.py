"""Runs: single attempts to execute code, and what they leave."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from snippets import querysets
from snippets.models.code import Snippet


def new_public_id() -> str:
    """Return an unguessable name for a run's address: 128 bits, URL-safe."""
    return secrets.token_urlsafe(16)


class Run(models.Model):
    """One persisted attempt to execute code: its status is its life, its verdict how it ended."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        FINISHED = "finished", _("finished")
        CANCELLED = "cancelled", _("cancelled")

    class Purpose(models.TextChoices):
        READER = "reader", _("reader")
        VERIFICATION = "verification", _("verification")
        TRIAL = "trial", _("trial")

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    snippet = models.ForeignKey(
        Snippet, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.READER)
    runtime = models.CharField(max_length=40)
    setup = models.TextField(blank=True)
    code = models.TextField()
    limits = models.JSONField(default=dict)
    seed = models.PositiveIntegerField(null=True, blank=True)  # null: other numbers every time
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    requested_key = models.CharField(max_length=64, blank=True)  # hash of a reader's session

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim_token = models.CharField(max_length=32, blank=True)  # fences off an earlier worker
    cancel_requested = models.BooleanField(default=False)
    queued_at = models.DateTimeField(auto_now_add=True)
    enqueued_at = models.DateTimeField(auto_now_add=True)  # when the broker was last told
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)  # when its worker was last alive
    finished_at = models.DateTimeField(null=True, blank=True)

    verdict = models.CharField(max_length=10, blank=True)  # sandbox.Verdict
    reason = models.TextField(blank=True)
    failure = models.JSONField(default=dict)  # sandbox.Failure; empty when nothing was raised
    exit_code = models.IntegerField(null=True, blank=True)
    signal = models.CharField(max_length=10, blank=True)
    output = models.JSONField(default=list)  # [{"stream": "stdout"|"stderr", "text": …}] in order
    truncated = models.BooleanField(default=False)
    wall_seconds = models.FloatField(null=True, blank=True)
    cpu_seconds = models.FloatField(null=True, blank=True)
    memory_bytes = models.BigIntegerField(null=True, blank=True)
    environment = models.JSONField(default=dict)

    objects = querysets.RunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["queued_at"],
                name="run_unfinished",
                condition=Q(status__in=["queued", "running"]),
            ),
        ]
        verbose_name = _("run")
        verbose_name_plural = pgettext_lazy("records", "runs")

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_over(self) -> bool:
        return self.status in {self.Status.FINISHED, self.Status.CANCELLED}

    @property
    def stdout(self) -> str:
        return "".join(part["text"] for part in self.output if part["stream"] == "stdout")

    @property
    def stderr(self) -> str:
        return "".join(part["text"] for part in self.output if part["stream"] == "stderr")


class Artifact(models.Model):
    """A figure or file that a run left; in the database, so that every web process has it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="artifacts")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)  # figure, file
    media_type = models.CharField(max_length=80)
    data = models.BinaryField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("artifact")
        verbose_name_plural = _("artifacts")

    def __str__(self) -> str:
        return self.name
