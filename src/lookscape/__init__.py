"""Lookscape learns the visual language of a product catalogue from its photos.

import lookscape

engine = lookscape.open("my-catalogue")
engine.manage.ingest("photos/")
engine.manage.embed()
engine.search.by_photo("shoe.jpg", limit=5).hits
"""

from typing import TYPE_CHECKING, Any

from lookscape.version import __version__

__all__ = ["Engine", "__version__", "open"]

if TYPE_CHECKING:
    from pathlib import Path

    from lookscape.engine import Engine


def open(catalogue: "Path | str | None" = None) -> "Engine":  # noqa: A001 - the name people expect, as in PIL or wave
    """Open a catalogue's folder, making it if need be; LOOKSCAPE_CATALOGUE or ./catalogue by default."""
    from lookscape.engine import Engine

    return Engine.open(catalogue)


def __getattr__(name: str) -> Any:
    if name == "Engine":
        from lookscape.engine import Engine

        return Engine
    raise AttributeError(f"module 'lookscape' has no attribute {name!r}")
