"""A webhook leads to the public Internet alone, and nobody keeps it waiting."""

import socket
from typing import Any

import pytest

from kb.webhooks import sending
from kb.webhooks.sending import AddressRefused, NotReached, check_url, send
from tests.kb.webhooks.conftest import Receiver


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",  # not signed by a certificate
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://192.168.0.1:8443/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://240.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://[ff02::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::127.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://user:password@example.com/",
        "https:///path",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://[::1/",
        "https://example.com/a b",
        "https://example.com/\r\nX: y",
        "https://例子.中国/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "",
    ],
)
def test_address_that_leads_elsewhere_is_refused(url: str):
    with pytest.raises(AddressRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["https://example.com/hook?x=1", "https://1.1.1.1/", "https://[2606:4700::1111]:8443/"]
)
def test_public_address_is_taken(url: str):
    assert check_url(url).geturl() == url


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1"])
def test_name_that_means_this_machine_is_refused(host: str):
    with pytest.raises((AddressRefused, NotReached)):
        send(url=f"https://{host}/", body=b"", headers={})


def test_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch):
    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, ("1.1.1.1", port)), (*kind, ("10.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    with pytest.raises(AddressRefused):
        send(url="https://example.com/", body=b"", headers={})


def test_connection_goes_to_the_address_that_was_judged(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    """A name that means another address a moment later leads nowhere."""
    asked: list[str] = []
    genuine = socket.getaddrinfo

    def resolve(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        asked.append(host)
        first = host == "receiver.example" and asked.count(host) == 1
        return genuine("127.0.0.1" if first else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    port = receiver.url.partition(":127.0.0.1")[2] or receiver.url.split(":")[2].split("/")[0]

    answer = send(url=f"http://receiver.example:{port}/", body=b"{}", headers={})

    assert answer.status == 204
    assert asked.count("receiver.example") == 1
    assert receiver.received[0][0]["host"] == f"receiver.example:{port}"


def test_redirect_is_not_followed(receiver: Receiver):
    receiver.status, receiver.headers = 302, {"Location": receiver.url}

    assert send(url=receiver.url, body=b"{}", headers={}).status == 302
    assert len(receiver.received) == 1


def test_answer_that_drips_is_cut_off(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sending, "SECONDS", 0.4)
    receiver.drips.set()

    with pytest.raises(NotReached, match="no answer within"):
        send(url=receiver.url, body=b"{}", headers={})


def test_nobody_listens(settings: Any):
    settings.WEBHOOKS_PRIVATE = True
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(NotReached, match="refused"):
        send(url=f"http://127.0.0.1:{port}/", body=b"", headers={})


def test_what_answers_is_no_web_server(settings: Any, receiver: Receiver):
    with pytest.raises(NotReached):
        send(url=receiver.url.replace("http://", "https://"), body=b"", headers={})


def test_name_that_nobody_has(settings: Any):
    with pytest.raises(NotReached, match="not known"):
        send(url="https://nobody.invalid/", body=b"", headers={})
