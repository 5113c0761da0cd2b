"""An answer of a tool held beside what it answered before: numbers, ids and structure count, sentences do not."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from renames import Renames

RELATIVE, ABSOLUTE = 1e-3, 1e-4
"""How far numbers may be apart. Another processor adds up in another order, which moves float32 figures of these
networks by up to 1e-5; a wrong layer, input, index or calibration moves them by whole percents."""

PROSE = frozenset(
    {"words", "sentence", "likeness", "settings", "notes", "note", "alarms", "title", "what", "says", "effect"}
)
"""Fields that hold sentences: they have to be there and to be sentences still, whatever these say."""

TIMES = frozenset({"seconds", "minutes", "query_ms", "photos_per_second", "made_at", "file", "folder"})
"""Fields about this very run, or about where it ran."""


def different(was: Any, now: Any, *, path: str, renames: Renames) -> list[str]:
    """A line for everything in an answer of the tool at `path` that is not as it was. There may be more fields now."""
    return list(_different(was, now, _At("", "", path, renames)))


class _At:
    """Where in an answer: in words, the field, and of which tool."""

    def __init__(self, where: str, field: str, path: str, renames: Renames) -> None:
        self.where, self.field, self.path, self.renames = where, field, path, renames

    def step(self, step: str, field: str) -> "_At":
        return _At(self.where + step, field, self.path, self.renames)

    @property
    def counts(self) -> bool:
        """Whether what is here has to be as it was."""
        return self.field not in PROSE | TIMES


def _different(was: Any, now: Any, at: _At) -> Iterator[str]:
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        yield from _fields(was, now, at)
    elif isinstance(was, list) and isinstance(now, list):
        yield from _items(was, now, at)
    elif _number(was) and _number(now):
        near = was == now if isinstance(was, int) else math.isclose(was, now, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
        if at.counts and not near:
            yield f"{at.where}: was {was}, is {now}"
    elif type(was) is not type(now) or (at.counts and now not in at.renames.values(at.field, was)):
        yield f"{at.where}: was {was!r}, is {now!r}"


def _fields(was: Mapping[str, Any], now: Mapping[str, Any], at: _At) -> Iterator[str]:
    for name, value in was.items():
        found = next((new for new in at.renames.names(at.path, name) if new in now), None)
        if found is None:
            yield f"{at.where}: the field {name!r} is gone"
        else:
            yield from _different(value, now[found], at.step(f".{name}", name))


def _items(was: list[Any], now: list[Any], at: _At) -> Iterator[str]:
    if not at.counts:
        return
    if len(was) != len(now):
        yield f"{at.where}: was of {len(was)}, is of {len(now)}"
        return
    for number, (one, other) in enumerate(zip(was, now, strict=True)):
        yield from _different(one, other, at.step(f"[{number}]", at.field))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
