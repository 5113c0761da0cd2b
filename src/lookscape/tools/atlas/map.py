"""Arrange the photos as a 2D or 3D map with similar ones close together, or add new ones.

A map stays put: new photos are added and nothing else moves; photos that are gone are removed. Only `rebuild` lays it
out again. SPACE `pixels` makes one from the photos' own colours. Without a name the map is called `map`, or after its
Space, method and dimension if given: `pca-umap-3d`.
"""

import time
from dataclasses import replace

from pydantic import Field

from lookscape import parts
from lookscape.engine import Engine
from lookscape.errors import ConflictError, UsageError
from lookscape.services.maps import file, layout
from lookscape.services.maps.file import About, Map
from lookscape.services.maps.source import Source, open_source
from lookscape.tools import _tool

SLOW = True


class Params(_tool.Params):
    """Which map."""

    name: str | None = Field(default=None, description="the map's name; default: made from the other parameters")
    space: str | None = Field(default=None, description="a Space, or `pixels`; default: the default model's")
    metric: str | None = Field(default=None, description="l1, l2, cosine or hamming; default: the Space's own")
    method: str | None = Field(default=None, description=f"{parts.listed(layout.LAYOUTS)}; default: {layout.USUAL}")
    dimensions: int | None = Field(default=None, ge=2, le=3, description="2 or 3; default: 2")
    seed: int | None = Field(default=None, ge=0, lt=2**31, description="the same seed gives the same map; default: 0")
    rebuild: bool = Field(default=False, description="lay it out again: everything moves")


class Result(file.Shown):
    """What is on the map now and what this run did."""

    laid_out: bool = Field(description="true when everything was laid out, false when old photos stayed put")
    added: int = Field(description="photos that were added to the map")
    removed: int = Field(description="photos that are gone from it")
    seconds: float


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Make, or bring up to date.

    Raises UsageError when there is too little to map, ConflictError when the map is of something else or another run is
    at it.
    """
    began = time.perf_counter()
    with engine.catalogue.exclusive("map"):
        name = _name(engine, params)
        before = None
        if name in file.map_names(engine) and not params.rebuild:
            before = file.open_map(engine, name)
        source = open_source(engine, _space(before, params), _metric(before, params), progress)
        if before is None:
            after = layout.lay_out(source, _about(source, params), progress)
        else:
            _check(before, source, params, name=name)
            after = layout.place(source, before, progress)
        if before is None or after.ids != before.ids:
            file.write_map(file.map_path(engine, name), after)
    return _result(name, before, after, seconds=time.perf_counter() - began)


def _name(engine: Engine, params: Params) -> str:
    if params.name:
        return file.checked_name(params.name)
    usual = engine.space().name if params.space is None else params.space
    given = [
        "" if params.space is None or usual == _usual_space(engine) else usual.lower().replace("_", "-"),
        "" if params.method in (None, layout.USUAL) else str(params.method),
        "3d" if params.dimensions == 3 else "",
    ]
    return file.checked_name("-".join(word for word in given if word).replace(".", "-") or "map")


def _usual_space(engine: Engine) -> str:
    return engine.space().name if engine.spaces.names() else ""


def _space(before: Map | None, params: Params) -> str | None:
    return params.space if before is None or params.space else before.about.space


def _metric(before: Map | None, params: Params) -> str | None:
    return params.metric if before is None or params.metric else before.about.metric


def _about(source: Source, params: Params) -> About:
    method = params.method or layout.USUAL
    if method not in parts.names(layout.LAYOUTS):
        layout.load_layout(method)  # says which there are
    return About(
        space=source.name,
        key=source.key,
        metric=source.metric.value,
        method=method,
        dimensions=params.dimensions or 2,
        seed=params.seed or 0,
    )


def _check(before: Map, source: Source, params: Params, *, name: str) -> None:
    """An update must be of the same thing."""
    about = before.about
    asked = {name: getattr(params, name) for name in ("space", "metric", "method", "dimensions", "seed")}
    for field, value in asked.items():
        if value is not None and value != getattr(about, field):
            raise ConflictError(
                f"the map {name} has {field} {getattr(about, field)}, not {value}; give another name, or rebuild it"
            )
    if replace(about, key=source.key) != about:
        raise ConflictError(
            f"the model of space {about.space} has changed since the map {name} was laid out, so new photos cannot be "
            "placed into it; rebuild it"
        )
    if not len(source):
        raise UsageError(f"the space {about.space} is empty; run: lookscape embed")


def _result(name: str, before: Map | None, after: Map, *, seconds: float) -> Result:
    was = set(before.ids) if before else set()
    gone = was.difference(after.ids)
    return Result(
        **file.shown(name, after),
        laid_out=before is None,
        added=len(after.ids) - len(was) + len(gone),
        removed=len(gone),
        seconds=round(seconds, 2),
    )
