"""The whole path: page, database, broker, worker, sandbox, and back as events."""

import json
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import redis
from django.test import Client

from sandbox import Verdict
from snippets.models import Run
from snippets.streams import stream_key

pytestmark = [pytest.mark.jail, pytest.mark.django_db(transaction=True)]

JSON = {"Accept": "application/json"}


def events(site: str, path: str, last_id: str = "") -> Iterator[tuple[str, str, dict]]:
    """Yield (id, event, data) until the run is over."""
    connection = HTTPConnection(urlsplit(site).netloc, timeout=60)
    try:
        connection.request("GET", path, headers={"Last-Event-ID": last_id} if last_id else {})
        response = connection.getresponse()
        assert response.headers["Content-Type"] == "text/event-stream"
        fields: dict[str, str] = {}
        for line in response:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
                continue
            if "event" in fields:
                yield fields.get("id", ""), fields["event"], json.loads(fields["data"])
            fields = {}
    finally:
        connection.close()


def printed(heard: list[tuple[str, str, dict]]) -> str:
    return "".join(
        part["text"] for _, event, data in heard if event == "output" for part in data["parts"]
    )


def test_reader_sees_output_arrive_and_the_result_is_kept(
    live_site: str,
    worker: subprocess.Popen[bytes],
    client: Client,
) -> None:
    code = "import sys, torch\nprint(torch.ones(2))\nprint('careful', file=sys.stderr)\n6 * 7"

    answer = client.post("/en/runs/", {"runtime": "torch-2.13", "code": code}, headers=JSON)
    heard = list(events(live_site, answer.json()["events"]))

    assert answer.status_code == 202
    assert heard[0][1] == "started"
    assert printed(heard) == "tensor([1., 1.])\ncareful\n42\n"
    end = heard[-1][2]
    assert (end["status"], end["verdict"], end["tone"]) == ("finished", "ok", "ok")
    run = Run.objects.get(public_id=answer.json()["id"])
    assert run.verdict == Verdict.OK
    assert [part["stream"] for part in run.output] == ["stdout", "stderr", "stdout"]


def test_viewer_who_comes_back_gets_only_what_was_missed(
    live_site: str,
    worker: subprocess.Popen[bytes],
    client: Client,
) -> None:
    code = "import time\nfor i in range(4):\n    print(i, flush=True)\n    time.sleep(0.15)"
    answer = client.post("/en/runs/", {"runtime": "torch-2.13", "code": code}, headers=JSON)
    path = answer.json()["events"]
    whole = list(events(live_site, path))

    rest = list(events(live_site, path, last_id=whole[1][0]))

    assert len(whole) > 3
    assert rest == whole[2:]


def test_viewer_who_comes_after_the_stream_expired_gets_the_end_from_the_database(
    live_site: str,
    worker: subprocess.Popen[bytes],
    client: Client,
    valkey: redis.Redis,
) -> None:
    values = {"runtime": "torch-2.13", "code": "print('kept')"}
    path = client.post("/en/runs/", values, headers=JSON).json()["events"]
    list(events(live_site, path))
    valkey.delete(stream_key(path.split("/")[3]))

    heard = list(events(live_site, path))

    assert [event for _, event, _ in heard] == ["done"]
    assert heard[0][2]["output"] == [{"stream": "stdout", "text": "kept\n"}]


def test_running_run_is_cancelled(
    live_site: str,
    worker: subprocess.Popen[bytes],
    client: Client,
) -> None:
    code = "print('begun', flush=True)\nwhile True: pass"
    answer = client.post("/en/runs/", {"runtime": "torch-2.13", "code": code}, headers=JSON)
    stream = events(live_site, answer.json()["events"])
    while next(stream)[1] != "output":
        pass

    client.post(answer.json()["cancel"], headers=JSON)
    *_, (_, event, end) = stream

    assert (event, end["status"]) == ("done", "cancelled")
    run = Run.objects.get(public_id=answer.json()["id"])
    assert run.status == Run.Status.CANCELLED
    assert run.stdout == "begun\n"


def test_figures_come_back_as_artifacts(
    live_site: str,
    worker: subprocess.Popen[bytes],
    client: Client,
) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    answer = client.post("/en/runs/", {"runtime": "torch-2.13", "code": code}, headers=JSON)
    end = list(events(live_site, answer.json()["events"]))[-1][2]

    image = client.get(end["artifacts"][0]["url"])

    assert image.content.startswith(b"\x89PNG")
    assert image.headers["Content-Type"] == "image/png"
