"""Serve the studio and the HTTP interface.

It is bound to 127.0.0.1 unless told otherwise; there is no login, so put a proxy with one in front of any other host.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lookscape.interfaces.cli.tools import CATALOGUE

PORT = 8765


def main(
    *,
    catalogue: Annotated[Path | None, CATALOGUE] = None,
    host: Annotated[str, typer.Option(help="address to bind to")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port; 0 takes a free one", min=0, max=65535)] = PORT,
    name: Annotated[list[str] | None, typer.Option(help="further host name to answer to; may be repeated")] = None,
) -> None:
    """Open the catalogue and serve it until stopped."""
    from lookscape.interfaces.cli.run import open_engine
    from lookscape.interfaces.http.server import serve

    engine = open_engine(catalogue, create=True)
    console = Console(stderr=True)
    serve(
        engine, host=host, port=port, names=name or (), announce=lambda url: console.print(f"Lookscape studio: {url}")
    )
