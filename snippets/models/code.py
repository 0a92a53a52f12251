"""Snippets, and what curators say of their code."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from snippets import querysets


class Snippet(models.Model):
    """A piece of code, once, however many posts and translations show it."""

    class Kind(models.TextChoices):
        PYTHON = "python", "Python 3"
        PYTHON2 = "python2", "Python 2"
        SESSION = "session", _("console session")

    class SuggestionOrigin(models.TextChoices):
        CURATOR = "curator", _("a curator's correction")
        TRANSLATION = "translation", _("a translation from Python 2")

    digest = models.CharField(max_length=64, unique=True)  # sha256 of the normalised code
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PYTHON)
    name = models.CharField(max_length=80, blank=True)
    code = models.TextField()  # whole, as its author wrote it
    highlighted = models.TextField(blank=True)  # `code` as safe HTML, made when it is stored
    setup = models.TextField(blank=True)  # what its author wrote to run before it
    runtimes = models.JSONField(default=list)  # names its author asked for; empty: by imports
    earlier = models.JSONField(default=list)  # digests of the code before it in its post
    borrowed = models.JSONField(default=list)  # libraries of that code, where its own is silent
    shared_setups = models.JSONField(default=list)  # of its article and tags, written by curators
    # These three are kept in step with Curation; the claim is what a curator saw printed and
    # accepted, and rules over every claim of the author's.
    curated_setup = models.TextField(blank=True)
    curated_runtimes = models.JSONField(default=list)
    curated_claim = models.TextField(blank=True)
    claim = models.TextField(blank=True)  # what the author says it prints
    expects_error = models.BooleanField(default=False)
    needs_gpu = models.BooleanField(default=False)
    # A correction, verified as a snippet of its own; the author's code stays as it is.
    suggested = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="suggested_for"
    )
    suggestion_origin = models.CharField(
        max_length=12, blank=True, choices=SuggestionOrigin.choices
    )
    suggestion_note = models.TextField(blank=True)
    is_suggestion_accepted = models.BooleanField(default=False)  # others are never run
    created_at = models.DateTimeField(auto_now_add=True)

    objects = querysets.SnippetQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("snippet")
        verbose_name_plural = _("snippets")

    def __str__(self) -> str:
        return self.name or self.digest[:12]


class Curation(models.Model):
    """What a curator says of a piece of code, by its digest: it may not be here yet."""

    digest = models.CharField(max_length=64, unique=True)
    setup = models.TextField(blank=True)
    runtimes = models.JSONField(default=list)
    suggestion = models.TextField(blank=True)  # the corrected code, whole
    suggestion_note = models.TextField(blank=True)
    accepts_translation = models.BooleanField(default=False)  # from Python 2
    claim = models.TextField(blank=True)  # what it printed, accepted as what it is to print
    note = models.TextField(blank=True)
    # What was said before the last change, to take that back; null where there was none.
    previous = models.JSONField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )

    class Meta:
        ordering = ["digest"]
        verbose_name = _("curation")
        verbose_name_plural = _("curations")

    def __str__(self) -> str:
        return self.digest[:12]
