"""The photos of a game, every one of the same size, encoding and number of bytes.

What a browser gets must not tell which model picked it (FastChat #1210). So photos are made ahead, all square, all
JPEG without a word of metadata, and filled up to one length with zeros, which decoders pass over. A record's place
follows from its number, so reading any of them costs the same.
"""

import json
import mmap
import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from lookscape.catalogue.ballots import Game
from lookscape.catalogue.imaging import ImageU8, decode, encode_jpeg, pad_to_square
from lookscape.engine import Engine
from lookscape.files import write_atomically
from lookscape.services.records import Progress

SIDE = 480
"""Pixels of a side."""

LENGTH = 57_344
"""Bytes of a record."""

QUALITIES = (88, 80, 70, 55, 35, 15, 5, 1)
"""JPEG qualities, the first that fits is taken; noise is the only thing that needs the last ones."""

RECORDS, NAMES = "photos.bin", "photos.json"


class Pack:
    """A game's photos, in one file that is mapped into memory."""

    def __init__(self, folder: Path) -> None:
        names: list[str] = json.loads((folder / NAMES).read_text(encoding="utf-8"))
        self._places = {photo_id: place for place, photo_id in enumerate(names)}
        with (folder / RECORDS).open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    @classmethod
    def ensure(cls, engine: Engine, folder: Path, photo_ids: Sequence[str], progress: Progress) -> Self:
        """Open the pack in a folder, making it when it is not there or lacks a photo."""
        names = folder / NAMES
        held = set(json.loads(names.read_text(encoding="utf-8"))) if names.is_file() else set()
        if not held.issuperset(photo_ids):
            make(engine, folder, sorted(held | set(photo_ids)), progress)
        return cls(folder)

    def photo(self, photo_id: str) -> bytes:
        """One photo, LENGTH bytes of JPEG."""
        start = self._places[photo_id] * LENGTH
        return self._bytes[start : start + LENGTH]


def make(engine: Engine, folder: Path, photo_ids: Sequence[str], progress: Progress) -> None:
    """Write the pack, records before names, so that one that was killed is made anew."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAMES).unlink(missing_ok=True)
    temporary = folder / f".{RECORDS}.{os.getpid()}.{secrets.token_hex(4)}.tmp"
    try:
        with temporary.open("xb") as file:
            for done, photo_id in enumerate(photo_ids):
                if done % 50 == 0:
                    progress(done, len(photo_ids), "encoding photos")
                file.write(record(engine.catalogue.read_photo(photo_id)))
            file.flush()
            os.fsync(file.fileno())
        shutil.move(temporary, folder / RECORDS)
    finally:
        temporary.unlink(missing_ok=True)
    write_atomically(folder / NAMES, json.dumps(list(photo_ids)).encode())


def record(stored: bytes) -> bytes:
    """A stored photo as a record of LENGTH bytes."""
    pixels = pad_to_square(decode(stored).pixels)
    way = cv2.INTER_AREA if pixels.shape[0] > SIDE else cv2.INTER_CUBIC
    square: ImageU8 = np.asarray(cv2.resize(pixels, (SIDE, SIDE), interpolation=way), np.uint8)
    encoded = next(data for quality in QUALITIES if len(data := encode_jpeg(square, quality=quality)) <= LENGTH)
    return encoded.ljust(LENGTH, b"\0")


def pack_folder(engine: Engine, game: Game) -> Path:
    """Where a game's photos are; they can be deleted and made again."""
    return engine.folder / "games" / game.name
