"""A map's points and colours for a page, packed so that a million of them open. All numbers are little-endian.

    GET /api/v1/atlas/maps/NAME             what the map is, its extent and the columns it can be coloured by (JSON)
    GET /api/v1/atlas/maps/NAME/points      N x D float32: x y (z) of the first point, then of the second ...
    GET /api/v1/atlas/maps/NAME/photos      N x 32 bytes: the SHA-256 that is each point's photo id, in the same order
    GET /api/v1/atlas/maps/NAME/products    the first product of each photo (JSON list, "" without one), same order
    GET /api/v1/atlas/maps/NAME/columns/COLUMN
        4 bytes   uint32: L
        L bytes   UTF-8 JSON {name, kind, holds, bytes, legend: [{code, value, count}], low, high, several}, padded with
                  spaces so that what follows stands at a multiple of 8; `holds` is number, code, date, word or text,
                  `several` counts the points whose product has more than one value: theirs is the first by provenance
        N bytes   kind "codes": uint8; 0 is unknown, 255 a value too rare for a code of its own
        or more   kind "numbers": floats of `bytes` each, 4 where all of them are below 2^24, as 4 bytes tell whole
                  numbers apart up to there, else 8; NaN is unknown; low and high are the range of the others; dates are
                  years, 2024.5

N and the order are those of the map's file, whose rows are sorted by photo id. Every answer carries an ETag: that of
points and photos changes with the file alone. What shrinks is sent gzipped to those who take it.
"""

import gzip
import hashlib
import json
from dataclasses import asdict
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Header, Path, Response
from pydantic import BaseModel, Field

from lookscape.engine import Engine
from lookscape.services.maps import columns as maps_columns
from lookscape.services.maps import file
from lookscape.services.maps.columns import Column

BINARY = "application/octet-stream"
ASK_AGAIN = "private, no-cache"
SMALL = 2.0**24
"""Below it a float32 holds every whole number."""

QUICK = 1
"""gzip level: codes shrink to a hundredth at any."""

Name = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,63}$", description="the map's name")]
Known = Annotated[str | None, Header()]


class ColumnChoice(BaseModel):
    """A column that the points can be coloured by."""

    name: str = Field(description="as asked for: attribute:NAME, factor:MODEL/NAME or map:placed")
    title: str
    kind: str = Field(description="attribute, factor or map")


class MapInfo(BaseModel):
    """What the map is; `digest` names the state of its file."""

    name: str
    digest: str
    space: str
    metric: str
    method: str
    dimensions: int
    photos: int
    low: list[float] = Field(description="the lowest x, y (z)")
    high: list[float] = Field(description="the highest x, y (z)")
    columns: list[ColumnChoice]


def router(engine: Engine) -> APIRouter:
    """The endpoints."""
    routes = APIRouter(prefix="/api/v1/atlas/maps", tags=["atlas"])

    @routes.get("/{name}", summary="What a map is, and its columns")
    def info(name: Name) -> MapInfo:
        found = file.open_map(engine, name)
        about = found.about
        return MapInfo(
            name=name,
            digest=file.map_digest(engine, name),
            space=about.space,
            metric=about.metric,
            method=about.method,
            dimensions=about.dimensions,
            photos=len(found.ids),
            low=found.points_ND.min(axis=0).tolist(),
            high=found.points_ND.max(axis=0).tolist(),
            columns=[ColumnChoice(**asdict(choice)) for choice in maps_columns.choices(engine)],
        )

    @routes.get("/{name}/points", summary="Coordinates, packed", response_class=Response)
    def points(name: Name, if_none_match: Known = None) -> Response:
        tag = file.map_digest(engine, name)
        if same := _unchanged(tag, if_none_match):
            return same
        content = np.ascontiguousarray(file.open_map(engine, name).points_ND, "<f4").tobytes()
        return Response(content, media_type=BINARY, headers=_headers(tag))

    @routes.get("/{name}/photos", summary="Photo ids, packed", response_class=Response)
    def photos(name: Name, if_none_match: Known = None) -> Response:
        tag = file.map_digest(engine, name)
        if same := _unchanged(tag, if_none_match):
            return same
        content = bytes.fromhex("".join(file.open_map(engine, name).ids))
        return Response(content, media_type=BINARY, headers=_headers(tag))

    @routes.get("/{name}/products", summary="The product of each point", response_class=Response)
    def products(name: Name, if_none_match: Known = None, accept_encoding: Known = None) -> Response:
        found = file.open_map(engine, name)
        owner = engine.catalogue.first_products()
        content = json.dumps([owner.get(photo_id, "") for photo_id in found.ids]).encode()
        return _shrunk(content, "application/json", if_none_match, accept_encoding)

    @routes.get("/{name}/columns/{column:path}", summary="What to colour by, packed", response_class=Response)
    def column(name: Name, column: str, if_none_match: Known = None, accept_encoding: Known = None) -> Response:
        found = file.open_map(engine, name)
        content = packed(maps_columns.column(engine, column, found.ids, found.placed_N))
        return _shrunk(content, BINARY, if_none_match, accept_encoding)

    return routes


def packed(column: Column) -> bytes:
    """A column as bytes; the layout is in the docstring of this module."""
    values = column.codes_N if column.codes_N is not None else column.numbers_N
    assert values is not None, "a column holds codes or numbers"
    dtype = np.dtype("u1" if column.codes_N is not None else "<f4" if max(-column.low, column.high) < SMALL else "<f8")
    about = {
        "name": column.name,
        "kind": "codes" if column.codes_N is not None else "numbers",
        "holds": column.kind.value,
        "bytes": dtype.itemsize,
        "several": column.several,
        "legend": [asdict(entry) for entry in column.legend],
        "low": column.low,
        "high": column.high,
    }
    head = json.dumps(about).encode()
    head += b" " * (-(4 + len(head)) % 8)
    return len(head).to_bytes(4, "little") + head + np.ascontiguousarray(values, dtype).tobytes()


def _shrunk(content: bytes, media_type: str, if_none_match: str | None, accept_encoding: str | None) -> Response:
    tag = hashlib.sha256(content).hexdigest()[:32]
    if same := _unchanged(tag, if_none_match):
        return same
    headers = {**_headers(tag), "vary": "accept-encoding"}
    if "gzip" in (accept_encoding or ""):
        headers["content-encoding"] = "gzip"
        content = gzip.compress(content, QUICK, mtime=0)
    return Response(content, media_type=media_type, headers=headers)


def _unchanged(tag: str, if_none_match: str | None) -> Response | None:
    return Response(status_code=304, headers=_headers(tag)) if if_none_match == f'"{tag}"' else None


def _headers(tag: str) -> dict[str, str]:
    return {"cache-control": ASK_AGAIN, "etag": f'"{tag}"'}
