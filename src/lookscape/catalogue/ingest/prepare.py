"""Read, check and standardise one file: the work of ingest's processes."""

import hashlib
from dataclasses import dataclass, replace

from lookscape import parts
from lookscape.catalogue.records import Photo
from lookscape.catalogue.source import Item
from lookscape.errors import PhotoError, TooLargeError

GATES = "lookscape.catalogue.gates"


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """One file, read in a worker process: its photo and blob, or why there is none.

    `blob` is empty when an earlier file of the same run had the same bytes, since that one brought it.
    """

    item: Item
    photo: Photo | None = None
    blob: bytes = b""
    reason: str | None = None


Seen = dict[bytes, Photo]
"""Photos that a process has prepared in this run, by the SHA-256 of their bytes."""


def prepare(item: Item, *, side: int, seen: Seen) -> Prepared:
    """Read, check and standardise one file; runs in a worker process and never raises for bad files."""
    if item.load is None:
        return Prepared(item=item, reason=item.problem)
    try:
        return _prepare(item, item.load(), side=side, seen=seen)
    except (PhotoError, TooLargeError) as error:
        return Prepared(item=item, reason=str(error))
    except OSError as error:
        # Whoever mends this changes neither size nor time of the file, so without a stamp it is tried on every run.
        untold = replace(item, file=replace(item.file, stamp=""))
        return Prepared(item=untold, reason=f"cannot be read: {error.strerror or error}")


def _prepare(item: Item, data: bytes, *, side: int, seen: Seen) -> Prepared:
    from lookscape.catalogue import imaging

    digest = hashlib.sha256(data)
    if known := seen.get(digest.digest()):
        return Prepared(item=item, photo=known)
    ready = imaging.prepare(data, max_side=side)
    for name in parts.names(GATES):
        if reason := parts.load(GATES, name).check(ready.width, ready.height):
            return Prepared(item=item, reason=reason)
    photo = Photo(
        id=digest.hexdigest(),
        width=ready.width,
        height=ready.height,
        format=ready.format,
        num_bytes=len(data),
        blob=hashlib.sha256(ready.blob).hexdigest(),
    )
    seen[digest.digest()] = photo
    return Prepared(item=item, photo=photo, blob=ready.blob)
