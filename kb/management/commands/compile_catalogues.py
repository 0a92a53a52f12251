"""Compile locale/*.po: `manage.py compile_catalogues`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kb.catalogues import compile_stale


class Command(BaseCommand):
    help = "Compile the translations that changed since they were last compiled."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for locale in settings.LOCALE_PATHS:
            for path in compile_stale(locale):
                self.stdout.write(f"compiled {path.parent.parent.name}/{path.name}")
