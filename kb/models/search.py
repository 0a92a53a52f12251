"""Which search indexes there are, and what each has yet to read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.models.articles import Article
from kb.models.texts import Language


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


class TitleVector(models.Model):
    """What a title means, as numbers; only where requirements-semantic.txt is installed."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="title_vectors")
    language = models.CharField(max_length=10, choices=Language.choices)
    digest = models.CharField(max_length=32)  # of the title and of the model's version
    vector = models.BinaryField()  # kb.search.encoder.pack

    class Meta:
        ordering = ["id"]
        verbose_name = _("vector of a title")
        verbose_name_plural = _("vectors of titles")
        constraints = [
            models.UniqueConstraint(fields=["article", "language"], name="title_vector_once")
        ]

    def __str__(self) -> str:
        return f"{self.article_id} ({self.language})"
