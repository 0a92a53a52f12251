"""What people did, and what the site keeps for itself: to be looked at."""

from allauth.mfa.admin import Authenticator
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse

from kb.models import (
    AcceptedReason,
    ApiToken,
    AuditEntry,
    DeletedArticle,
    EditorDraft,
    ImportJob,
    IndexChange,
    Report,
    SearchIndex,
    SharedSetup,
    SharedSetupRevision,
    TitleVector,
    Vote,
    Webhook,
    WebhookDelivery,
)
from snippets.admin import EvidenceAdmin, page_language


@admin.register(Vote)
class VoteAdmin(EvidenceAdmin):
    list_display = ["post", "user", "value", "created_at"]
    list_filter = ["value", "created_at"]
    list_select_related = ["post__article", "user"]
    search_fields = ["post__article__slug", "user__username"]


@admin.register(Report)
class ReportAdmin(EvidenceAdmin):
    """Decided on the desk."""

    list_display = ["post", "kind", "status", "language", "user", "created_at"]
    list_filter = ["status", "kind", "language", "created_at"]
    list_select_related = ["post__article", "user"]
    search_fields = ["post__article__slug", "comment", "user__username"]
    heavy = ("markdown",)


@admin.register(SharedSetup)
class SharedSetupAdmin(EvidenceAdmin):
    """Shared on the desk, which brings the snippets in step with it."""

    list_display = ["scope", "note", "updated_at"]
    search_fields = ["scope", "code", "note"]


@admin.register(SharedSetupRevision)
class SharedSetupRevisionAdmin(EvidenceAdmin):
    """Put back on the desk."""

    list_display = ["scope", "note", "user", "at"]
    list_select_related = ["user"]
    search_fields = ["scope", "code", "note"]


@admin.register(AcceptedReason)
class AcceptedReasonAdmin(EvidenceAdmin):
    list_display = ["digest", "runtime", "outcome", "reason_code", "why", "user", "at"]
    list_filter = ["runtime", "outcome"]
    list_select_related = ["user"]
    search_fields = ["digest", "why"]


@admin.register(AuditEntry)
class AuditEntryAdmin(EvidenceAdmin):
    list_display = ["at", "user_name", "verb_label", "label", "why"]
    list_filter = ["verb", "target_kind", "at"]
    search_fields = ["user_name", "label", "why"]


@admin.register(DeletedArticle)
class DeletedArticleAdmin(EvidenceAdmin):
    """Brought back on the desk."""

    list_display = ["article", "title_zh", "title_en", "deleted_by", "deleted_at"]
    list_select_related = ["deleted_by"]
    search_fields = ["title_zh", "title_en", "external_id"]
    exclude = ["rows"]
    heavy = ("rows",)


@admin.register(EditorDraft)
class EditorDraftAdmin(EvidenceAdmin):
    list_display = ["user", "place", "saved_at"]
    list_select_related = ["user"]
    search_fields = ["user__username", "place"]
    heavy = ("fields",)


@admin.register(ImportJob)
class ImportJobAdmin(EvidenceAdmin):
    list_display = ["file_name", "format", "state", "error_count", "requested_by", "created_at"]
    list_filter = ["state", "format", "created_at"]
    list_select_related = ["requested_by"]
    search_fields = ["file_name", "failure"]
    exclude = ["claim_token"]
    heavy = ("errors", "counts")

    def view_on_site(self, obj: ImportJob) -> str:
        return reverse("desk-import", args=[page_language(), obj.pk])


@admin.register(SearchIndex)
class SearchIndexAdmin(EvidenceAdmin):
    list_display = ["name", "engine", "version", "machine", "is_ready", "seen_at"]
    list_filter = ["engine", "is_ready"]
    search_fields = ["name", "machine"]


@admin.register(IndexChange)
class IndexChangeAdmin(EvidenceAdmin):
    list_display = ["index", "article_id", "created_at"]
    list_filter = ["index"]
    list_select_related = ["index"]
    search_fields = ["=article_id"]


@admin.register(TitleVector)
class TitleVectorAdmin(EvidenceAdmin):
    list_display = ["article", "language", "digest"]
    list_filter = ["language"]
    list_select_related = ["article"]
    search_fields = ["=article__id"]
    heavy = ("vector",)


@admin.register(ApiToken)
class ApiTokenAdmin(EvidenceAdmin):
    list_display = [
        "name",
        "user",
        "hint",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
    ]
    list_select_related = ["user"]
    search_fields = ["name", "hint", "user__username"]
    exclude = ["digest"]


@admin.register(Webhook)
class WebhookAdmin(EvidenceAdmin):
    """Managed on the desk; its secret is shown nowhere again."""

    list_display = ["url", "description", "is_active", "failures", "delivered_at"]
    list_filter = ["is_active"]
    search_fields = ["url", "description"]
    exclude = ["secret"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(EvidenceAdmin):
    list_display = ["webhook", "event", "status", "attempts", "response_status", "created_at"]
    list_filter = ["status", "event", "created_at"]
    list_select_related = ["webhook"]
    search_fields = ["message_id", "webhook__url", "error"]
    heavy = ("body",)


# Registered by the import of its own admin, which shows what it is made of.
admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class SecondFactorAdmin(EvidenceAdmin):
    """Taken away from whom lost it; what it is made of is shown to nobody."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type", "created_at"]
    list_select_related = ["user"]
    search_fields = ["user__username"]
    exclude = ["data"]

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return bool(request.user.is_superuser)
