"""The last report, for the studio: reports/latest.json with its numbers and the part of the page that shows them.

reports/report.html is the page of reports that were not written elsewhere.
"""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lookscape.errors import UsageError
from lookscape.representation._files import write_atomically
from lookscape.tools.report.catalogue import Result

FOLDER = "reports"
LATEST, PAGE = "latest.json", "report.html"


class Kept(BaseModel):
    """A report's numbers and the HTML that shows them, which needs a page around it."""

    model_config = ConfigDict(frozen=True)
    result: Result
    body: str


def page_path(folder: Path, out: str) -> Path:
    """Where the page goes. Raises UsageError when that is a folder, or in none."""
    if not out:
        return folder / FOLDER / PAGE
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


def keep(folder: Path, result: Result, body: str) -> None:
    """In the place of the last one."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    write_atomically(folder / FOLDER / LATEST, Kept(result=result, body=body).model_dump_json().encode())


def latest(folder: Path) -> Kept | None:
    """The last report, if any; None as well for one that an older version wrote."""
    path = folder / FOLDER / LATEST
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=2)
def _read(path: Path, stamp: int) -> Kept | None:
    try:
        return Kept.model_validate_json(path.read_bytes())
    except ValidationError:
        return None
