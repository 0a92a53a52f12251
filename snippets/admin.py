"""Records for operators: read, not written, for runs and verifications are evidence."""

from django.contrib import admin

from snippets.models import Run, Snippet, Verification


@admin.register(Snippet)
class SnippetAdmin(admin.ModelAdmin):
    list_display = ["id", "name", "kind", "created_at"]
    list_filter = ["kind"]
    search_fields = ["name", "code", "digest"]
    readonly_fields = ["digest", "kind", "created_at"]


@admin.register(Run)
class RunAdmin(admin.ModelAdmin):
    list_display = ["public_id", "purpose", "runtime", "status", "verdict", "queued_at"]
    list_filter = ["status", "verdict", "purpose", "runtime"]
    list_select_related = ["snippet"]
    search_fields = ["public_id", "code"]
    raw_id_fields = ["snippet", "requested_by"]


@admin.register(Verification)
class VerificationAdmin(admin.ModelAdmin):
    list_display = ["snippet", "runtime", "outcome", "reason_code", "is_current", "checked_at"]
    list_filter = ["outcome", "runtime", "is_current"]
    list_select_related = ["snippet"]
    search_fields = ["snippet__name", "reason"]
    raw_id_fields = ["snippet", "run"]
