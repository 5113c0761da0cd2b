"""Kinds of parameters that several tools take."""

import base64
import binascii
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from lookscape.catalogue.records import Filter
from lookscape.errors import PhotoError, TooLargeError, UsageError

MAX_UPLOAD = 20_000_000
"""Bytes of a photo that is sent with a question; ingest takes larger ones."""


def photo_bytes(given: Any, info: ValidationInfo) -> bytes:
    """Bytes as they are, a http(s) URL fetched, base64 decoded; for callers on this machine a path or `-` is read."""
    if isinstance(given, bytes):
        return _limited(given)
    if isinstance(given, str) and given.startswith(("http://", "https://")):
        return _fetched(given)
    if (info.context or {}).get("local") and isinstance(given, (str, Path)):
        return _read(str(given))
    if isinstance(given, str):
        return _decoded(given)
    raise UsageError("photo: give an image file, a http(s) URL or base64")


PhotoInput = Annotated[
    bytes,
    BeforeValidator(photo_bytes),
    WithJsonSchema({"type": "string", "format": "binary", "maxLength": MAX_UPLOAD}),
    Field(json_schema_extra={"photo": True}),
]


def _local_file(given: str, info: ValidationInfo) -> str:
    if given and not (info.context or {}).get("local"):
        raise UsageError("out: only the terminal and Python may choose where to write; over HTTP fetch the page")
    return given


OutFile = Annotated[str, AfterValidator(_local_file)]
"""Where a page is written, empty for its usual place; refused to callers that are not on this machine."""


def parse_filter(where: tuple[str, ...], text: str = "") -> Filter:
    """`["colour=red", "colour=blue", "brand=Nike"]` -> (red or blue) and Nike. Raises UsageError.

    A name that is an equals sign, or begins with one, is a name too; see also `store/find.py`.
    """
    allowed: dict[str, tuple[str, ...]] = {}
    for clause in where:
        rest, found, value = clause[1:].partition("=")
        name = clause[:1] + rest
        if not found or not name.strip():
            raise UsageError(f"where: {clause!r} is not like colour=red")
        allowed[name.strip()] = (*allowed.get(name.strip(), ()), value.strip())
    return Filter(text=text, where=allowed)


def name_of(clause: str, names: Collection[str]) -> str:
    """The attribute of a clause: of these names, which may hold a `=`, the longest that it begins with, if any."""
    name = clause.partition("=")[0].strip()
    return max((one for one in names if "=" in one and clause.startswith(f"{one}=")), key=len, default=name)


Where = Annotated[tuple[str, ...], Field(description="only products with NAME=VALUE; the same name twice means either")]


def _fetched(url: str) -> bytes:
    from lookscape.catalogue.fetch.file import FetchPolicy, fetch

    return fetch(url, max_bytes=MAX_UPLOAD, timeout=20.0, policy=FetchPolicy()).data


def _read(path: str) -> bytes:
    if path == "-":
        return _limited(sys.stdin.buffer.read(MAX_UPLOAD + 1))
    try:
        with open(path, "rb") as file:
            return _limited(file.read(MAX_UPLOAD + 1))
    except (OSError, ValueError) as error:
        raise UsageError(f"photo {path!r} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _decoded(given: str) -> bytes:
    body = given.partition(",")[2] if given.startswith("data:") else given
    if len(body) > MAX_UPLOAD * 4 // 3 + 4:
        raise TooLargeError(f"the photo is over the limit of {MAX_UPLOAD // 1_000_000} MB")
    try:
        return _limited(base64.b64decode(body, validate=True))
    except binascii.Error as error:
        raise UsageError("photo: this is neither a http(s) URL nor base64") from error


def _limited(data: bytes) -> bytes:
    if not data:
        raise PhotoError("the photo is empty")
    if len(data) > MAX_UPLOAD:
        raise TooLargeError(f"the photo is over the limit of {MAX_UPLOAD // 1_000_000} MB")
    return data
