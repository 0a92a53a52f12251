"""Receivers of webhooks on this machine, and snippets that break."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.contrib.auth.models import User

from kb.models import Article, Webhook
from kb.webhooks.services import make_webhook
from snippets.models import Batch, Snippet, Verification
from snippets.signals import changed


class Receiver:
    """A server that keeps what it was sent, and answers as it is told to."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        self.drips = threading.Event()
        self.ended = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.append((headers, body))
                if receiver.drips.is_set():
                    receiver._drip(self)
                    return
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?a=1"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _drip(self, handler: BaseHTTPRequestHandler) -> None:
        """Send a byte of a header now and then, for as long as somebody listens."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not self.ended.wait(0.05):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return

    def stop(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_PRIVATE = True
    found = Receiver()
    yield found
    found.stop()


@pytest.fixture
def webhook(receiver: Receiver, owner: User) -> Webhook:
    return make_webhook(
        user=owner,
        url=receiver.url,
        description="chat",
        events=Webhook.Event.values,
        site_url="https://zhiyan.example/",
    )


@pytest.fixture
def breaks(freezing: Article) -> Callable[..., Verification]:
    """Return what makes the article's snippet break, or work again."""

    def make(change: str = "broke", batch: Batch | None = None) -> Verification:
        verification = Verification.objects.create(
            snippet=Snippet.objects.get(),
            runtime="torch-2.13",
            key="k",
            outcome="fails" if change == "broke" else "verified",
            change=change,
            reason_code="type-error",
            reason="TypeError: no",
            is_current=False,
            batch=batch,
        )
        changed.send(sender=Verification, verification=verification)
        return verification

    return make
