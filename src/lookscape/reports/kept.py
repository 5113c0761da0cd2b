"""The last page of each kind, for the studio: reports/NAME.json with its numbers and the part of it that shows them.

The report on the catalogue is `latest`; reports/report.html is its page unless it was written elsewhere.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from lookscape.errors import UsageError
from lookscape.files import write_atomically
from lookscape.services.survey.figures import Survey

FOLDER = "reports"
LATEST, PAGE = "latest", "report.html"

ResultT = TypeVar("ResultT", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Kept(Generic[ResultT]):
    """A tool's numbers and the HTML that shows them, which needs a page around it."""

    result: ResultT
    body: str


def page_path(folder: Path, out: str, *, name: str = PAGE) -> Path:
    """Where the page goes; `name` is its usual file. Raises UsageError when that is a folder, or in none."""
    if not out:
        return folder / FOLDER / name
    path = Path(out)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"out: {out!r} cannot be a file; give a name such as report.html in a folder that is there")
    return path


def write_page(path: Path, content: str) -> None:
    """Write it in one step. Raises UsageError when that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content.encode())
    except OSError as error:
        raise UsageError(f"out: {str(path)!r} cannot be written: {error.strerror}") from error


def keep(folder: Path, result: BaseModel, body: str, *, name: str = LATEST) -> None:
    """In the place of the last one of this name."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    content = json.dumps({"result": result.model_dump(mode="json"), "body": body})
    write_atomically(_path(folder, name), content.encode())


def latest(folder: Path) -> Kept[Survey] | None:
    """The last report on the catalogue, if any."""
    return find(folder, Survey)


def find(folder: Path, kind: type[ResultT], *, name: str = LATEST) -> Kept[ResultT] | None:
    """What was kept under a name, if any; None as well for what an older version wrote."""
    path = _path(folder, name)
    return _read(path, kind, path.stat().st_mtime_ns) if path.is_file() else None


def _path(folder: Path, name: str) -> Path:
    return folder / FOLDER / f"{name}.json"


@lru_cache(maxsize=8)
def _read(path: Path, kind: type[ResultT], stamp: int) -> Kept[ResultT] | None:
    try:
        held = json.loads(path.read_bytes())
        return Kept(result=kind.model_validate(held["result"]), body=str(held["body"]))
    except (ValidationError, ValueError, KeyError, TypeError):
        return None
