"""Check photos for problems: duplicates, flipped photos, bad crops, blur and more.

CHECKS are names such as quality; default: all. Photos already seen by the same version of a check are skipped, so a
stopped run resumes, and after an ingest only new photos are checked. Findings wait for a person: `clean findings` lists
them, `clean decide` accepts or rejects, the Review page does both.
"""

import time
from collections.abc import Sequence

from pydantic import Field

from lookscape.catalogue.checking import Check, Verdict
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.services.photos.photos import CataloguePhotos
from lookscape.services.review.findings import Names, chosen, counted
from lookscape.tools import _tool

SLOW = True

BATCH, BATCH_S = 1000, 10.0
"""Verdicts are stored when there are this many or the oldest is this many seconds old: what a killed run loses."""


class Params(_tool.Params):
    """Which checks."""

    checks: Names = Field(
        default=(), description="names of checks; default: all", json_schema_extra={"positional": True}
    )
    again: bool = Field(default=False, description="check photos that were checked before too")


class Ran(_tool.Result):
    """One check: what this run did, and what waits for a person."""

    check: str
    judged: int = Field(description="photos checked by this run")
    unreadable: int = Field(description="photos that could not be read; they are tried again next time")
    open: int = Field(description="findings to review")
    accepted: int
    rejected: int
    seconds: float


class Result(_tool.Result):
    """Every check that ran."""

    photos: int = Field(description="photos in the catalogue")
    checks: list[Ran]


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Judge what is due.

    Raises UnknownNameError, UsageError without photos, ConflictError while another run is at it.
    """
    checks = chosen(params.checks)
    num_photos = engine.catalogue.counts().photos
    if not num_photos:
        raise UsageError("the catalogue has no photos yet; run: lookscape ingest PHOTOS")
    with engine.catalogue.exclusive("check"):
        if params.again:
            for check in checks:
                engine.catalogue.forget_verdicts(check.name)
        ran = [_run(engine, check, progress) for check in checks]
    return Result(photos=num_photos, checks=ran)


def _run(engine: Engine, check: Check, progress: _tool.Progress) -> Ran:
    began = time.monotonic()
    due = engine.catalogue.due(check.name, check.version)

    def named(done: int, total: int, stage: str) -> None:
        progress(done, total, f"{check.name.replace('_', ' ')}: {stage}")

    judged = _judge(engine, check, due, named) if due else 0
    [counts] = counted(engine, [check])
    return Ran(
        check=check.name,
        judged=judged,
        unreadable=len(due) - judged,
        open=counts.open,
        accepted=counts.accepted,
        rejected=counts.rejected,
        seconds=round(time.monotonic() - began, 1),
    )


def _judge(engine: Engine, check: Check, due: Sequence[str], progress: _tool.Progress) -> int:
    """Store verdicts as they come; also those that came before somebody stopped it. Returns how many."""
    photos = CataloguePhotos(engine, due=due, progress=progress)
    waiting: list[Verdict] = []
    stored, since = 0, time.monotonic()
    try:
        for verdict in check.run(photos, progress=progress):
            waiting.append(verdict)
            if len(waiting) >= BATCH or time.monotonic() - since > BATCH_S:
                stored += _store(engine, check, waiting)
                since = time.monotonic()
    finally:
        stored += _store(engine, check, waiting)
    return stored


def _store(engine: Engine, check: Check, waiting: list[Verdict]) -> int:
    engine.catalogue.put_verdicts(check.name, check.version, waiting)
    count = len(waiting)
    waiting.clear()
    return count
