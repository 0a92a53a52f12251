"""What runs prove of snippets."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from snippets import querysets
from snippets.models.code import Snippet
from snippets.models.runs import Run


class Batch(models.Model):
    """Checks that were queued together, watched for too many greens turning red at once."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        ACCEPTED = "accepted", _("accepted")
        DISCARDED = "discarded", _("discarded")

    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    were_green = models.PositiveIntegerField(default=0)  # of those done
    turned_red = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("batch")
        verbose_name_plural = _("batches")

    def __str__(self) -> str:
        return f"#{self.pk}"


class Verification(models.Model):
    """What a run and a snippet's claims mean for that snippet on one runtime, at one time."""

    class Outcome(models.TextChoices):
        VERIFIED = "verified", _("verified")
        RUNS = "runs", _("runs")
        RANDOM = "random", _("matches up to random values")
        DIFFERS = "differs", _("differs")
        FAILS = "fails", _("fails")
        EXPECTED_ERROR = "expected-error", _("fails as expected")
        TIMEOUT = "timeout", _("timed out")
        MEMORY = "memory", _("out of memory")
        NOT_RUNNABLE = "not-runnable", _("not runnable")
        SKIPPED = "skipped", _("skipped")
        STALE = "stale", _("stale")
        WAITING = "waiting", _("waiting")
        FLAKY = "flaky", _("flaky")

    class Change(models.TextChoices):
        BROKE = "broke", _("broke")
        FIXED = "fixed", _("works again")

    snippet = models.ForeignKey(Snippet, on_delete=models.CASCADE, related_name="verifications")
    runtime = models.CharField(max_length=40)
    key = models.CharField(max_length=64)  # hash of everything that the outcome depends on
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    change = models.CharField(max_length=6, blank=True, choices=Change.choices)
    last_outcome = models.CharField(max_length=16, blank=True)  # of a stale one, before it was
    reason_code = models.CharField(max_length=30, blank=True)
    reason = models.TextField(blank=True)
    setup_origin = models.CharField(max_length=20, blank=True)  # of snippets.setups.Origin
    setup = models.TextField(blank=True)
    repairs = models.JSONField(default=list)  # what was mended in the code that ran
    figures = models.JSONField(default=list)  # perceptual hashes of what was drawn
    batch = models.ForeignKey(
        Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="verifications"
    )
    run = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="verifications"
    )
    is_current = models.BooleanField(default=True)
    checked_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.VerificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["-id"], name="verification_change", condition=~Q(change="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["snippet", "runtime"],
                condition=Q(is_current=True),
                name="verification_current_once",
            ),
        ]
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")

    def __str__(self) -> str:
        return f"{self.snippet} on {self.runtime}: {self.outcome}"

    @property
    def judged(self) -> str:
        """The outcome that its run had, stale or not."""
        return self.last_outcome or self.outcome
