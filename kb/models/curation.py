"""What curators say of the code of several posts at once."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SharedSetup(models.Model):
    """Lines that curators wrote to run before the fragments of an article, or of a tag's articles.

    `scope` is `tag:<slug>` or `article:<source kind>:<external id>`; what it names may come later.
    """

    scope = models.CharField(max_length=240, unique=True)
    code = models.TextField()
    note = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["scope"]
        verbose_name = _("shared setup")
        verbose_name_plural = _("shared setups")

    def __str__(self) -> str:
        return self.scope


class SharedSetupRevision(models.Model):
    """How a shared setup was from one change to the next: who wrote what, and when."""

    scope = models.CharField(max_length=240, db_index=True)
    code = models.TextField(blank=True)  # empty: it was taken away
    note = models.TextField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("revision of a shared setup")
        verbose_name_plural = _("revisions of shared setups")

    def __str__(self) -> str:
        return f"{self.scope} {self.at:%Y-%m-%d %H:%M}"


class AcceptedReason(models.Model):
    """A curator's word that code fails on a runtime for this reason, and that this is right.

    It holds as long as the outcome and its reason stay the same; the code may not be here yet.
    """

    digest = models.CharField(max_length=64)  # of the snippet's code
    runtime = models.CharField(max_length=40)
    outcome = models.CharField(max_length=16)  # of snippets' Verification.Outcome
    reason_code = models.CharField(max_length=30, blank=True)
    why = models.TextField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "runtime", "outcome", "reason_code"], name="accepted_reason_once"
            ),
        ]
        verbose_name = _("accepted reason")
        verbose_name_plural = _("accepted reasons")

    def __str__(self) -> str:
        return f"{self.digest[:12]} {self.runtime}: {self.outcome} {self.reason_code}"
