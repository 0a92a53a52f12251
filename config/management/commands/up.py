"""Bring the site up: prepare, start, wait until it answers, then verify its content."""

import collections
import contextlib
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from config import launch
from config.supervisor import SupervisorError
from config.valkey import ValkeyMissing
from sandbox.model import SandboxError
from sandbox.runtime import load_all

FAULTS = (launch.LaunchError, SupervisorError, ValkeyMissing, SandboxError, DatabaseError, OSError)


class Command(BaseCommand):
    help = "Start everything this machine's site needs; what runs already and is unchanged stays."
    requires_system_checks = []  # `migrate` runs them, and says more

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-verify", action="store_true", help="do not verify the content afterwards"
        )
        parser.add_argument(
            "--no-build", action="store_true", help="do not build runtimes that are missing"
        )

    def handle(
        self, *args: Any, no_verify: bool = False, no_build: bool = False, **options: Any
    ) -> None:
        site = launch.this_site()
        try:
            launch.require_room(site)
            with launch.only_launcher(site):
                if "web" in site.wanted:
                    self._prepare()
                with self._step("starting"):
                    launch.start(site, self._say)
                if "web" in site.wanted:
                    with self._step("waiting for the first page"):
                        launch.wait_for_page(site)
                    self._say(f"the site answers at {site.address}")
            if "sandbox" in site.wanted:
                launch.wait_for_sandbox(site)
                if not no_build:
                    self._build_runtimes()
        except FAULTS as error:
            raise CommandError(str(error)) from error
        if "web" in site.wanted:
            if not no_verify:
                self._verify()
            self.stdout.write(f"\nZhiyan 知验 is at {site.address}")

    def _prepare(self) -> None:
        with self._step("bringing the database up to date"):
            call_command("migrate", interactive=False, verbosity=0)
        with self._step("compiling the translations"):
            call_command("compile_catalogues", stdout=io.StringIO())
        with self._step("collecting static files"):
            call_command("collectstatic", interactive=False, verbosity=0)
        with self._step("loading the content"):
            call_command("load_content", stdout=io.StringIO())
            call_command("curation", "import", stdout=io.StringIO())

    def _build_runtimes(self) -> None:
        wanted = {name for name, runtime in load_all().items() if not runtime.on_demand}
        missing = sorted((n for n in wanted if not load_all()[n].is_built), reverse=True)
        for name in missing:
            self._say(f"building runtime {name}: this downloads several hundred megabytes")
            command = [sys.executable, "-m", "sandbox", "build", name]
            if subprocess.run(command, check=False, cwd=settings.BASE_DIR).returncode != 0:
                raise launch.LaunchError(
                    f"runtime {name} was not built (see above); the site runs without it. "
                    "Run `make up` again to go on"
                )

    def _verify(self) -> None:
        """Verify in a process of its own: its progress goes to the terminal, its result to us."""
        self._say("verifying the content; the site can be read meanwhile")
        command = [sys.executable, "manage.py", "verify", "--json"]
        result = subprocess.run(
            command, check=False, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
        )
        if result.returncode != 0:
            raise CommandError("the content could not be verified (see above); the site runs")
        results = json.loads(result.stdout)["results"]
        counts = collections.Counter(entry["outcome"] for entry in results)
        said = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
        self._say(f"{len(results)} checks: {said}" if results else "nothing to verify")

    @contextlib.contextmanager
    def _step(self, what: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self._say(f"{what}: {time.monotonic() - started:.1f} s")

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()
