"""Changes in the admin that the desk's history tells of."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from kb.models import Deed
from kb.people.auditing import note_deed

WHY = "in the admin"


class NotedAdmin(admin.ModelAdmin):
    """Records that may be changed here: the desk's history tells of it."""

    deed: Deed
    show_full_result_count = False
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        note_deed(user=request.user, verb=self.deed, target=obj, why=WHY)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        note_deed(user=request.user, verb=self.deed, target=obj, why=f"deleted {WHY}")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for obj in queryset:
            self.delete_model(request, obj)
