"""Show a classifier's filters and the products they respond to.

For each channel of a layer, the photos that activate it most are listed; `out` is a sheet of them, cropped to where
they do, next to the filter itself for the first layer. The channels that vary most from photo to photo are shown.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo

from lookscape.engine import Engine
from lookscape.errors import NotFoundError, PhotoError, RefusedError, UsageError
from lookscape.tools import _tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lookscape.representation.protocol import ImageU8

SLOW = True
KINDS = (".png", ".webp")


def _local(given: Any, info: ValidationInfo) -> Any:
    if given is not None and not (info.context or {}).get("local"):
        raise RefusedError("out writes a file of the server; only the terminal and Python may ask for it")
    if given is not None and Path(given).suffix.lower() not in KINDS:
        raise UsageError(f"out: {str(given)!r} must end in {' or '.join(KINDS)}")
    return given


class Params(_tool.Params):
    """Which classifier, which layer, and how much to show."""

    name: str = Field(default="", max_length=80, description="the classifier; default: the only one")
    layer: str = Field(default="", description="a layer of the network by its path; default: the first one")
    channels: int = Field(default=16, ge=1, le=256, description="channels to show")
    strongest: int = Field(default=8, ge=1, le=32, description="photos to show for each")
    photos: int = Field(default=300, ge=1, le=20_000, description="photos to search")
    out: Annotated[
        Path | None,
        BeforeValidator(_local),
        Field(description="sheet to write, .png or .webp; terminal and Python only"),
    ] = None


class Found(_tool.Result):
    """One channel."""

    channel: int
    spread: float = Field(description="deviation of its highest value over the photos, relative to its mean")
    products: list[str] = Field(description="the products that activate it most, highest first")
    values: list[float] = Field(description="how high")


class Result(_tool.Result):
    """What the layer responds to."""

    name: str = Field(description="the classifier")
    layer: str
    channels: list[Found]
    out: str = Field(description="the sheet that was written; empty without")
    layers: list[str] = Field(description="layers to choose from", json_schema_extra=_tool.MACHINES_ONLY)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Search a sample of the photos. Raises UnknownNameError for a layer, UsageError for a file."""
    from lookscape.classifiers.explaining.filters import channels_of, first_layer
    from lookscape.classifiers.explaining.heat_map import layers
    from lookscape.representation.spaces.embed import sample

    classifier = engine.classifier(params.name)
    side, network = classifier.side, classifier.network
    layer = params.layer or first_layer(network, side=side)
    ids = sample(engine.catalogue.photo_ids(), params.photos)
    if not ids:
        raise NotFoundError("the catalogue has no photos")
    read: list[str] = []
    found = channels_of(
        network,
        _photos(engine, ids, read, side=side, progress=progress),
        side=side,
        layer=layer,
        count=params.channels,
        strongest=params.strongest,
    )
    owners = engine.catalogue.products_of_photos(read)
    channels = [
        Found(
            channel=one.number,
            spread=round(one.spread, 4),
            products=[next(iter(owners.get(read[response.photo], ())), "") for response in one.responses],
            values=[round(response.value, 4) for response in one.responses],
        )
        for one in found
    ]
    written = ""
    if params.out is not None:
        written = _write(params.out, _drawn(engine, read, found, side=side, network=network, layer=layer))
    return Result(name=classifier.name, layer=layer, channels=channels, out=written, layers=layers(network, side=side))


def _photos(
    engine: Engine, ids: list[str], read: list[str], *, side: int, progress: _tool.Progress
) -> "Iterator[ImageU8]":
    """Those that can be read; their ids are noted in `read` one by one."""
    from lookscape.representation.spaces.preprocess import decode

    for number, photo_id in enumerate(ids):
        if number % 16 == 0:
            progress(number, len(ids), "looking")
        try:
            photo = decode(engine.catalogue.read_photo(photo_id), side=side)
        except (PhotoError, NotFoundError):
            continue
        read.append(photo_id)
        yield photo


def _drawn(engine: Engine, ids: list[str], found: Any, *, side: int, network: Any, layer: str) -> "ImageU8":
    from lookscape.classifiers.explaining.filters import cut_out, filter_sheet, map_side
    from lookscape.representation.spaces.preprocess import decode

    places = map_side(network, side=side, layer=layer)

    def tiles(channel: Any) -> "list[ImageU8]":
        photos = (decode(engine.catalogue.read_photo(ids[one.photo]), side=side) for one in channel.responses)
        return [
            cut_out(photo, one, side=side, places=places) for photo, one in zip(photos, channel.responses, strict=True)
        ]

    return filter_sheet((channel, tiles(channel)) for channel in found)


def _write(path: Path, picture: "ImageU8") -> str:
    from lookscape.files import write_atomically
    from lookscape.representation.latents.drawings import still

    try:
        write_atomically(path, still(picture, kind=path.suffix.lower()))
    except OSError as error:
        raise UsageError(f"out: {str(path)!r} cannot be written: {error.strerror}") from error
    return str(path)
