"""Articles, their posts, and where they came from."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kb import querysets
from kb.models.tags import Tag


class Source(models.Model):
    """Where an article came from: `kind` and `external_id` name it once and for all."""

    kind = models.CharField(max_length=20)  # content, archive
    external_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)  # sha256 of what was imported; equal means unchanged
    title = models.CharField(max_length=300, blank=True)
    url = models.URLField(max_length=500, blank=True)
    author = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "external_id"], name="source_once"),
        ]
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return f"{self.kind}:{self.external_id}"


class Article(models.Model):
    """A page: a question with its answers, or a guide."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("question")
        GUIDE = "guide", _("guide")

    class Health(models.TextChoices):
        """How the article's code fares: the worst of its snippets' best outcomes."""

        NO_CODE = "no-code", _("no code")
        UNCHECKED = "unchecked", _("not yet verified")
        WORKS = "works", _("everything works")
        BROKEN = "broken", _("something does not work")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    slug = models.SlugField(max_length=120, allow_unicode=True)
    tags = models.ManyToManyField(Tag, related_name="articles", blank=True)
    # Kind, address, tags and accepted answer were chosen on the desk: imports leave them alone.
    is_arranged_here = models.BooleanField(default=False)
    source = models.OneToOneField(
        Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="article"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # Null: imported or drafted, and no curator has looked at it yet.
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    # What lists sort by, kept by kb.curation.standing whenever article or verification changes.
    score = models.IntegerField(default=0)  # of the opening post
    view_count = models.PositiveIntegerField(default=0)
    health = models.CharField(max_length=10, choices=Health.choices, default=Health.NO_CODE)
    verified_at = models.DateTimeField(null=True, blank=True)  # the latest check of its code
    broke_at = models.DateTimeField(null=True, blank=True)  # since when its health is broken
    work = models.PositiveIntegerField(default=0)  # how much there is to mend; 0: nothing
    # When anything that its page shows changed: an edit, a vote, a verification.
    changed_at = models.DateTimeField(default=timezone.now)

    objects = querysets.ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-id"]
        indexes = [
            models.Index(fields=[*fields, "-id"], name=f"article_by_{name}")
            for name, fields in {
                "active": ["-updated_at"],
                "newest": ["-created_at"],
                "votes": ["-score"],
                "views": ["-view_count"],
                "verified": ["-verified_at"],
                "broken": ["-broke_at"],
                "work": ["-work"],
                "change": ["-changed_at"],
            }.items()
        ]
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def __str__(self) -> str:
        return self.slug


class Post(models.Model):
    """One authored piece of an article."""

    class Role(models.TextChoices):
        QUESTION = "question", _("question")
        ANSWER = "answer", _("answer")
        BODY = "body", _("body")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=10, choices=Role.choices)
    position = models.PositiveIntegerField()  # 0 is the question or the body, answers follow
    is_accepted = models.BooleanField(default=False)
    score = models.IntegerField(default=0)  # of its source and of our readers' votes together
    author = models.CharField(max_length=200, blank=True)
    is_written_here = models.BooleanField(default=False)  # imports know nothing of it
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["article", "position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "position"], name="post_position_once"),
        ]
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    def __str__(self) -> str:
        return f"{self.article} #{self.position}"


class PostSnippet(models.Model):
    """A snippet's place in a post, whichever translations show it."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="placements")
    snippet = models.ForeignKey(
        "snippets.Snippet", on_delete=models.PROTECT, related_name="placements"
    )
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["post", "position"]
        constraints = [
            models.UniqueConstraint(fields=["post", "position"], name="placement_once"),
        ]
        verbose_name = _("snippet of a post")
        verbose_name_plural = _("snippets of a post")

    def __str__(self) -> str:
        return f"{self.post} [{self.position}]"


class OldAddress(models.Model):
    """Where an imported article or answer stood before; a reader who asks there is led here."""

    address = models.CharField(max_length=500, unique=True)  # path and query, without the host
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="old_addresses")
    position = models.PositiveIntegerField(default=0)  # of the answer it stood for

    class Meta:
        ordering = ["address"]
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")

    def __str__(self) -> str:
        return self.address


class Picture(models.Model):
    """A picture that came with an import; in the database, so that every web process has it."""

    digest = models.CharField(max_length=64, unique=True)  # sha256 of `data`, also its address
    media_type = models.CharField(max_length=40)
    data = models.BinaryField()

    class Meta:
        ordering = ["id"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.digest[:12]
