"""What curators try before they save it; readers never see it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from snippets.models.code import Snippet
from snippets.models.runs import Run, new_public_id
from snippets.models.verification import Verification


class Trial(models.Model):
    """A curation that is not saved, run on every runtime that fits to see what it would give."""

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    snippet = models.ForeignKey(Snippet, on_delete=models.CASCADE, related_name="trials")
    values = models.JSONField(default=dict)  # of snippets.curating.Curated, its digest apart
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("trial")
        verbose_name_plural = _("trials")

    def __str__(self) -> str:
        return self.public_id


class TrialCell(models.Model):
    """A trial on one runtime: of the code as its author wrote it, or of the correction."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("trial", "waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("could not be run")
        CANCELLED = "cancelled", _("cancelled")

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="cells")
    runtime = models.CharField(max_length=40)
    is_correction = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    outcome = models.CharField(
        max_length=16, blank=True, choices=Verification.Outcome.choices
    )  # that saving would give
    reason_code = models.CharField(max_length=30, blank=True)
    reason = models.TextField(blank=True)
    setup_origin = models.CharField(max_length=20, blank=True)  # of snippets.setups.Origin
    setup = models.TextField(blank=True)
    # The run that goes on, in the end the one that tells.
    run = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="trial_cells"
    )

    class Meta:
        ordering = ["trial", "is_correction", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "runtime", "is_correction"], name="trial_cell_once"
            ),
        ]
        verbose_name = _("cell of a trial")
        verbose_name_plural = _("cells of a trial")

    def __str__(self) -> str:
        return f"{self.trial} on {self.runtime}"

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}
