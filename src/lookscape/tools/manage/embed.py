"""Turn photos into vectors of a Space with a model, processing only what is missing.

The Space is then indexed and its distances are calibrated.

MODEL is a spec such as lookalike, pretrained or pretrained:torchvision/vgg16@fc6; the settings' default without it.
Embed again after ingest: new photos are added and vanished ones removed.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.spaces.embed import embed
from lookscape.representation.specs import space_name
from lookscape.services.photos.pictures import photo_set
from lookscape.services.spaces.calibrate import calibrate_space
from lookscape.tools import _tool

SLOW = True


class Params(_tool.Params):
    """Which model, and where its vectors go."""

    model: str | None = Field(
        default=None,
        description="a model's spec; default: the settings' default",
        json_schema_extra={"positional": True},
    )
    space: str | None = Field(default=None, description="name of the Space; default: made from the spec")
    metric: str | None = Field(default=None, description="metric to index; default: the model's own")


class Result(_tool.Result):
    """What the Space holds now and what this run did."""

    space: str
    model: str
    dim: int = Field(description="length of a vector")
    metric: str = Field(description="the metric that was indexed")
    vectors: int = Field(description="vectors in the Space now")
    added: int
    removed: int
    rebuilt: bool = Field(description="true when all vectors were recomputed because the model changed")
    failed: list[str] = Field(description="photos that could not be embedded, with the reason")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Embed, index, calibrate. Raises UsageError when the catalogue has no photos."""
    spec = params.model or engine.settings.model
    ids = engine.catalogue.photo_ids()
    photos = photo_set(engine, ids)
    if not photos.ids:
        raise UsageError("the catalogue has no photos yet; run: lookscape ingest PHOTOS")
    name = params.space or space_name(spec)
    encoder = engine.encoder(spec)
    space = engine.spaces.ensure(name, model=spec, encoder=encoder)
    fitted = engine.folder / "models" / space_name(spec)
    held = len(space)
    report = embed(encoder, photos, space, fitted=fitted, progress=progress)
    progress(0, 0, "building the index")
    metric = engine.index(engine.space(name), params.metric).metric
    progress(0, 0, "calibrating distances")
    calibrate_space(engine, engine.space(name))
    return Result(
        space=name,
        model=spec,
        dim=space.dim,
        metric=metric.value,
        vectors=report.num_photos,
        added=report.num_added,
        removed=report.num_removed,
        rebuilt=report.rebuilt and held > 0,
        failed=[f"{failure.photo_id}: {failure.reason}" for failure in report.failures],
    )
