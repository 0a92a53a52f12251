"""A run asked for inside another site's page is a stranger's, whoever is signed in here."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from snippets.models import Run
from snippets.services import find_or_make_snippet

pytestmark = pytest.mark.django_db


def test_embedded_run_needs_no_token_and_has_no_owner(
    client_of: Callable[[User], Client], curator: User, broker
):
    snippet = find_or_make_snippet(code="print(1)\n")
    client = client_of(curator)
    client.handler.enforce_csrf_checks = True

    response = client.post(
        "/en/embedded-runs/",
        {"snippet": snippet.pk, "runtime": "torch-2.13"},
        headers={"accept": "application/json"},
    )

    run = Run.objects.get()
    assert response.status_code == 202
    assert response.json()["cancel"] == ""
    assert (run.requested_by, run.requested_key) == (None, "")


def test_embedded_runs_are_counted_by_address(client: Client, broker, settings):
    settings.RUNS_PER_MINUTE_ANONYMOUS = 2
    snippet = find_or_make_snippet(code="print(1)\n")
    values = {"snippet": snippet.pk, "runtime": "torch-2.13"}

    answers = [client.post("/en/embedded-runs/", values).status_code for _ in range(3)]

    assert answers[-1] == 429
