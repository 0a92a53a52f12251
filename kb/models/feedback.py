"""What readers say of posts."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.models.articles import Article, Post
from kb.models.tags import Tag
from kb.models.texts import Language


class Vote(models.Model):
    """A signed-in reader's opinion of a post."""

    class Value(models.IntegerChoices):
        UP = 1, _("useful")
        DOWN = -1, _("not useful")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    value = models.SmallIntegerField(choices=Value.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="vote_once")]
        verbose_name = _("vote")
        verbose_name_plural = _("votes")

    def __str__(self) -> str:
        return f"{self.user} {self.value:+d} {self.post}"


class Report(models.Model):
    """What a reader tells the curators: that a post is outdated, or how its text should read."""

    class Kind(models.TextChoices):
        OUTDATED = "outdated", _("outdated")
        EDIT = "edit", _("suggested edit")

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    comment = models.TextField(blank=True)
    # A suggested edit: the whole text, and the revision it was made from.
    language = models.CharField(max_length=10, choices=Language.choices)
    markdown = models.TextField(blank=True)
    title = models.CharField(max_length=300, blank=True)  # empty: as it is
    base_revision = models.PositiveIntegerField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reporter_key = models.CharField(max_length=64, blank=True)  # hash of a reader's session
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True)  # what was done, or why nothing was

    class Meta:
        ordering = ["-id"]
        verbose_name = _("report of a reader")
        verbose_name_plural = _("reports of readers")

    def __str__(self) -> str:
        return f"{self.kind}: {self.post}"


class TagSuggestion(models.Model):
    """A tag that somebody misses on an article: one that there is, or a new one by its name."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="tag_suggestions")
    tag = models.ForeignKey(
        Tag, null=True, blank=True, on_delete=models.CASCADE, related_name="suggestions"
    )
    name = models.CharField(max_length=60)  # as it was typed
    comment = models.CharField(max_length=300, blank=True)
    status = models.CharField(
        max_length=10, choices=Report.Status.choices, default=Report.Status.OPEN
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reporter_key = models.CharField(max_length=64, blank=True)  # hash of a reader's session
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("suggested tag")
        verbose_name_plural = _("suggested tags")

    def __str__(self) -> str:
        return f"{self.name}: {self.article}"
