import importlib

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ConfigConfig(AppConfig):
    name = "config"
    default = True

    def ready(self) -> None:
        # Makes the Celery application the one that `send_task` and `shared_task` use.
        importlib.import_module("config.celery")


class GuardedAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "config.admin.GuardedAdmin"
