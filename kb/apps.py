from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KbConfig(AppConfig):
    name = "kb"
    verbose_name = _("Knowledge base")

    def ready(self) -> None:
        from kb import receivers  # noqa: F401, PLC0415 - models must be loaded first
        from kb.search import outbox  # noqa: F401, PLC0415
