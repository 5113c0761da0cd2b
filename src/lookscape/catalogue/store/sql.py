"""Small helpers shared by the modules that speak SQL."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

MAX_VARIABLES = 900
"""Ids in one IN list; SQLite's oldest default limit is 999."""


def chunks(ids: Iterable[str], size: int = MAX_VARIABLES) -> Iterator[Sequence[str]]:
    """Cut a list of ids so that each part fits into one statement."""
    rest = iter(ids)
    while chunk := tuple(islice(rest, size)):
        yield chunk


def now() -> datetime:
    """The current time, UTC."""
    return datetime.now(UTC)


def utc(moment: Any) -> Any:
    """SQLite forgets the zone of a datetime; we only ever store UTC."""
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) and moment.tzinfo is None else moment
