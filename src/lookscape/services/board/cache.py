"""What a board has found out, on disk: figures a section at a time, so that nothing is measured twice, and the result.

boards/figures/DIGEST.json    the figures of one section of one model on these photos
boards/latest.json            the last board, for the page
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lookscape.files import write_atomically
from lookscape.services.figures import Figure

VERSION = 1
"""Goes up whenever a figure is computed in another way."""

FOLDER = "boards"
LATEST = "latest.json"

_ADAPTER = TypeAdapter(dict[str, Figure])


class Cache:
    """The figures of a catalogue's boards."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER / "figures"

    def get(self, about: Mapping[str, Any], compute: Callable[[], Mapping[str, Figure]]) -> dict[str, Figure]:
        """The figures known under `about` (JSON), or those that `compute` finds, which are kept."""
        text = json.dumps([VERSION, about], sort_keys=True)
        path = self._folder / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"
        try:
            return _ADAPTER.validate_json(path.read_bytes())
        except (OSError, ValidationError):
            found = dict(compute())
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, _ADAPTER.dump_json(found))
        return found


def write_latest(folder: Path, content: bytes) -> None:
    """Keep a board for the page."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    write_atomically(folder / FOLDER / LATEST, content)


def read_latest(folder: Path) -> bytes | None:
    """The last board, if any."""
    path = folder / FOLDER / LATEST
    return path.read_bytes() if path.is_file() else None
