"""Snippets, the runs that execute them, and what those runs prove."""

from snippets.models.code import Curation, Snippet
from snippets.models.runs import Artifact, Run, new_public_id
from snippets.models.trials import Trial, TrialCell
from snippets.models.verification import Batch, Verification

__all__ = [
    "Artifact",
    "Batch",
    "Curation",
    "Run",
    "Snippet",
    "Trial",
    "TrialCell",
    "Verification",
    "new_public_id",
]
