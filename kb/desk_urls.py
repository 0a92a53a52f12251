"""Addresses of the curators' desk, below /zh/desk/ and /en/desk/."""

from django.urls import path

from kb.views.desk import queues

urlpatterns = [
    path("", queues.index, name="desk"),
]
