"""Imports that curators asked for, with their files as long as those are needed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportJob(models.Model):
    """A file to import: checked first, imported when its curator says so."""

    class Format(models.TextChoices):
        ARCHIVE = "archive", _("text of a blog's tag page")
        HTML = "html", _("saved web page of a blog's tag")
        WXR = "wxr", _("WordPress export")
        STACKEXCHANGE = "stackexchange", _("Stack Exchange dump")
        MARKDOWN = "markdown", _("Markdown files")
        NOTEBOOK = "notebook", _("Jupyter notebooks")
        EXPORT = "export", _("export of a Zhiyan site")

    class State(models.TextChoices):
        TO_CHECK = "to-check", _("waits to be checked")
        CHECKING = "checking", _("is being checked")
        CHECKED = "checked", _("checked, nothing written yet")
        TO_IMPORT = "to-import", _("waits to be imported")
        IMPORTING = "importing", _("is being imported")
        DONE = "done", _("imported")
        FAILED = "failed", pgettext_lazy("import", "failed")
        DISCARDED = "discarded", _("discarded")

    format = models.CharField(max_length=20, choices=Format.choices)
    file_name = models.CharField(max_length=200)
    size_bytes = models.PositiveBigIntegerField(default=0)
    tags = models.JSONField(default=list)
    min_score = models.IntegerField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    site = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.TO_CHECK)
    done = models.PositiveIntegerField(default=0)  # articles, in this phase
    expected = models.PositiveIntegerField(null=True, blank=True)
    counts = models.JSONField(default=dict)  # of the last phase that ended, as `import` prints them
    errors = models.JSONField(default=list)  # [{"row": …, "reason": …}], the first 1,000
    error_count = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True)  # why it failed, and what to do
    failed_state = models.CharField(max_length=10, blank=True)  # where trying again goes on
    claim_token = models.CharField(max_length=32, blank=True)  # fences off an earlier worker
    created_at = models.DateTimeField(auto_now_add=True)
    enqueued_at = models.DateTimeField(null=True, blank=True)  # when the workers were last told
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # When a curator said that what it left out needs no more work.
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"{self.file_name} ({self.format})"

    @property
    def is_under_way(self) -> bool:
        return self.state in {
            self.State.TO_CHECK,
            self.State.CHECKING,
            self.State.TO_IMPORT,
            self.State.IMPORTING,
        }


class ImportChunk(models.Model):
    """A part of an uploaded file: in the database, where workers of every machine find it."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["job", "position"]
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="import_chunk_once"),
        ]
        verbose_name = _("part of an uploaded file")
        verbose_name_plural = _("parts of uploaded files")

    def __str__(self) -> str:
        return f"{self.job} [{self.position}]"
