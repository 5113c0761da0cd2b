"""Bring photos into the catalogue, processing only what changed since last time.

SOURCE is a folder, a table (csv, tsv, jsonl, parquet), or one of: links:TABLE (download image URLs), rendered:N (drawn
footwear), fashion-mnist:FOLDER. Files that cannot be used are recorded with the reason and never stop a run.
"""

from pydantic import Field

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.source import SourceOptions
from lookscape.engine import Engine
from lookscape.tools import _tool

SLOW = True
CREATES = True
LOCAL = True


class Params(_tool.Params):
    """What to bring in."""

    source: str = _tool.positional("a folder, a table, or links:TABLE, rendered:N, fashion-mnist:FOLDER")
    labels: bool = Field(default=True, description="folder names become the attribute label")
    again: bool = Field(default=False, description="read unchanged files too, and download every link once more")
    allow_private: bool = Field(default=False, description="download from private network addresses too")
    max_mb: int = Field(
        default=100, ge=1, le=100, description="largest photo that is downloaded, megabytes (10^6 bytes)"
    )
    user_agent: str = Field(
        default="", max_length=200, pattern="^[ -~]*$", description="the name to download under (default: lookscape)"
    )
    max_pages: int = Field(default=20_000, ge=1, description="pages of a shop that are read at most")


class Result(_tool.Result):
    """Counts of files in this run, then of the catalogue."""

    listed: int = Field(description="files the source lists")
    added: int = Field(description="files imported by this run")
    unchanged: int = Field(description="files that were there already")
    removed: int = Field(description="files that the source no longer lists")
    rejected: int = Field(description="files that this run could not use; `info` lists them with reasons")
    photos: int = Field(description="photos in the catalogue now")
    products: int = Field(description="products in the catalogue now")
    notes: list[str] = Field(
        default=[], description="links that were read otherwise than written, or kept as they were"
    )


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Ingest, then count."""
    catalogue = engine.catalogue
    options = SourceOptions(
        labels=params.labels,
        allow_private=params.allow_private,
        downloads=catalogue.folder / "downloads",
        max_bytes=params.max_mb * 1_000_000,
        user_agent=params.user_agent,
        max_pages=params.max_pages,
    )
    report = ingest(catalogue, params.source, options=options, progress=progress, again=params.again)
    counts = catalogue.counts()
    return Result(**vars(report), photos=counts.photos, products=counts.products)
