"""Addresses of the curators' desk, below /zh/desk/ and /en/desk/."""

from django.urls import path

from kb.views.desk import bench, decisions, history, queues, sharing, trials

urlpatterns = [
    path("", queues.index, name="desk"),
    path("queues/<str:slug>", queues.queue, name="desk-queue"),
    path("queues/<str:slug>/act", queues.act_on_queue, name="desk-queue-act"),
    path("reports/<int:report_id>", decisions.report, name="desk-report"),
    path("batches/", decisions.batches, name="desk-batches"),
    path("batches/<int:batch_id>/answer", decisions.answer_batch, name="desk-batch-answer"),
    path("history", history.history, name="desk-history"),
    path("snippets/<int:snippet_id>", bench.bench, name="desk-bench"),
    path("snippets/<int:snippet_id>/try", bench.try_curation, name="desk-try"),
    path("snippets/<int:snippet_id>/save", bench.save, name="desk-save"),
    path("snippets/<int:snippet_id>/accept", bench.accept, name="desk-accept"),
    path("snippets/<int:snippet_id>/undo", bench.undo, name="desk-undo"),
    path("snippets/<int:snippet_id>/share", sharing.share, name="desk-share"),
    path("trials/<slug:public_id>/rows", trials.trial_rows, name="desk-trial-rows"),
    path("trials/<slug:public_id>/events", trials.trial_events, name="desk-trial-events"),
]
