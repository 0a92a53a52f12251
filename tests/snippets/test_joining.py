"""Snippets of a text run as one session: the earlier ones come first, each line once."""

import pytest
from django.test import Client

from snippets.joining import setup_with_earlier
from snippets.models import Run
from snippets.services import find_or_make_snippet

pytestmark = pytest.mark.django_db


def test_earlier_code_and_setups_come_first_and_once():
    first = find_or_make_snippet(code="x = 1\n", setup="import torch")
    second = find_or_make_snippet(code="y = x\n", setup="import torch")
    last = find_or_make_snippet(code="print(y)\n")

    setup = setup_with_earlier(
        snippet=last, earlier=[first.pk, second.pk, 10**9], runtime="torch-2.13"
    )

    assert setup == "import torch\n\nx = 1\n\ny = x"


def test_reader_asks_for_a_session(client: Client, broker):
    first = find_or_make_snippet(code="x = 1\n")
    last = find_or_make_snippet(code="print(x)\n")
    values = {"snippet": last.pk, "runtime": "torch-2.13", "before": str(first.pk)}

    response = client.post("/en/runs/", values, headers={"accept": "application/json"})

    assert response.status_code == 202
    assert "x = 1" in Run.objects.get().setup


@pytest.mark.parametrize("before", ["x", "1,", "-1", "1;2"])
def test_other_lists_of_ids_are_refused(client: Client, broker, before: str):
    last = find_or_make_snippet(code="print(1)\n")
    values = {"snippet": last.pk, "runtime": "torch-2.13", "before": before}

    assert client.post("/en/runs/", values).status_code == 422
