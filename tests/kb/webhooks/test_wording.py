"""Why a message did not arrive, or an address is refused, is said in the reader's language."""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import override

from kb.models import Webhook
from kb.people.roles import Role
from kb.webhooks.sending import AddressRefused, NotReached, _told, check_url, send
from kb.webhooks.wording import SENTENCES, explain
from tests.kb.webhooks.conftest import Receiver
from tests.saying import sentences_of

WRITTEN = dict(sentences_of({"AddressRefused", "NotReached"}, "kb/webhooks"))
SAID = {
    "answered 500": "对方返回 HTTP 500",
    "8 attempts failed: not reached: Connection refused": "尝试 8 次均失败：无法连接：连接被拒绝",
    "the name a.example is not known": "域名解析失败：a.example",
    "no answer within 10 s": "10 秒内没有应答",
    "its certificate does not hold: certificate has expired": "TLS 证书无效：证书已过期",
}
REFUSED = [
    "http://example.com/", "https://10.1.2.3/", "https://u:p@example.com/", "https:///path",
    "https://example.com:99999/", "https://example.com:x/", "https://[::1/",
    "https://example.com/a b", "https://例子.example/",
]  # fmt: skip


def in_chinese(text: str) -> str:
    with override("zh-hans"):
        said = explain(text)
    assert re.search("[\u4e00-\u9fff]", said), text
    assert not re.search(r"[a-z]{3,} [a-z]{2,} [a-z]{2,}", said), said
    return said


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_every_message_is_said_in_chinese(text: str):
    assert in_chinese(text)


@pytest.mark.parametrize(("text", "wanted"), SAID.items())
def test_message_keeps_its_values(text: str, wanted: str):
    assert in_chinese(text) == wanted
    with override("en"):
        assert explain(text) == text


@pytest.mark.parametrize("url", REFUSED)
def test_refused_address_says_why(url: str):
    with pytest.raises(AddressRefused) as refused:
        check_url(url)

    assert in_chinese(str(refused.value))


@pytest.fixture
def server(settings: Any) -> Iterator[Callable[[bytes], str]]:
    """Answer one connection with these bytes; returns where."""
    settings.WEBHOOKS_PRIVATE = True
    listening = socket.create_server(("127.0.0.1", 0))

    def start(answer: bytes) -> str:
        def serve() -> None:
            connection = listening.accept()[0]
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return f"127.0.0.1:{listening.getsockname()[1]}"

    yield start
    listening.close()


@pytest.mark.parametrize(
    ("scheme", "answer", "wanted"),
    [
        ("http", b"SSH-2.0-OpenSSH\r\n", "对方的应答不是 HTTP"),
        ("http", b"", "对方没有应答就断开了连接"),
        ("https", b"HTTP/1.1 400 Bad Request\r\n\r\n", "无法建立 TLS 连接："),
        ("https", b"", "无法建立 TLS 连接："),
    ],
)
def test_what_speaks_no_http(
    server: Callable[[bytes], str], scheme: str, answer: bytes, wanted: str
):
    with pytest.raises(NotReached) as failed:
        send(url=f"{scheme}://{server(answer)}/", body=b"{}", headers={})

    assert in_chinese(str(failed.value)).startswith(wanted)


def test_certificate_that_does_not_hold():
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "Hostname mismatch, certificate is not valid for 'a.example'."

    assert in_chinese(_told(error)) == "TLS 证书无效：域名不符，证书对 'a.example' 无效"


def test_fault_that_nobody_listed_is_kept_and_marked():
    reason = "not reached: something entirely new"

    with override("zh-hans"):
        assert explain(reason) == "无法连接：something entirely new"


def test_no_sentence_is_listed_twice():
    assert len(set(SENTENCES)) == len(SENTENCES)


@pytest.mark.django_db
def test_desk_says_it_on_both_pages_of_a_webhook(
    client_of: Callable[[User], Client],
    person_in: Callable[[Role], User],
    webhook: Webhook,
    receiver: Receiver,
):
    browser = client_of(person_in(Role.ADMINISTRATOR))
    receiver.status = 500
    path = f"/zh/desk/webhooks/{webhook.pk}"

    told = browser.post(f"{path}/test", follow=True).content.decode()
    Webhook.objects.update(disabled_reason="8 attempts failed: not reached: surely no such fault")
    pages = [browser.get(one).content.decode() for one in (path, "/zh/desk/webhooks/")]

    assert "没有送达：对方返回 HTTP 500" in told or "未送达：对方返回 HTTP 500" in told
    for page in pages:
        assert '尝试 8 次均失败：无法连接：<span lang="en">surely no such fault</span>' in page
