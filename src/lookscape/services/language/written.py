"""Writing what was decoded to a file of this machine, which only its own users may ask for."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo

from lookscape.errors import RefusedError, UsageError
from lookscape.files import write_atomically
from lookscape.representation.latents.drawings import KINDS, drawing
from lookscape.representation.protocol import ImageU8


def _on_this_machine(given: Any, info: ValidationInfo) -> Any:
    """Over HTTP a path would be one of the server's."""
    if given is not None and not (info.context or {}).get("local"):
        raise RefusedError("out writes a file of the server; over HTTP fetch strip_url or animation_url instead")
    if given is not None and Path(given).suffix.lower() not in KINDS:
        raise UsageError(f"out: {str(given)!r} must end in {', '.join(KINDS)}")
    return given


OutFile = Annotated[
    Path | None,
    BeforeValidator(_on_this_machine),
    Field(description="file to write: .webp or .gif moves, .png is a strip; terminal and Python only"),
]


def write_drawing(path: Path | None, frames_NHWC: ImageU8) -> str:
    """Write the file, whole or not at all, and say where; nothing without a path. Raises UsageError."""
    if path is None:
        return ""
    content = drawing(frames_NHWC, path=path)
    try:
        write_atomically(path, content)
    except OSError as error:
        raise UsageError(f"out: {str(path)!r} cannot be written: {error.strerror}") from error
    return str(path)
