"""What the sandbox of this site is made of, for readers who want to know whom they trust."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import sandbox
from snippets import wording
from snippets.models import Run

# What each layer keeps code from; the names are the sandbox's own.
PURPOSES = {
    "user namespace": gettext_noop("no privilege on this machine"),
    "pid namespace": gettext_noop("no sight of other processes"),
    "read-only root": gettext_noop("nothing outside its working directory can be changed"),
    "nosuid and nodev": gettext_noop("no set-uid programs, no devices"),
    "restricted proc": gettext_noop("kernel settings cannot be changed"),
    "network": gettext_noop("no network"),
    "host name": gettext_noop("no sight of the machine's name"),
    "cgroup namespace": gettext_noop("no sight of the machine's control groups"),
    "capabilities": gettext_noop("no capabilities"),
    "no new privileges": gettext_noop("nothing to gain them by"),
    "seccomp": gettext_noop("dangerous system calls are refused"),
    "landlock": gettext_noop("file access is limited once more"),
    "descriptors": gettext_noop("nothing is left open"),
    "cgroup": gettext_noop("memory, processes and processor time are held by the kernel"),
}


@never_cache
@require_safe
def show_status(request: HttpRequest, lang: str) -> HttpResponse:
    """Show runtimes, layers and the queue; the sandbox being away is a state, not an error."""
    try:
        service: dict[str, Any] | None = sandbox.Client(settings.SANDBOX_SOCKET).status()
    except sandbox.SandboxError:
        service = None
    known = sandbox.load_all()
    states = service["runtimes"] if service else {}
    context = {
        "service": service,
        "runtimes": [
            {"name": name, "label": runtime.label, **states.get(name, {"built": runtime.is_built})}
            for name, runtime in known.items()
        ],
        "layers": _layers(states),
        "queued": Run.objects.filter(status=Run.Status.QUEUED).count(),
        "running": Run.objects.filter(status=Run.Status.RUNNING).count(),
    }
    return render(request, "snippets/status.html", context)


def _layers(states: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each layer with the worst state that any started runtime proved."""
    proven: dict[str, str] = {}
    for state in states.values():
        for name, outcome in (state.get("layers") or {}).items():
            if proven.get(name, "ok") == "ok":
                proven[name] = outcome
    return [
        {
            "name": name,
            "purpose": gettext(PURPOSES[name]),
            "is_ok": outcome == "ok",
            "state": wording.explain(outcome),
        }
        for name, outcome in proven.items()
    ]
