"""Addresses of the curators' desk, below /zh/desk/ and /en/desk/."""

from django.urls import path

from kb.views.desk import decisions, history, queues

urlpatterns = [
    path("", queues.index, name="desk"),
    path("queues/<str:slug>", queues.queue, name="desk-queue"),
    path("queues/<str:slug>/act", queues.act_on_queue, name="desk-queue-act"),
    path("reports/<int:report_id>", decisions.report, name="desk-report"),
    path("batches/", decisions.batches, name="desk-batches"),
    path("batches/<int:batch_id>/answer", decisions.answer_batch, name="desk-batch-answer"),
    path("history", history.history, name="desk-history"),
]
