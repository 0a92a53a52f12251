"""Take the site down."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import launch
from config.supervisor import Supervisor, SupervisorError


class Command(BaseCommand):
    help = "Stop what `up` started, in order; queued runs are kept for the next start."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        site = launch.this_site()
        supervisor = Supervisor(site)
        try:
            with launch.only_launcher(site):
                if not supervisor.is_running():
                    self.stdout.write("nothing is running")
                    return
                supervisor.stop(lambda name: self.stdout.write(f"  stopped {name}"))
        except (launch.LaunchError, SupervisorError, OSError) as error:
            raise CommandError(str(error)) from error
