"""How runs wait and are handed out; every name is one of Celery's settings."""

from celery.schedules import crontab
from django.conf import settings
from kombu import Queue

from snippets.broker import kombu_url
from snippets.limits import HARD_WALL_SECONDS

broker_url = kombu_url(settings.REDIS_URL)
broker_connection_retry_on_startup = True
task_ignore_result = True  # a run's result is in the database
task_serializer = "json"
accept_content = ["json"]
timezone = "UTC"

# A run belongs to its worker only once the sandbox has ended it: a killed
# worker's task comes back, and the claim in the database keeps it single.
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1
worker_hijack_root_logger = False
worker_send_task_events = False

task_default_queue = "cpu"
task_queues = [Queue("cpu"), Queue("gpu"), Queue("verify")]
broker_transport_options = {
    # A verification climbs a ladder and checks claims: up to some twenty runs in a task.
    # What a dead worker held comes back much sooner: by the sweep, from its missing
    # heartbeat, and with the next batch.
    "visibility_timeout": int(2 * 20 * HARD_WALL_SECONDS) + 60,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "queue_order_strategy": "priority",
    "priority_steps": [0, 6],
    "sep": ":",
}

beat_schedule = {
    "sweep": {"task": "runs.sweep", "schedule": 5.0, "options": {"expires": 5}},
    "delete-old": {"task": "runs.delete_old", "schedule": crontab(hour="3", minute="40")},
    "delete-old-deliveries": {
        "task": "kb.delete_old_deliveries",
        "schedule": crontab(hour="3", minute="50"),
    },
    "purge-deleted": {"task": "kb.purge_deleted", "schedule": crontab(hour="4", minute="10")},
    "render-pending": {"task": "kb.render_pending", "schedule": 60.0, "options": {"expires": 60}},
    # Beside the verifier's work: a slow receiver must hold up no reader's run.
    "deliver-webhooks": {
        "task": "kb.deliver_webhooks",
        "schedule": 10.0,
        "options": {"expires": 10, "queue": "verify", "priority": 0},
    },
    "sweep-imports": {"task": "kb.sweep_imports", "schedule": 60.0, "options": {"expires": 60}},
    "verify-due": {"task": "runs.verify_due", "schedule": 30.0, "options": {"expires": 30}},
}
