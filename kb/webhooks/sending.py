"""One request to an address that a user typed: to the public Internet alone, and not for long.

The name is resolved once, every address it has is judged, and the connection goes to one that was
judged: a name that means another address a moment later leads nowhere. No redirect is followed.
"""

import dataclasses
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

SECONDS = 10.0
"""From the first packet to the last; a receiver does its work after it has answered."""
ANSWER_BYTES = 1024
TOO_LATE = f"no answer within {SECONDS:.0f} s"
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv6 that leads on to an IPv4 address within it.
TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class AddressRefused(ValueError):
    """No message is ever sent there; the message says why."""


class NotReached(Exception):
    """Nobody answered, or not in time."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    milliseconds: int


def check_url(url: str) -> SplitResult:
    """Return the parts of an address that messages may go to; raises AddressRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(f"this is no address: {error}") from error
    is_private_allowed = settings.WEBHOOKS_PRIVATE
    if parts.scheme != "https" and not (parts.scheme == "http" and is_private_allowed):
        raise AddressRefused("the address must begin with https://")
    if not parts.hostname or port == 0:
        raise AddressRefused("the address names no host")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("leave the name and the password out of the address")
    if any(ord(character) <= 32 or ord(character) == 127 for character in url):
        raise AddressRefused("the address holds a space or a control character")
    if not url.isascii():
        raise AddressRefused("write the address in ASCII: xn--… for the host, %… in the path")
    literal = parts.hostname.strip("[]")
    try:
        judged = ipaddress.ip_address(literal)
    except ValueError:
        return parts
    _judge(judged)
    return parts


def send(*, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send a message and return what was answered; raises AddressRefused or NotReached."""
    parts = check_url(url)
    started = time.monotonic()
    connection = _connection(parts)
    late = threading.Event()
    watch = threading.Timer(SECONDS, _hang_up, [connection, late])
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=dict(headers))
        response = connection.getresponse()
        response.read(ANSWER_BYTES)
        status = response.status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotReached(TOO_LATE if late.is_set() else _told(error)) from error
    finally:
        watch.cancel()
        connection.close()
    if late.is_set():  # what was hung up on looks like a short answer
        raise NotReached(TOO_LATE)
    return Answer(status=status, milliseconds=round((time.monotonic() - started) * 1000))


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(f"the name {host} is not known") from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    for address in addresses:
        # A scope such as %eth0 names a link of this machine.
        _judge(ipaddress.ip_address(address.partition("%")[0]))
    if parts.scheme == "https":
        return _PinnedTls(host, port, addresses)
    return _Pinned(host, port, addresses)


def _judge(address: Address) -> None:
    """Refuse what is not on the public Internet, unless the operator allows it."""
    if settings.WEBHOOKS_PRIVATE:
        return
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and any(address in network for network in TRANSLATED):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            _judge(inner)
            return
    if not address.is_global or address.is_multicast or address.is_reserved:
        raise AddressRefused(
            "the address is not on the public Internet; the operator can allow it "
            "with ZHIYAN_WEBHOOKS_PRIVATE"
        )


class _Pinned(http.client.HTTPConnection):
    """Connects to one of the addresses that were judged, whatever the name means by now."""

    def __init__(self, host: str, port: int, addresses: list[str]) -> None:
        super().__init__(host, port, timeout=SECONDS / 2)
        self._addresses = addresses

    def connect(self) -> None:
        self.sock = self._reach()

    def _reach(self) -> socket.socket:
        failure: OSError = OSError("the name has no address")
        for address in self._addresses[:3]:
            try:
                return socket.create_connection((address, self.port), timeout=SECONDS / 4)
            except OSError as error:
                failure = error
        raise failure


class _PinnedTls(_Pinned):
    default_port = 443

    def connect(self) -> None:
        context = ssl.create_default_context()
        reached = self._reach()
        reached.settimeout(SECONDS / 2)
        # Known to the watch before the handshake, which may drip on too.
        self.sock = wrapped = context.wrap_socket(
            reached, server_hostname=self.host, do_handshake_on_connect=False
        )
        wrapped.do_handshake()


def _hang_up(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """End a request that drips on: what waits on the socket wakes up with an error."""
    late.set()
    try:
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def _told(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate does not hold: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        # Such as WRONG_VERSION_NUMBER, where no TLS is spoken.
        reason = (error.reason or "unknown").replace("_", " ").lower()
        return f"no TLS connection: {reason}"[:200]
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, http.client.RemoteDisconnected):
        return "it hung up without an answer"
    if isinstance(error, http.client.HTTPException):
        return "what it answered is not HTTP"
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"not reached: {reason}"[:200]
