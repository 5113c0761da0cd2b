"""Write standard copies of all photos to a folder, with a table; the catalogue is unchanged.

Accepted findings are applied, photos put aside are left out. The folder holds FOLDER/PHOTO.jpg and metadata.csv with
file_name, product_id, name and every attribute: `lookscape ingest` and other libraries read it as an image folder.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field

from lookscape.catalogue.records import Photo
from lookscape.catalogue.standardising import SIZE
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.files import write_atomically
from lookscape.services.review.standard import made, recipes
from lookscape.tools import _tool
from lookscape.tools.clean.standardise import LEAST, MOST

SLOW = True
LOCAL = True

TABLE = "metadata.csv"
FIRST = ("file_name", "product_id", "name")


class Params(_tool.Params):
    """Where to, how large."""

    folder: str = _tool.positional("where to write; created if needed", min_length=1)
    size: int = Field(default=SIZE, ge=LEAST, le=MOST, description="side of the square, pixels")
    dry_run: bool = Field(default=False, description="write nothing, only count")


class Result(_tool.Result):
    """What was written."""

    folder: str
    photos: int = Field(description="copies in the folder")
    mended: int = Field(description="those with accepted findings applied")
    aside: int = Field(description="photos that are put aside and were left out")
    failed: list[str] = Field(description="photos that could not be read, with the reason")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Write. Raises UsageError without photos, or when the folder cannot be written."""
    catalogue = engine.catalogue
    photos = catalogue.photos(catalogue.photo_ids())
    if not photos:
        raise UsageError("the catalogue has no photos yet; run: lookscape ingest PHOTOS")
    wanted = recipes(photos, catalogue.accepted_findings(), size=params.size)
    folder = Path(params.folder)
    failed: list[str] = []
    if not params.dry_run:
        _make(folder)
        for batch in made(engine, photos, lambda photo: wanted[photo.id], progress):
            failed += [item.reason for item in batch if item.reason]
            for item in batch:
                if item.data:
                    (folder / _file_name(item.photo)).write_bytes(item.data)
        lost = {reason.partition(":")[0] for reason in failed}
        write_atomically(folder / TABLE, _table(engine, [photo for photo in photos if photo.id not in lost]))
    return Result(
        folder=str(folder),
        photos=len(photos) - len(failed),
        mended=sum(not recipe.fix.is_empty for recipe in wanted.values()),
        aside=catalogue.counts().aside,
        failed=failed,
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{str(folder)!r} cannot be written: {error.strerror}") from error


def _file_name(photo: Photo) -> str:
    return f"{photo.id[:32]}.jpg"


def _table(engine: Engine, photos: Sequence[Photo]) -> bytes:
    """One row for each photo of each product."""
    rows = list(_rows(engine, photos))
    names = dict.fromkeys(name for row in rows for name in row)
    columns = [*FIRST, *sorted(name for name in names if name not in FIRST)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _rows(engine: Engine, photos: Sequence[Photo]) -> Iterator[dict[str, str]]:
    owners = engine.catalogue.products_of_photos(photo.id for photo in photos)
    products = engine.catalogue.products({product_id for ids in owners.values() for product_id in ids})
    for photo in photos:
        for product_id in owners.get(photo.id, ()):
            product = products[product_id]
            given = {name: value for name, value in product.attributes.items() if name not in FIRST}
            yield {**given, "file_name": _file_name(photo), "product_id": product_id, "name": product.name}
