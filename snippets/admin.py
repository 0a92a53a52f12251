"""Records for operators: read, not written, for runs and verifications are evidence."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from snippets.models import (
    Artifact,
    Batch,
    Curation,
    Run,
    Snippet,
    Trial,
    TrialCell,
    Verification,
)


def page_language() -> str:
    """Return the first part of the addresses in the operator's language."""
    return "zh" if (translation.get_language() or "").startswith("zh") else "en"


class EvidenceAdmin(admin.ModelAdmin):
    """Records that the site writes: who may change records may look at them."""

    show_full_result_count = False
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    heavy: tuple[str, ...] = ()  # fields that no list reads

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer(*self.heavy)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ValuesFilter(admin.AllValuesFieldListFilter):
    """The values of a field, the empty one with a name that can be followed."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": choice["display"] or self.empty_value_display}


@admin.register(Snippet)
class SnippetAdmin(EvidenceAdmin):
    """Curated on the desk, where it can be tried."""

    list_display = ["id", "name", "kind", "digest", "created_at"]
    list_display_links = ["id", "name"]
    list_filter = ["kind", "suggestion_origin", "is_suggestion_accepted", "needs_gpu"]
    search_fields = ["name", "code", "digest"]
    exclude = ["highlighted"]
    heavy = ("code", "highlighted", "setup", "earlier", "claim", "shared_setups")

    def view_on_site(self, obj: Snippet) -> str:
        return reverse("snippets:snippet", args=[page_language(), obj.pk])


@admin.register(Curation)
class CurationAdmin(EvidenceAdmin):
    list_display = ["digest", "accepts_translation", "updated_by", "updated_at"]
    list_filter = ["accepts_translation", "updated_at"]
    list_select_related = ["updated_by"]
    search_fields = ["digest", "note", "setup", "suggestion"]
    heavy = ("setup", "suggestion", "claim", "previous")


class ArtifactInline(admin.StackedInline):
    model = Artifact
    fields = ["name", "kind", "media_type", "width", "height"]
    readonly_fields = ["name", "kind", "media_type", "width", "height"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("data")


@admin.register(Run)
class RunAdmin(EvidenceAdmin):
    list_display = ["public_id", "purpose", "runtime", "status", "verdict", "queued_at"]
    list_filter = ["status", "verdict", "purpose", "runtime"]
    search_fields = ["public_id", "code"]
    inlines = [ArtifactInline]
    heavy = ("code", "setup", "output", "limits", "environment", "failure")

    def view_on_site(self, obj: Run) -> str:
        return reverse("snippets:run", args=[page_language(), obj.public_id])


@admin.register(Artifact)
class ArtifactAdmin(EvidenceAdmin):
    list_display = ["name", "run", "kind", "media_type", "width", "height"]
    list_filter = ["kind", "media_type"]
    list_select_related = ["run"]
    search_fields = ["name", "run__public_id"]
    heavy = ("data",)


@admin.register(Batch)
class BatchAdmin(EvidenceAdmin):
    """Answered on the desk."""

    list_display = ["id", "state", "total", "done", "were_green", "turned_red", "created_at"]
    list_filter = ["state", "created_at"]
    search_fields = ["=id"]


@admin.register(Verification)
class VerificationAdmin(EvidenceAdmin):
    list_display = ["snippet", "runtime", "outcome", "reason_code", "is_current", "checked_at"]
    list_filter = ["is_current", "outcome", "change", "runtime", ("setup_origin", ValuesFilter)]
    list_select_related = ["snippet"]
    search_fields = ["snippet__name", "snippet__digest", "reason"]
    heavy = ("setup", "figures", "repairs", "snippet__code", "snippet__highlighted")


class CellInline(admin.StackedInline):
    model = TrialCell
    fields = ["runtime", "is_correction", "state", "outcome", "reason_code", "reason", "run"]
    readonly_fields = [
        "runtime",
        "is_correction",
        "state",
        "outcome",
        "reason_code",
        "reason",
        "run",
    ]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("run")


@admin.register(Trial)
class TrialAdmin(EvidenceAdmin):
    list_display = ["public_id", "snippet", "requested_by", "created_at"]
    list_filter = ["created_at"]
    list_select_related = ["snippet", "requested_by"]
    search_fields = ["public_id", "snippet__name", "requested_by__username"]
    inlines = [CellInline]
