"""Articles that were deleted and can still be brought back."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DeletedArticle(models.Model):
    """A deleted article with every row that went with it, for as long as it can come back."""

    article = models.BigIntegerField(unique=True)  # its id, which it gets again
    title_zh = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    source_kind = models.CharField(max_length=20, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    # [[table, [row, …]], …] in the order in which they are written again; null: its time is over.
    rows = models.JSONField(null=True)
    why = models.TextField(blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    deleted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["source_kind", "external_id"], name="deleted_by_source")]
        verbose_name = _("deleted article")
        verbose_name_plural = _("deleted articles")

    def __str__(self) -> str:
        return self.title_zh or self.title_en or str(self.article)
