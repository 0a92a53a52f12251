"""A run's page works without JavaScript, and what a run left cannot act."""

from http import HTTPStatus

import pytest
import redis
from django.test import Client

from snippets.models import Artifact, Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished() -> Run:
    return Run.objects.create(
        runtime="torch-2.13",
        code="print('<b>')",
        status=Run.Status.FINISHED,
        verdict="error",
        reason="ValueError: <i>no</i>",
        exit_code=1,
        wall_seconds=0.25,
        output=[
            {"stream": "stdout", "text": "<b>\x1b[31m\u202e\n"},
            {"stream": "stderr", "text": "careful\n"},
        ],
    )


def test_form_without_javascript_leads_to_a_page_that_reloads_itself(
    client: Client, broker: redis.Redis
) -> None:
    values = {"runtime": "torch-2.13", "code": "print(1)"}

    answer = client.post("/zh/runs/", values)
    page = client.get(answer.headers["Location"])

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert '<noscript><meta http-equiv="refresh" content="1"></noscript>' in page.text
    assert "/cancel" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_finished_run_shows_verdict_reason_and_both_streams(client: Client, finished: Run) -> None:
    page = client.get(f"/en/runs/{finished.public_id}").text

    assert "http-equiv" not in page
    assert "ended with an error" in page
    assert "ValueError: &lt;i&gt;no&lt;/i&gt;" in page
    assert "&lt;b&gt;\\u202e" in page
    assert '<span class="stderr">careful\n</span>' in page
    assert "exit code 1 · 0.25 s" in page


def test_viewer_who_did_not_ask_sees_no_cancel(client: Client) -> None:
    run = Run.objects.create(runtime="torch-2.13", code="1")

    assert 'class="stop"' not in client.get(f"/en/runs/{run.public_id}").text


def test_unknown_run_is_not_found(client: Client) -> None:
    paths = ["", "/cancel", "/events", "/artifacts/1"]

    statuses = {
        client.post(f"/en/runs/nothing{path}").status_code
        if path == "/cancel"
        else client.get(f"/en/runs/nothing{path}").status_code
        for path in paths
    }

    assert statuses == {HTTPStatus.NOT_FOUND}


def test_figure_is_shown_and_file_is_only_handed_over(client: Client, finished: Run) -> None:
    png = b"\x89PNG\r\n\x1a\n"
    figure = Artifact.objects.create(
        run=finished, name="figure-1.png", kind="figure", media_type="image/png", data=png
    )
    file = Artifact.objects.create(
        run=finished, name='a".html', kind="file", media_type="text/html", data=b"<script>"
    )
    path = f"/en/runs/{finished.public_id}/artifacts"

    image, page = client.get(f"{path}/{figure.pk}"), client.get(f"{path}/{file.pk}")

    assert image.headers["Content-Type"] == "image/png"
    assert image.headers["Content-Disposition"].startswith("inline")
    assert page.headers["Content-Type"] == "application/octet-stream"
    assert page.headers["Content-Disposition"].startswith("attachment")
    for answer in (image, page):
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_artifact_is_not_reached_through_another_run(client: Client, finished: Run) -> None:
    artifact = Artifact.objects.create(
        run=finished, name="f", kind="file", media_type="text/plain", data=b"x"
    )
    other = Run.objects.create(runtime="torch-2.13", code="1")

    answer = client.get(f"/en/runs/{other.public_id}/artifacts/{artifact.pk}")

    assert answer.status_code == HTTPStatus.NOT_FOUND
