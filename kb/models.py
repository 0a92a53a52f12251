"""Articles, posts, translations, tags and where they came from."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kb import querysets


class Language(models.TextChoices):
    ZH = "zh-hans", "中文"
    EN = "en", "English"


class Tag(models.Model):
    """A subject, named in both languages; a synonym of it leads here."""

    slug = models.SlugField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    description_zh = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = querysets.TagQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.slug


class TagSynonym(models.Model):
    """Another name of a tag, in either language, compared without case."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="synonyms")
    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag synonym")
        verbose_name_plural = _("tag synonyms")

    def __str__(self) -> str:
        return self.name


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
    source = models.OneToOneField(
        Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="article"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # What lists sort by, kept by kb.standing whenever the article or a verification changes.
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


class Translation(models.Model):
    """A post in one language; neither language is the main one.

    `blocks` is what a page shows, rendered when the text is saved: a list of
    `{"kind": "html", "html": …}` (one top-level element each, cleaned) and
    `{"kind": "snippet", "snippet": <id>}`. A snippet inside a list or a quote
    is a placeholder in its block's HTML; see `kb.rendering`.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(max_length=10, choices=Language.choices)
    title = models.CharField(max_length=300, blank=True)  # of the article; empty on answers
    markdown = models.TextField()
    blocks = models.JSONField(default=list)
    # False: imported in bulk, its blocks are made by the first reader or by kb.pending.
    is_rendered = models.BooleanField(default=True)
    revision_number = models.PositiveIntegerField(default=1)
    # The other language's revision that says the same as this text.
    in_step_with = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "language"], name="translation_once"),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="translation_pending", condition=models.Q(is_rendered=False)
            ),
        ]
        verbose_name = _("translation")
        verbose_name_plural = _("translations")

    def __str__(self) -> str:
        return f"{self.post} {self.language}"


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

    class Meta:
        ordering = ["translation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["translation", "number"], name="revision_once"),
        ]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")

    def __str__(self) -> str:
        return f"{self.translation} r{self.number}"


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
    base_revision = models.PositiveIntegerField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reporter_key = models.CharField(max_length=64, blank=True)  # hash of a reader's session
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("report of a reader")
        verbose_name_plural = _("reports of readers")

    def __str__(self) -> str:
        return f"{self.kind}: {self.post}"


class SearchIndex(models.Model):
    """A search index that is told of changes; the one of another machine is told of its own."""

    name = models.CharField(max_length=60, unique=True)  # engine, version and a random part
    engine = models.CharField(max_length=20)
    version = models.CharField(max_length=40)  # of the analysis it was built with
    machine = models.CharField(max_length=32, blank=True)  # whose files it is; empty: shared by all
    is_ready = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)  # when its drainer was last alive

    class Meta:
        ordering = ["id"]
        verbose_name = _("search index")
        verbose_name_plural = _("search indexes")

    def __str__(self) -> str:
        return self.name


class IndexChange(models.Model):
    """An article that an index has yet to read again, written with the change itself."""

    index = models.ForeignKey(SearchIndex, on_delete=models.CASCADE, related_name="changes")
    article_id = models.BigIntegerField()  # no foreign key: it may be gone, and that is the change
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("change for an index")
        verbose_name_plural = _("changes for an index")

    def __str__(self) -> str:
        return f"{self.index}: {self.article_id}"


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
