"""Whether a snippet rightly fails, as its bench shows it."""

import dataclasses
from collections.abc import Sequence

from kb.models import AcceptedReason
from snippets.models import Snippet, Verification
from snippets.querysets import RED


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rightly:
    """What curators accepted, and what of the snippet's failures nobody did."""

    accepted: Sequence[AcceptedReason]
    open: Sequence[Verification]


def rightly(snippet: Snippet) -> Rightly:
    """Return it with two queries."""
    known = list(AcceptedReason.objects.filter(digest=snippet.digest).select_related("user"))
    keys = {(one.runtime, one.outcome, one.reason_code) for one in known}
    red = Verification.objects.current().filter(snippet=snippet, outcome__in=RED)
    failing = {(one.runtime, one.outcome, one.reason_code): one for one in red.order_by("runtime")}
    return Rightly(
        accepted=[one for one in known if (one.runtime, one.outcome, one.reason_code) in failing],
        open=[one for key, one in failing.items() if key not in keys],
    )
