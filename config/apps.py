import importlib

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps

from config.naming import name_fields

NAMED = ("kb", "snippets", "mfa")


class ConfigConfig(AppConfig):
    name = "config"
    default = True

    def ready(self) -> None:
        # Makes the Celery application the one that `send_task` and `shared_task` use.
        importlib.import_module("config.celery")
        for label in NAMED:
            name_fields(apps.get_app_config(label))


class GuardedAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "config.admin.GuardedAdmin"
