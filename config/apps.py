import importlib

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Makes the Celery application the one that `send_task` and `shared_task` use.
        importlib.import_module("config.celery")
