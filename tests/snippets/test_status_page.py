"""The status page names every layer and runtime, and survives a sandbox that is away."""

import pytest
from django.conf import settings

from sandbox.layers import KNOWN
from snippets.views.status import PURPOSES

pytestmark = pytest.mark.django_db


def test_every_layer_has_its_meaning():
    assert set(PURPOSES) == KNOWN


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "the sandbox does not answer"), ("zh", "沙箱没有应答")]
)
def test_a_sandbox_that_is_away_is_said_so(client, lang, words, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "SANDBOX_SOCKET", str(tmp_path / "none.sock"))

    answer = client.get(f"/{lang}/status")

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert "torch-2.13" in answer.content.decode()
