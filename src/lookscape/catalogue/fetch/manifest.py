"""What a download has brought home: files under a folder and one line about each, so that a later run goes on.

A file is written under a temporary name and renamed when it is whole, then its line is added to `downloads.jsonl`. A
run killed in between leaves a file without a line, which is fetched again, or half a line, which is passed over.
"""

import contextlib
import hashlib
import json
import os
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

_MANIFEST: Final = "downloads.jsonl"

# A temporary file this many seconds old belongs to no run any more.
_STALE: Final = 3600.0


@dataclass(frozen=True, kw_only=True)
class Landed:
    """One fetched file; `path` is relative to the folder, `file_name` what its server or its address calls it."""

    url: str
    path: str
    file_name: str
    num_bytes: int
    content_type: str
    final_url: str
    etag: str
    last_modified: str


class Landing:
    """The folder and its record, for any number of threads of one process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        (folder / "files").mkdir(exist_ok=True)
        self._lock = threading.Lock()
        self._manifest = folder / _MANIFEST
        self._known = self._read()

    def find(self, url: str) -> Landed | None:
        """What an earlier run fetched from here, if the file is still there in full."""
        landed = self._known.get(url)
        if landed is None:
            return None
        with contextlib.suppress(FileNotFoundError):
            if (self.folder / landed.path).stat().st_size == landed.num_bytes:
                return landed
        return None

    def path_for(self, url: str) -> str:
        """Where a link's file goes, whatever it is called; relative to the folder."""
        digest = hashlib.sha256(url.encode("utf-8", errors="surrogatepass")).hexdigest()
        return f"files/{digest[:2]}/{digest[2:40]}"

    def land(self, landed: Landed, data: bytes) -> None:
        """Put the whole file in its place, then write the line."""
        temporary, path = self.folder / "tmp" / uuid4().hex, self.folder / landed.path
        temporary.write_bytes(data)
        path.parent.mkdir(exist_ok=True)
        temporary.replace(path)
        line = json.dumps(asdict(landed)) + "\n"
        with self._lock, self._manifest.open("a", encoding="ascii") as manifest:
            manifest.write(line)
            self._known[landed.url] = landed

    def _read(self) -> dict[str, Landed]:
        for leftover in (self.folder / "tmp").iterdir():
            if time.time() - leftover.stat().st_mtime > _STALE:
                leftover.unlink(missing_ok=True)
        known: dict[str, Landed] = {}
        with self._manifest.open("a+b") as manifest:
            manifest.seek(0)
            lines = manifest.read().split(b"\n")
            if lines[-1]:
                manifest.write(b"\n")
        for line in lines:
            # Half a line: the run that wrote it was killed.
            with contextlib.suppress(ValueError, TypeError):
                landed = Landed(**json.loads(line))
                known[landed.url] = landed
        return known


def clean_file_name(name: str) -> str:
    """A name that is safe in any folder and on any screen: its last part, without control characters, at most 150
    characters; "photo" when nothing is left.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    stem, suffix = os.path.splitext(kept)
    return stem[: 150 - len(suffix[:20])] + suffix[:20] or "photo"
