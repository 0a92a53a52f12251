"""Addresses of runs and snippets, under the page's language."""

from django.urls import path

from snippets.views import embeds, events, runs, snippets, status

app_name = "snippets"

urlpatterns = [
    path("status", status.show_status, name="status"),
    path("runs/", runs.create_run, name="create_run"),
    path("runs/<slug:public_id>", runs.show_run, name="run"),
    path("runs/<slug:public_id>/cancel", runs.cancel_run, name="cancel_run"),
    path("runs/<slug:public_id>/events", events.run_events, name="run_events"),
    path(
        "runs/<slug:public_id>/artifacts/<int:artifact_id>",
        runs.show_artifact,
        name="artifact",
    ),
    path("snippets/<int:snippet_id>", snippets.show_snippet, name="snippet"),
    path("snippets/<int:snippet_id>/embed", embeds.embed_snippet, name="embed"),
    path("embedded-runs/", embeds.run_embedded, name="run_embedded"),
    path("snippets/<int:snippet_id>.py", snippets.download_snippet, name="download"),
]
