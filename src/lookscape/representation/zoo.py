"""Opens a model by its spec: `lookalike`, `pretrained:timm/resnet50@stage3` (the grammar is in specs.py)."""

from pathlib import Path

from pydantic import ValidationError

from lookscape import parts
from lookscape.errors import NotFoundError, UsageError
from lookscape.representation import checkpoint
from lookscape.representation.protocol import Encoder, FittedEncoder
from lookscape.representation.runtime import Runtime
from lookscape.representation.specs import parse, space_name

MODELS = "lookscape.representation.models"


def open_encoder(spec: str, *, models: Path | None = None, runtime: Runtime | None = None) -> Encoder:
    """The encoder a spec names; one that learns from the catalogue gets back what it learned.

    `models` is the catalogue's models/ folder. Raises UsageError (UnknownNameError for a model, backbone or layer
    that is not there) and UnavailableError when weights that have to be downloaded cannot be.
    """
    named = parse(spec)
    part = parts.load(MODELS, named.model)
    try:
        config = part.Config(**named.options)
    except ValidationError as error:
        first = error.errors()[0]
        allowed = ", ".join(part.Config.model_fields)
        where = ".".join(map(str, first["loc"]))
        raise UsageError(f"{spec!r}: {where}: {first['msg']}; {named.model} takes {allowed}") from error
    encoder: Encoder = part.build(config, runtime=runtime or Runtime())
    if models is not None and isinstance(encoder, FittedEncoder):
        _restore(encoder, models / space_name(spec))
    return encoder


def _restore(encoder: FittedEncoder, folder: Path) -> None:
    """Put back what was learned, unless there is nothing yet or it was learned with another network."""
    try:
        saved = checkpoint.load(folder)
    except NotFoundError:
        return
    if saved.config.get("network") == encoder.network_key:
        encoder.restore(saved.tensors)
