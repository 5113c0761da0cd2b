"""Write standard copies of all photos to a folder, with a table; the catalogue is unchanged.

Accepted findings are applied, photos put aside are left out. The folder holds FOLDER/PHOTO.jpg and metadata.csv with
file_name, product_id, name and every attribute, a row for each photo of each product: `lookscape ingest` and other
libraries read it as an image folder. Several values of one attribute stand in one cell with a bar between; with
--table parquet they are lists, and codes such as 0042 stay words for every reader.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from lookscape.catalogue.records import Photo
from lookscape.catalogue.standardising import SIZE
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.files import write_atomically
from lookscape.services.review import table
from lookscape.services.review.standard import made, recipes
from lookscape.tools import _tool
from lookscape.tools.clean.standardise import LEAST, MOST

SLOW = True
LOCAL = True

TABLES = {"csv": table.as_csv, "parquet": table.as_parquet}
OTHER_TABLES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
"""What readers of image folders take for its table; two of them are one too many."""

NAMED = 5
"""Attributes that a sentence names."""

SPLITS = ("train", "test", "validation", "valid", "val", "dev", "eval")


class Params(_tool.Params):
    """Where to, how large."""

    folder: str = _tool.positional("where to write; created if needed", min_length=1)
    size: int = Field(default=SIZE, ge=LEAST, le=MOST, description="side of the square, pixels")
    table: Literal["csv", "parquet"] = Field(default="csv", description="how the table is written: metadata.csv, ...")
    dry_run: bool = Field(default=False, description="write nothing, only count")


class Result(_tool.Result):
    """What was written."""

    folder: str
    photos: int = Field(description="copies in the folder")
    mended: int = Field(description="those with accepted findings applied")
    aside: int = Field(description="photos that are put aside and were left out")
    failed: list[str] = Field(description="photos that could not be read, with the reason")
    left_out: list[str] = Field(default=[], description="what the catalogue has and the folder has not, in sentences")
    warnings: list[str] = Field(default=[], description="what may surprise readers of the folder, in sentences")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Write. Raises UsageError without photos, or when the folder cannot be written."""
    catalogue = engine.catalogue
    photos = catalogue.photos(catalogue.photo_ids())
    if not photos:
        raise UsageError("the catalogue has no photos yet; run: lookscape ingest PHOTOS")
    wanted = recipes(photos, catalogue.accepted_findings(), size=params.size)
    folder = Path(params.folder)
    failed: list[str] = []
    copies: dict[str, str] = {}
    warnings = _check(folder, f"metadata.{params.table}", {_file_name(photo) for photo in photos})
    if not params.dry_run:
        _make(folder)
        for batch in made(engine, photos, lambda photo: wanted[photo.id], progress):
            failed += [item.reason for item in batch if item.reason]
            for item in batch:
                if item.data:
                    (folder / _file_name(item.photo)).write_bytes(item.data)
                    copies[item.photo.id] = hashlib.sha256(item.data).hexdigest()
        names = {photo.id: _file_name(photo) for photo in photos if photo.id in copies}
        rows = list(table.rows_of(engine, names.get))
        write_atomically(folder / f"metadata.{params.table}", TABLES[params.table](rows))
        warnings += _about_csv(rows) if params.table == "csv" else []
    same = sum(count - 1 for count in Counter(copies.values()).values())
    if same:
        warnings.append(f"copies that became the same file as another ({same:,}): read back, they are one photo")
    return Result(
        folder=str(folder),
        photos=len(photos) - len(failed),
        mended=sum(not recipe.fix.is_empty for recipe in wanted.values()),
        aside=catalogue.counts().aside,
        failed=failed,
        left_out=table.left_out(engine),
        warnings=warnings,
    )


def _check(folder: Path, name: str, own: set[str]) -> list[str]:
    """What may surprise readers of a folder that is there already. Raises UsageError when it has another table."""
    try:
        found = {entry.name: entry.is_dir() for entry in folder.iterdir()} if folder.is_dir() else {}
    except OSError:
        return []
    if other := next((one for one in OTHER_TABLES if one != name and one in found), None):
        raise UsageError(f"{str(folder)!r} has {other} already, and readers take only one table; delete it first")
    warnings = []
    if splits := sorted(one for one, is_folder in found.items() if is_folder and one.lower() in SPLITS):
        warnings.append(
            f"the folder has {splits[0]}/: Hugging Face datasets reads such folders and not the table beside them"
        )
    if strange := len(set(found) - own - {name}):
        warnings.append(f"other files and folders there ({strange:,}): they are left, and readers see them too")
    return warnings


def _about_csv(rows: Sequence[table.Row]) -> list[str]:
    """What readers that guess the types of CSV's columns make of these."""
    changed = table.changed_by_readers(rows)
    if not changed:
        return []
    named = ", ".join(map(repr, changed[:NAMED])) + (" ..." if len(changed) > NAMED else "")
    return [
        f"readers of CSV may take values of {named} for numbers or for nothing: --table parquet keeps them as words"
    ]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{str(folder)!r} cannot be written: {error.strerror}") from error


def _file_name(photo: Photo) -> str:
    """By its hash alone: a word such as test in a file's name makes a split for Hugging Face datasets."""
    return f"{photo.id[:32]}.jpg"
