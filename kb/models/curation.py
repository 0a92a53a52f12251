"""What curators say of the code of several posts at once."""

from django.db import models
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
