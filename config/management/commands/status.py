"""Say how the site is."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import health, launch
from config.supervisor import Supervisor


class Command(BaseCommand):
    help = "Show the programs and whether every part answers; exit 1 when something does not."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, json: bool = False, **options: Any) -> None:
        site = launch.this_site()
        supervisor = Supervisor(site)
        programs = supervisor.states() if supervisor.is_running() else []
        parts = health.check_all()
        is_ok = bool(programs) and set(parts.values()) == {"ok"}
        if json:
            self._print_json(
                {"ok": is_ok, "address": site.address, "programs": programs, "parts": parts}
            )
        else:
            self._print_table(programs, parts)
            self.stdout.write(site.address if programs else "not running; start with: make up")
        if not is_ok:
            sys.exit(1)

    def _print_json(self, values: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(values))

    def _print_table(self, programs: list[dict[str, Any]], parts: dict[str, str]) -> None:
        for program in programs:
            self.stdout.write(
                f"  {program['name']:<10} {program['statename'].lower():<10} "
                f"{program['description']}"
            )
        for name, outcome in parts.items():
            self.stdout.write(f"  {name:<10} {outcome}")
