"""Bring photos into the catalogue, processing only what changed since last time.

SOURCE is a folder, a table (csv, tsv, txt, xlsx, jsonl, parquet, xml) of files or addresses, as shops export them, or
one of: links:TABLE, shop:ADDRESS (a shop's public pages), rendered:N (drawn footwear), fashion-mnist:FOLDER. What the
columns of a table are is guessed and said: `--dry-run` shows it before anything is fetched, `--column photo=NAME
--column product=NAME` says otherwise. Files that cannot be used are recorded with the reason and never stop a run; a
first run that brings no product in fails.
"""

from collections.abc import Mapping

from pydantic import Field

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.records import Counts
from lookscape.catalogue.source import SourceOptions
from lookscape.engine import Engine
from lookscape.errors import LookscapeError
from lookscape.services.words import counted
from lookscape.tools import _tool

SLOW = True
CREATES = True
LOCAL = True
SHOWN = 5


class Params(_tool.Params):
    """What to bring in."""

    source: str = _tool.positional("a folder, a table, or links:TABLE, shop:ADDRESS, rendered:N, fashion-mnist:FOLDER")
    labels: bool = Field(default=True, description="folder names become the attribute label")
    again: bool = Field(default=False, description="read unchanged files too, and download every link once more")
    allow_private: bool = Field(default=False, description="download from private network addresses too")
    column: tuple[str, ...] = Field(
        default=(), description="what a table's column is: photo=NAME, product=NAME, name=NAME, several=NAME"
    )
    dry_run: bool = Field(default=False, description="only show how it would be read; fetch and store nothing")
    max_mb: int = Field(
        default=100, ge=1, le=100, description="largest photo that is downloaded, megabytes (10^6 bytes)"
    )
    user_agent: str = Field(
        default="", max_length=200, pattern="^[ -~]*$", description="the name to download under (default: lookscape)"
    )
    max_pages: int = Field(default=20_000, ge=1, description="pages of a shop that are read at most")


class Skipped(_tool.Result):
    """Files that are nobody's photo."""

    why: str
    files: int


class Column(_tool.Result):
    """A column of a table, and what it was taken for."""

    column: str
    role: str
    example: str


class Row(_tool.Result):
    """What a row would become."""

    place: str
    product: str
    name: str
    photos: str
    attributes: str


class Result(_tool.Result):
    """Counts of this run, then of the catalogue."""

    words: str = Field(description="the outcome in a sentence")
    listed: int = Field(description="files the source lists, and rows that say something else of the same file")
    added: int = Field(description="of these, imported by this run")
    unchanged: int = Field(description="those that were there already")
    removed: int = Field(description="those that the source no longer lists")
    rejected: int = Field(description="those that this run could not use; `info` lists them with reasons")
    joined: int = Field(description="rows without a photo that went to their product")
    repeated: int = Field(description="rows that say what another row says, left out")
    skipped: list[Skipped] = Field(description="files that are nobody's photo, by why")
    photos: int = Field(description="photos in the catalogue now")
    products: int = Field(description="products in the catalogue now")
    notes: list[str] = Field(description="how the source was read, and what is odd about it")
    columns: list[Column] | None = Field(default=None, description="with dry_run: the table's columns")
    rows: list[Row] | None = Field(default=None, description="with dry_run: what the first rows would become")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Ingest, then count. Raises LookscapeError when a first run brings no product in."""
    catalogue = engine.catalogue
    options = SourceOptions(
        labels=params.labels,
        allow_private=params.allow_private,
        downloads=catalogue.folder / "downloads",
        columns=params.column,
        max_bytes=params.max_mb * 1_000_000,
        user_agent=params.user_agent,
        max_pages=params.max_pages,
    )
    if params.dry_run:
        return _shown(engine, params, options)
    report = ingest(catalogue, params.source, options=options, progress=progress, again=params.again)
    counts = catalogue.counts()
    if not counts.products:
        raise LookscapeError(_nothing(engine, report.listed, report.rejected))
    return Result(
        words=_words(counts),
        listed=report.listed,
        added=report.added,
        unchanged=report.unchanged,
        removed=report.removed,
        rejected=report.rejected,
        joined=report.joined,
        repeated=report.repeated,
        skipped=_skipped(report.skipped),
        photos=counts.photos,
        products=counts.products,
        notes=list(report.notes),
    )


def _words(counts: Counts) -> str:
    return (
        f"{counted(counts.files, 'file')}, {counted(counts.photos, 'different photo')}, "
        f"{counted(counts.duplicates, 'repeat')}, {counts.rejected:,} not used; {counted(counts.products, 'product')}"
    )


def _nothing(engine: Engine, listed: int, rejected: int) -> str:
    """Why no product came in."""
    if not listed:
        return "no product came in: the source lists no photos"
    first = engine.catalogue.rejections()[:1]
    example = f"; the first: {first[0].path}: {first[0].reason}" if first else ""
    return f"no product came in: {rejected:,} of {counted(listed, 'file')} could not be used{example}"


def _skipped(counts: Mapping[str, int]) -> list[Skipped]:
    return [Skipped(why=why, files=count) for why, count in sorted(counts.items())]


def _shown(engine: Engine, params: Params, options: SourceOptions) -> Result:
    """How the source would be read."""
    from lookscape.catalogue.ingest.preview import preview

    found = preview(params.source, options)
    counts = engine.catalogue.counts()
    return Result(
        words=found.words,
        listed=found.listed,
        added=0,
        unchanged=0,
        removed=0,
        rejected=found.rejected,
        joined=0,
        repeated=0,
        skipped=_skipped(found.skipped),
        photos=counts.photos,
        products=counts.products,
        notes=list(found.notes),
        columns=[Column(column=one.column, role=one.role, example=one.example) for one in found.columns],
        rows=[
            Row(
                place=row.place,
                product=row.product_id or "",
                name=row.name or "",
                photos=", ".join(row.photos),
                attributes=", ".join(f"{name}: {' | '.join(values)}" for name, values in row.attributes.items()),
            )
            for row in found.rows[:SHOWN]
        ],
    )
