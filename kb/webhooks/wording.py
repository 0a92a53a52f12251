"""Why a webhook's message did not arrive, or an address is refused, in the reader's language.

The database has it in English; see `snippets.wording`.
"""

from django.utils.translation import gettext_noop

from snippets.faults import SYSTEM
from snippets.wording import say

# The general ones stand last.
SENTENCES = (
    # Addresses
    gettext_noop("this is no address: %(fault)s"),
    gettext_noop("the address must begin with https://"),
    gettext_noop("the address names no host"),
    gettext_noop("leave the name and the password out of the address"),
    gettext_noop("the address holds a space or a control character"),
    gettext_noop("write the address in ASCII: xn--… for the host, %… in the path"),
    gettext_noop(
        "the address is not on the public Internet; the operator can allow it with "
        "ZHIYAN_WEBHOOKS_PRIVATE"
    ),
    gettext_noop("Port out of range 0-65535"),
    gettext_noop("Port could not be cast to integer value as %(port)s"),
    gettext_noop("Invalid IPv6 URL"),
    # Reaching it
    gettext_noop("the name %(name)s is not known"),
    gettext_noop("the name has no address"),
    gettext_noop("no answer within %(seconds)s s"),
    gettext_noop("no answer in time"),
    gettext_noop("it hung up without an answer"),
    gettext_noop("what it answered is not HTTP"),
    # TLS
    gettext_noop("self-signed certificate"),
    gettext_noop("self-signed certificate in certificate chain"),
    gettext_noop("certificate has expired"),
    gettext_noop("certificate is not yet valid"),
    gettext_noop("unable to get local issuer certificate"),
    gettext_noop("unable to verify the first certificate"),
    gettext_noop("Hostname mismatch, certificate is not valid for %(name)s."),
    gettext_noop("IP address mismatch, certificate is not valid for %(name)s."),
    gettext_noop("wrong version number"),
    gettext_noop("unsupported protocol"),
    gettext_noop("unexpected eof while reading"),
    gettext_noop("sslv3 alert handshake failure"),
    gettext_noop("tlsv1 alert internal error"),
    gettext_noop("tlsv1 alert protocol version"),
    gettext_noop("tlsv1 unrecognized name"),
    *SYSTEM,
    # What was done
    gettext_noop("answered 410 Gone"),
    gettext_noop("answered %(status)s"),
    gettext_noop("its certificate does not hold: %(fault)s"),
    gettext_noop("no TLS connection: %(fault)s"),
    gettext_noop("not reached: %(fault)s"),
    gettext_noop("%(count)s attempts failed: %(fault)s"),
)


def explain(reason: str) -> str:
    """Return what went wrong, in the active language."""
    return say(reason, SENTENCES)
