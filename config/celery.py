"""The Celery application: `celery -A config worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("zhiyan")
# By name: the settings are read at first use, when Django's own are complete.
app.config_from_object("config.celery_settings")
app.autodiscover_tasks(["kb", "snippets"])
app.set_default()
