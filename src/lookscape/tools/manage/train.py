"""Train a model on the catalogue's photos, without labels, then embed them and find its factors.

RECIPE names what to train: language (the default), autoencoder, pca and others. An interrupted run resumes where it
stopped, and a model that is already trained is left as it is. The model is then called trained:NAME and its Space NAME.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.services.photos.measured import Measured
from lookscape.services.photos.pictures import photo_set
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.representation.training.recipe import Recipe

SLOW = True


class Params(_tool.Params):
    """What to train, and how it is called."""

    recipe: str = Field(default="language", description="a recipe's name", json_schema_extra={"positional": True})
    name: str | None = Field(
        default=None, description="the model's name; default: the recipe's", pattern="^[a-z][a-z0-9-]*$"
    )
    side: int | None = Field(default=None, description="side of the photos, pixels: 64, 128 ...; default: the recipe's")
    dim: int | None = Field(default=None, description="number of latents; default: the recipe's")
    set: tuple[str, ...] = Field(default=(), description="FIELD=VALUE, a field of the model's Config; may be repeated")
    steps: int | None = Field(default=None, ge=0, description="steps; default: the recipe's")
    batch_size: int | None = Field(default=None, ge=2, le=65536, description="photos a step; default: the recipe's")
    seed: int = Field(default=0, ge=0, description="seed of weights, order and noise")
    precision: Literal["auto", "bf16", "32"] = Field(
        default="auto", description="auto takes bfloat16 where the hardware multiplies it"
    )
    devices: int = Field(
        default=1, ge=1, le=64, description="GPUs, or processes if there are none, that train together"
    )
    init_from: str | None = Field(default=None, description="a trained model to start from, as far as its networks fit")
    again: bool = Field(default=False, description="train even if this same model already exists")


class Result(_tool.Result):
    """What was trained."""

    model: str
    space: str
    steps: int
    resumed_at: int = Field(description="the step from which a stopped run resumed, 0 for a new one")
    train: int = Field(description="photos to train on")
    validation: int
    test: int = Field(description="photos held out for evaluation")
    largest_group: int = Field(description="photos in the largest group of near-duplicates")
    warm_tensors: int = Field(description="tensors copied from --init-from")
    seconds: float = Field(description="seconds of training alone")
    photos_per_second: float | None
    psnr_db: float | None = Field(description="of reconstructed test photos, dB")
    kl_nats: float | None = Field(description="divergence from the prior, nats a photo")
    active_units: float | None = Field(description="latents that carry information")
    vectors: int = Field(description="vectors in the Space")
    alarms: list[str] = Field(description="what went wrong, and what to do about it")
    note: str = ""


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Train and embed.

    Raises UsageError without photos or for a recipe that cannot be, UnknownNameError for a model to start from that is
    not there, ConflictError while another run trains this model.
    """
    from lookscape.representation.training.arguments import TrainingArguments
    from lookscape.representation.training.run import run_training

    name = params.name or params.recipe.replace("_", "-")
    ids = engine.catalogue.photo_ids()
    if not ids:
        raise UsageError("the catalogue has no photos yet; run: lookscape ingest PHOTOS")
    arguments = TrainingArguments(
        name=name,
        recipe_name=params.recipe,
        recipe=_recipe(params),
        models=engine.folder / "models",
        cache=engine.folder / "cache",
        init_from=engine.codec(params.init_from) if params.init_from else None,
        devices=params.devices,
        again=params.again,
    )
    products_of = engine.catalogue.products_of_photos(ids)
    with engine.catalogue.exclusive(f"train-{name}"):
        report = run_training(
            arguments,
            photo_set(engine, ids),
            products_of=products_of,
            progress=progress,
            measure=Measured(engine, progress=progress),
        )
    space = engine.manage.embed(f"trained:{name}", space=name, progress=progress)
    _find_factors(engine, name, progress)
    return Result(
        model=f"trained:{name}",
        space=name,
        steps=report.steps,
        resumed_at=report.resumed_at,
        train=report.num_train,
        validation=report.num_validation,
        test=report.num_test,
        largest_group=report.largest_group,
        warm_tensors=report.warm_tensors,
        seconds=report.seconds,
        photos_per_second=report.photos_per_second,
        psnr_db=report.psnr_db,
        kl_nats=report.kl_nats,
        active_units=report.active_units,
        vectors=space.vectors,
        alarms=list(report.alarms),
        note=report.note,
    )


def _find_factors(engine: Engine, name: str, progress: _tool.Progress) -> None:
    """Find and name the model's factors, so that the first look at them waits for nothing."""
    from lookscape.services.language.factors import find_factors
    from lookscape.services.language.opened import open_model

    progress(0, 1, "finding the factors")
    find_factors(open_model(engine, name))
    progress(1, 1, "finding the factors")


def _recipe(params: Params) -> "Recipe":
    """The named recipe with what was given put in its place."""
    from lookscape.representation.training.recipe import Precision, open_recipe

    recipe = open_recipe(params.recipe)
    fields = {name: value for name, value in (("side", params.side), ("dim", params.dim)) if value is not None}
    return replace(
        recipe.varied(**fields, **_fields(params.set)),
        num_steps=recipe.num_steps if params.steps is None else params.steps,
        batch_size=params.batch_size or recipe.batch_size,
        seed=params.seed,
        precision=recipe.precision if params.precision == "auto" else Precision(params.precision),
    )


def _fields(given: tuple[str, ...]) -> dict[str, Any]:
    """FIELD=VALUE as the model's Config takes it; `none` is no value."""
    pairs = [text.partition("=") for text in given]
    for text, (field, equals, value) in zip(given, pairs, strict=True):
        if not (field and equals and value):
            raise UsageError(f"--set {text!r} is not of the form FIELD=VALUE, such as capacity=80")
        if field in {"side", "dim"}:
            raise UsageError(f"--set {text!r}: {field} has an option of its own: --{field} {value}")
    return {field: None if value.lower() == "none" else value for field, _, value in pairs}
