"""What posts say, in each language, and every past wording."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kb.models.articles import Post
from snippets.wording import say

# What programs say of the revisions they make, kept in English; people's own words stay.
COMMENTS = (
    gettext_noop("import"),
    gettext_noop("load_content"),
    gettext_noop("import_archive"),
    gettext_noop("import %(format)s"),
)


class Language(models.TextChoices):
    ZH = "zh-hans", "中文"
    EN = "en", "English"


class Translation(models.Model):
    """A post in one language; neither language is the main one.

    `blocks` is what a page shows, rendered when the text is saved: a list of
    `{"kind": "html", "html": …}` (one top-level element each, cleaned) and
    `{"kind": "snippet", "snippet": <id>}`. A snippet inside a list or a quote
    is a placeholder in its block's HTML; see `kb.markdown.rendering`.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=10, choices=Language.choices)
    title = models.CharField(max_length=300, blank=True)  # of the article; empty on answers
    markdown = models.TextField()
    blocks = models.JSONField(default=list)
    # False: imported in bulk, its blocks are made by the first reader or by kb.storing.pending.
    is_rendered = models.BooleanField(default=True)
    revision_number = models.PositiveIntegerField(default=1)
    # The other language's revision that says the same as this text.
    in_step_with = models.PositiveIntegerField(default=1)
    # The first of the revisions that translators wrote and nobody has reviewed; None: none.
    review_since = models.PositiveIntegerField(null=True, blank=True)
    # The last revision that an import brought; later ones were written here. None: all were.
    imported_revision = models.PositiveIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "language"], name="translation_once"),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="translation_pending", condition=models.Q(is_rendered=False)
            ),
            models.Index(
                fields=["id"],
                name="translation_to_review",
                condition=models.Q(review_since__isnull=False),
            ),
        ]
        verbose_name = _("translation")
        verbose_name_plural = _("translations")

    def __str__(self) -> str:
        return f"{self.post} {self.language}"


class SentBack(models.Model):
    """A reviewer's note on a translation that is to be mended before it is reviewed again.

    It goes with the next revision, or when somebody accepts the text after all.
    """

    translation = models.OneToOneField(
        Translation, on_delete=models.CASCADE, related_name="sent_back"
    )
    note = models.TextField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("translation sent back")
        verbose_name_plural = _("translations sent back")

    def __str__(self) -> str:
        return str(self.translation)


class Revision(models.Model):
    """An immutable past text of a translation, the current one included."""

    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300, blank=True)
    markdown = models.TextField()
    comment = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(auto_now_add=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["translation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["translation", "number"], name="revision_once"),
        ]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")

    def __str__(self) -> str:
        return f"{self.translation} r{self.number}"

    @property
    def comment_label(self) -> str:
        return say(self.comment, COMMENTS)
