"""Accepting what code really printed as what it is to print."""

import dataclasses
from enum import StrEnum
from typing import Any

from django.db import transaction

from sandbox import Verdict
from snippets import code as codes
from snippets import curating, trying
from snippets.models import Run, Snippet, TrialCell, Verification

CHARACTERS_AT_MOST = 20_000


class Obstacle(StrEnum):
    """Why an output cannot be a claim."""

    UNFINISHED = "unfinished"
    SILENT = "silent"
    CUT = "cut"
    STAND_INS = "stand-ins"


class NotAcceptable(Exception):
    """This output cannot be a claim; `obstacle` says why."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle


def obstacle_to(run: Run | None, setup_origin: str) -> Obstacle | None:
    """Return why the output of `run` cannot be accepted, or None where it can.

    Whether it is random is found by the verification that follows, which runs it under another
    seed too: an accepted output that changes is held to its form alone.
    """
    if run is None or run.verdict != Verdict.OK:
        return Obstacle.UNFINISHED
    if run.truncated or len(run.stdout) > CHARACTERS_AT_MOST:
        return Obstacle.CUT
    if setup_origin.endswith("stand-ins"):
        return Obstacle.STAND_INS
    return None if run.stdout.strip() else Obstacle.SILENT


@transaction.atomic
def accept_output(*, snippet: Snippet, run: Run, user: Any) -> list[str]:
    """Make what `run` printed the claim of the code that it ran; return the digests curated.

    Of a trial, the setup and the correction that it tried are saved too. Raises NotAcceptable.
    """
    cell = TrialCell.objects.select_related("trial__snippet").filter(
        run=run, trial__snippet=snippet
    )
    if (tried := cell.first()) is not None:
        return _accept_trial(tried, run, user)
    found = Verification.objects.select_related("snippet").filter(
        run=run, snippet__in=[snippet.pk, snippet.suggested_id]
    )
    one = found.first()
    _refuse(run if one else None, one.setup_origin if one else "")
    assert one is not None
    return [_claim(one.snippet.digest, run, user)]


def _accept_trial(cell: TrialCell, run: Run, user: Any) -> list[str]:
    _refuse(run, cell.setup_origin)
    curated = trying.curated_of(cell.trial)
    if not cell.is_correction:
        curated = dataclasses.replace(curated, claim=run.stdout)
    curating.curate_snippet(curated=curated, user=user)
    if not cell.is_correction:
        return [curated.digest]
    digest = codes.digest(trying.correction_of(cell.trial.snippet, curated))
    return [curated.digest, _claim(digest, run, user)]


def _claim(digest: str, run: Run, user: Any) -> str:
    said = dataclasses.replace(curating.said_of(digest), claim=run.stdout)
    curating.curate_snippet(curated=said, user=user)
    return digest


def _refuse(run: Run | None, setup_origin: str) -> None:
    if obstacle := obstacle_to(run, setup_origin):
        raise NotAcceptable(obstacle)
