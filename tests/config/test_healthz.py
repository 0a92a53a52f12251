"""The health page tells a monitor what is wrong, and nobody anything secret."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_site_without_its_helpers_is_unwell_and_says_which(client, settings, tmp_path):
    settings.REDIS_URL = f"unix://:s3cret@{tmp_path}/nothing.sock"
    settings.SANDBOX_SOCKET = str(tmp_path / "nothing.sock")
    settings.PROGRAMS = ["sandbox", "worker", "web"]

    response = client.get("/healthz")

    assert response.status_code == 503
    assert response.json() == {
        "ok": False,
        "db": "ok",
        "redis": "unreachable",
        "sandbox": "unreachable",
        "workers": "unreachable",
    }


def test_a_web_machine_is_not_asked_for_a_sandbox(client, settings, tmp_path):
    settings.REDIS_URL = f"unix://:s3cret@{tmp_path}/nothing.sock"
    settings.PROGRAMS = ["web"]

    assert "sandbox" not in client.get("/healthz").json()


def test_the_answer_is_never_kept(client, settings, tmp_path):
    settings.REDIS_URL = f"unix://:s3cret@{tmp_path}/nothing.sock"

    assert "no-store" in client.get("/healthz")["Cache-Control"]


def test_it_cannot_be_posted_to(client):
    assert client.post("/healthz").status_code == 405
