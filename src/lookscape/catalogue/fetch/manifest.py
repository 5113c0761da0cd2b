"""What a download has brought home: files under a folder and one line about each, so that a later run goes on.

A file is written under a temporary name and renamed when it is whole, then its line is added to `downloads.jsonl`. A
run killed in between leaves a file without a line, which is fetched again, or half a line, which is passed over. A file
that changed behind its link gets a new path, so that the old one stays whole until the new line is there.

Runs have names. One that did not come to its end is gone on with: what it fetched or asked about is not asked again.
"""

import contextlib
import hashlib
import json
import os
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final
from uuid import uuid4

from lookscape.files import write_atomically

_MANIFEST: Final = "downloads.jsonl"

# A temporary file this many seconds old belongs to no run any more.
_STALE: Final = 3600.0

# The record is written anew when it has this many lines for each file.
_LONG: Final = 8


@dataclass(frozen=True, kw_only=True)
class Landed:
    """One fetched file; `path` is relative to the folder, `file_name` what its server or its address calls it.

    sha256: of its bytes, hex; empty in records of before. asked_at: when its server was last asked, in seconds since
    1970. address: where it was found, if not at `url` as written; `note` says what was read otherwise.
    """

    url: str
    path: str
    file_name: str
    num_bytes: int
    content_type: str
    final_url: str
    etag: str
    last_modified: str
    sha256: str = ""
    asked_at: float = 0.0
    address: str = ""
    note: str = ""


class Landing:
    """The folder and its record, for any number of threads of one process; `run` names the run that uses it."""

    def __init__(self, folder: Path, *, run: str = "") -> None:
        self.folder = folder
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        (folder / "files").mkdir(exist_ok=True)
        self._lock = threading.Lock()
        self._manifest = folder / _MANIFEST
        self._known: dict[str, Landed] = {}
        self._unfinished: dict[str, float] = {}
        self._run = run
        self._read()
        self._since = self._unfinished.get(run, time.time())
        if run and run not in self._unfinished:
            self._add({"run": run, "began": self._since})

    def find(self, url: str) -> Landed | None:
        """What an earlier run fetched from here, if the file is still there in full."""
        landed = self._known.get(url)
        if landed is None:
            return None
        with contextlib.suppress(FileNotFoundError):
            if (self.folder / landed.path).stat().st_size == landed.num_bytes:
                return landed
        return None

    def is_fresh(self, landed: Landed) -> bool:
        """Whether this run fetched it or asked about it, before it was killed or since."""
        return landed.asked_at >= self._since

    def temporary(self) -> Path:
        """A new file to write into, which `land` puts in its place."""
        return self.folder / "tmp" / uuid4().hex

    def land(self, landed: Landed, temporary: Path) -> Landed:
        """Put a whole file in its place, then write the line. Returns it with its path, which `landed` has not yet.

        Bytes that were there before stay under their path; others replace them under a path of their own.
        """
        before = self._known.get(landed.url)
        if before is None:
            path = _path_of(landed.url)
        elif landed.sha256 == self._digest(before):
            path = before.path
        else:
            path = f"{_path_of(landed.url)}-{landed.sha256[:12]}"
        (self.folder / path).parent.mkdir(exist_ok=True)
        temporary.replace(self.folder / path)
        noted = self._note(replace(landed, path=path))
        if before is not None and before.path != path:
            (self.folder / before.path).unlink(missing_ok=True)
        return noted

    def confirm(self, landed: Landed) -> Landed:
        """Note that its server was asked just now, and that it is still the same."""
        return self._note(landed)

    def finish(self) -> None:
        """The run has come to its end."""
        if self._run:
            self._add({"run": self._run, "ended": time.time()})

    def _digest(self, landed: Landed) -> str:
        """Of the bytes that were fetched; what is no longer there in full has none if its line does not say."""
        if landed.sha256 or self.find(landed.url) is None:
            return landed.sha256
        with (self.folder / landed.path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _note(self, landed: Landed) -> Landed:
        noted = replace(landed, asked_at=time.time())
        self._add(asdict(noted))
        self._known[landed.url] = noted
        return noted

    def _add(self, entry: dict[str, object]) -> None:
        line = json.dumps(entry) + "\n"
        with self._lock, self._manifest.open("a", encoding="ascii") as manifest:
            manifest.write(line)

    def _read(self) -> None:
        for leftover in (self.folder / "tmp").iterdir():
            if time.time() - leftover.stat().st_mtime > _STALE:
                leftover.unlink(missing_ok=True)
        with self._manifest.open("a+b") as manifest:
            manifest.seek(0)
            lines = manifest.read().split(b"\n")
            if lines[-1]:
                manifest.write(b"\n")
        replaced: set[str] = set()
        for line in lines:
            # Half a line: the run that wrote it was killed.
            with contextlib.suppress(ValueError, TypeError, KeyError):
                self._take(json.loads(line), replaced)
        for path in replaced - {landed.path for landed in self._known.values()}:
            (self.folder / path).unlink(missing_ok=True)
        if len(lines) > _LONG * (len(self._known) + 1):
            self._shorten()

    def _take(self, entry: dict[str, object], replaced: set[str]) -> None:
        if "began" in entry:
            self._unfinished[str(entry["run"])] = float(str(entry["began"]))
        elif "ended" in entry:
            self._unfinished.pop(str(entry["run"]), None)
        else:
            landed = Landed(**entry)  # type: ignore[arg-type]
            if landed.url in self._known:
                replaced.add(self._known[landed.url].path)
            self._known[landed.url] = landed

    def _shorten(self) -> None:
        entries = [asdict(landed) for landed in self._known.values()]
        entries += [{"run": run, "began": began} for run, began in self._unfinished.items()]
        write_atomically(self._manifest, "".join(json.dumps(entry) + "\n" for entry in entries).encode("ascii"))


def _path_of(url: str) -> str:
    """Where a link's file goes, whatever it is called; relative to the folder."""
    digest = hashlib.sha256(url.encode("utf-8", errors="surrogatepass")).hexdigest()
    return f"files/{digest[:2]}/{digest[2:40]}"


def clean_file_name(name: str) -> str:
    """A name that is safe in any folder and on any screen: its last part, without control characters, at most 150
    characters; "photo" when nothing is left.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    stem, suffix = os.path.splitext(kept)
    return stem[: 150 - len(suffix[:20])] + suffix[:20] or "photo"
