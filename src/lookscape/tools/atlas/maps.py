"""List the maps and their state: what is on them, what is missing and whether they are outdated."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.maps import file
from lookscape.services.maps.source import RAW, read_key
from lookscape.tools import _tool


class Params(_tool.Params):
    """Nothing to say."""


class Entry(file.Shown):
    """One map."""

    missing: int = Field(description="photos with vectors that are not on it yet")
    gone: int = Field(description="photos on it that are no longer in the Space or the catalogue")
    stale: bool = Field(description="true when the model has changed since, so that only rebuild brings it up to date")
    advice: str = Field(description="what to do, in words; empty when it is up to date")


class Result(_tool.Result):
    """All maps, by name."""

    maps: list[Entry]


PLACED_MANY = 0.2
"""Share of placed photos from which laying out anew is worth it."""


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Compare each map with the catalogue as it is."""
    shown = set(engine.catalogue.photo_ids())
    return Result(maps=[_entry(engine, name, shown) for name in file.map_names(engine)])


def _entry(engine: Engine, name: str, shown: set[str]) -> Entry:
    found = file.open_map(engine, name)
    space, there = found.about.space, engine.spaces.names()
    could = shown if space == RAW else shown.intersection(engine.space(space).ids if space in there else ())
    missing, gone = len(could.difference(found.ids)), len(set(found.ids).difference(could))
    stale = read_key(engine, space) != found.about.key
    share = int(found.placed_N.sum()) / max(len(found.ids), 1)
    return Entry(
        **file.shown(name, found),
        missing=missing,
        gone=gone,
        stale=stale,
        advice=_advice(name, stale=stale, changed=missing + gone, share=share),
    )


def _advice(name: str, *, stale: bool, changed: int, share: float) -> str:
    if stale:
        return f"the model has changed since; lay it out again: lookscape atlas map --name {name} --rebuild"
    if changed:
        return f"update it, existing points stay put: lookscape atlas map --name {name}"
    if share >= PLACED_MANY:
        return f"{share:.0%} of it were added later; laying it out again shows more: add --rebuild"
    return ""
