"""The commands of docs/api.md do what it says, as they stand there."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from kb.models import Article, Report, Translation
from kb.people.roles import Role
from kb.people.tokens import Scope, make_token
from kb.search.draining import rebuild
from kb.webhooks.signing import make_secret, sign
from snippets.models import Run, Snippet

TEXT = Path("docs/api.md")


def blocks(language: str) -> list[str]:
    path = Path(__file__).parents[3] / TEXT
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf-8"), re.M | re.S)


@pytest.mark.jail
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_commands_do_what_they_say(
    live_site: str,
    worker: subprocess.Popen[bytes],
    freezing: Article,
    person_in: Callable[[Role], User],
    tmp_path: Path,
):
    rebuild()
    _, token = make_token(user=person_in(Role.CURATOR), name="docs", scopes=list(Scope), days=1)
    values = {
        "SITE": live_site,
        "TOKEN": token,
        "ARTICLE": str(freezing.pk),
        "POST": str(freezing.posts.get(position=0).pk),
        "SNIPPET": str(Snippet.objects.get().pk),
        "PATH": "/usr/bin:/bin",
    }

    done = subprocess.run(
        ["bash", "-e", "-u", "-o", "pipefail", "-c", "\n".join(blocks("sh"))],
        env=values, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr + done.stdout
    assert "tensor([1., 1.])" in done.stdout
    assert "event: done" in done.stdout
    assert "}304\n" in done.stdout
    assert '"code": "invalid"' in done.stdout
    assert Run.objects.filter(purpose="reader").get().verdict == "ok"
    assert sorted(Report.objects.values_list("kind", flat=True)) == ["edit", "outdated"]
    assert Translation.objects.get(post__position=0, language="en").markdown == "A better text."


def test_documented_function_knows_a_genuine_message():
    (code,) = blocks("python")
    names: dict[str, Any] = {}
    exec(code, names)
    secret, body, now = make_secret(), b'{"type": "snippet.broke"}', int(time.time())

    def headers(at: int) -> dict[str, str]:
        signature = sign(secret=secret, message_id="msg_1", timestamp=at, body=body)
        return {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(at),
            "webhook-signature": f"v1,c29tZXRoaW5n {signature}",
        }

    is_genuine = names["is_from_zhiyan"]
    assert is_genuine(secret, headers(now), body)
    assert not is_genuine(secret, headers(now), body + b" ")
    assert not is_genuine(make_secret(), headers(now), body)
    assert not is_genuine(secret, headers(now - 3600), body)


def test_documented_examples_are_json():
    assert all(json.loads(block) for block in blocks("json"))


@pytest.mark.django_db
def test_page_shows_the_same_function(client: Any):
    import html

    page = html.unescape(client.get("/en/help/api").content.decode())

    assert blocks("python")[0].strip() in page
