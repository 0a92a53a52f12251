"""What people are writing on the desk and have not saved yet."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class EditorDraft(models.Model):
    """The fields of a form as somebody left it; deleted when the form is saved.

    `place` is `post:<id>`, `answer:<article id>` or `article:new`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=40)
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="draft_once")]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return f"{self.user}: {self.place}"
