"""Train a model on the catalogue's photos, without labels, and embed every photo with it.

RECIPE names what to train: language (the default), autoencoder, pca and others. A run that was killed goes on where it
stopped. The model is then called trained:NAME and its Space NAME.
"""

from dataclasses import replace

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.tools import _tool

SLOW = True


class Params(_tool.Params):
    """What to train, and how it is called."""

    recipe: str = Field(default="language", description="a recipe's name", json_schema_extra={"positional": True})
    name: str | None = Field(
        default=None, description="the model's name; the recipe's without it", pattern="^[a-z][a-z0-9-]*$"
    )
    steps: int | None = Field(default=None, ge=0, description="steps; the recipe's without it")
    seed: int = Field(default=0, ge=0, description="seed of weights, order and noise")


class Result(_tool.Result):
    """What was trained."""

    model: str
    space: str
    steps: int
    train: int = Field(description="photos to learn from")
    validation: int
    test: int = Field(description="photos kept aside to judge by")
    vectors: int = Field(description="vectors in the Space")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Train and embed. Raises UsageError without photos, ConflictError while another run trains this model."""
    from lookscape.representation.embed import PhotoSet
    from lookscape.representation.recipe import open_recipe
    from lookscape.representation.training import Order, run_training

    recipe = replace(open_recipe(params.recipe), seed=params.seed)
    if params.steps is not None:
        recipe = replace(recipe, num_steps=params.steps)
    name = params.name or params.recipe.replace("_", "-")
    catalogue = engine.catalogue
    ids = catalogue.photo_ids()
    if not ids:
        raise UsageError("the catalogue has no photos yet; run: lookscape ingest PHOTOS")
    found = catalogue.photos(ids)
    blobs = {photo.id: photo.blob for photo in found}
    photos = PhotoSet(ids=ids, read=lambda photo_id: catalogue.blobs.get(blobs[photo_id]))
    order = Order(
        name=name,
        recipe_name=params.recipe,
        recipe=recipe,
        models=engine.folder / "models",
        cache=engine.folder / "cache",
    )
    with catalogue.exclusive(f"train-{name}"):
        report = run_training(order, photos, products_of=catalogue.products_of_photos(ids), progress=progress)
    space = engine.manage.embed(f"trained:{name}", space=name, progress=progress)
    return Result(
        model=f"trained:{name}",
        space=name,
        steps=report.steps,
        train=report.num_train,
        validation=report.num_validation,
        test=report.num_test,
        vectors=space.vectors,
    )
