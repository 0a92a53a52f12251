"""The key of a verification: a hash over everything that its outcome depends on."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping

from django.conf import settings

from sandbox import Runtime
from snippets import fitting, limits
from snippets.expectations import Tolerance
from snippets.models import Snippet
from snippets.proving import SEED

HARNESS_VERSION = 3
"""Raise it when the same run would be judged or shown otherwise: everything is verified anew."""


def tolerance() -> Tolerance:
    """Return how far numbers may differ, as the operator set it."""
    return Tolerance(
        relative=settings.CLAIM_RELATIVE_TOLERANCE, absolute=settings.CLAIM_ABSOLUTE_TOLERANCE
    )


def verification_key(snippet: Snippet, wanted: Runtime) -> str:
    """Return the key that a verification of `snippet` on `wanted` has as long as it holds."""
    parts = [
        snippet.code,
        snippet.setup,
        snippet.earlier,
        snippet.borrowed,
        snippet.shared_setups,
        snippet.curated_setup,
        snippet.curated_claim or snippet.claim,
        snippet.expects_error,
        wanted.name,
        wanted.digest,
        dataclasses.asdict(limits.VERIFICATION),
        dataclasses.asdict(tolerance()),
        SEED,
        HARNESS_VERSION,
    ]
    if snippet.curated_claim:
        parts.append("accepted")  # it is judged in another way than the author's
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def fitting_runtimes(snippet: Snippet, runtimes: Mapping[str, Runtime]) -> list[str]:
    """Return where the snippet is to run: where its author, else a curator, else its code says."""
    return fitting.fitting_runtimes(
        code=snippet.code,
        written=[snippet.setup, snippet.curated_setup],
        wanted=snippet.runtimes or snippet.curated_runtimes,
        runtimes=runtimes,
        borrowed=snippet.borrowed,
        needs_gpu=snippet.needs_gpu,
    )
