from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KbConfig(AppConfig):
    name = "kb"
    verbose_name = _("Knowledge base")

    def ready(self) -> None:
        from kb import receivers  # noqa: F401, PLC0415 - models must be loaded first
        from kb.people.roles import make_groups  # noqa: PLC0415
        from kb.search import outbox  # noqa: F401, PLC0415

        # Once the permissions of kb and snippets are there, which stand before auth.
        auth = apps.get_app_config("auth")
        post_migrate.connect(make_groups, sender=auth, dispatch_uid="kb.people.roles")
