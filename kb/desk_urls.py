"""Addresses of the curators' desk, below /zh/desk/ and /en/desk/."""

from django.urls import include, path

from kb.views.desk import (
    bench,
    decisions,
    deletion,
    history,
    imports,
    people,
    queues,
    sharing,
    trials,
    webhooks,
)

urlpatterns = [
    path("", queues.index, name="desk"),
    path("queues/<str:slug>", queues.queue, name="desk-queue"),
    path("queues/<str:slug>/act", queues.act_on_queue, name="desk-queue-act"),
    path("reports/<int:report_id>", decisions.report, name="desk-report"),
    path("batches/", decisions.batches, name="desk-batches"),
    path("batches/<int:batch_id>/answer", decisions.answer_batch, name="desk-batch-answer"),
    path("history", history.history, name="desk-history"),
    path("articles/<int:article_id>/delete", deletion.delete, name="desk-delete"),
    path("deleted/", deletion.deleted, name="desk-deleted"),
    path("deleted/<int:deleted_id>/undo", deletion.bring_back, name="desk-bring-back"),
    path("people/", people.people, name="desk-people"),
    path("people/<int:user_id>/roles", people.give_roles, name="desk-give-roles"),
    path("permissions", people.permissions, name="desk-permissions"),
    path("snippets/<int:snippet_id>", bench.bench, name="desk-bench"),
    path("snippets/<int:snippet_id>/try", bench.try_curation, name="desk-try"),
    path("snippets/<int:snippet_id>/save", bench.save, name="desk-save"),
    path("snippets/<int:snippet_id>/accept", bench.accept, name="desk-accept"),
    path("snippets/<int:snippet_id>/undo", bench.undo, name="desk-undo"),
    path("snippets/<int:snippet_id>/share", sharing.share, name="desk-share"),
    path("trials/<slug:public_id>/rows", trials.trial_rows, name="desk-trial-rows"),
    path("trials/<slug:public_id>/events", trials.trial_events, name="desk-trial-events"),
    path("", include("kb.editing_urls")),
    path("webhooks/", webhooks.webhooks, name="desk-webhooks"),
    path("webhooks/<int:webhook_id>", webhooks.webhook, name="desk-webhook"),
    path("webhooks/<int:webhook_id>/<str:deed>", webhooks.act, name="desk-webhook-act"),
    path("deliveries/<int:delivery_id>/again", webhooks.send_again, name="desk-delivery-again"),
    path("imports/", imports.imports, name="desk-imports"),
    path("imports/<int:job_id>", imports.import_job, name="desk-import"),
    path("imports/<int:job_id>/answer", imports.answer_import, name="desk-import-answer"),
    path("imports/<int:job_id>/errors.csv", imports.import_errors, name="desk-import-errors"),
]
