"""Open the catalogue, run one tool, print its record."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.interfaces.cli import output
from lookscape.settings import Settings
from lookscape.tools._tool import Tool


def run_tool(tool: Tool, values: Mapping[str, Any], *, folder: Path | None, as_json: bool) -> None:
    """Run a tool on the catalogue in a folder and print what it answers."""
    params = tool.validate(values, local=True)
    engine = open_engine(folder, create=tool.creates)
    with output.progress_bar(quiet=as_json and not tool.slow) as progress:
        result = tool.run(engine, params, progress)
    output.write(result, as_json=as_json)


def open_engine(folder: Path | None, *, create: bool) -> Engine:
    """Open a catalogue; unless it may be made, it must be there. Raises NotFoundError."""
    wanted = Settings.for_catalogue(folder)
    if not create and wanted.database is None and not (wanted.catalogue / "catalogue.db").is_file():
        where = str(wanted.catalogue)
        raise NotFoundError(f"there is no catalogue in {where!r}; make one: lookscape ingest PHOTOS -C {where}")
    return Engine.open(folder)
