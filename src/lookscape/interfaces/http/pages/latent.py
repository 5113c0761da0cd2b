"""The latent studio: pick products, reshape them with sliders, blend and mix them, and see the closest real ones.

All its state is in the address, so that it can be shared: `model`, `mode`, one `product` for each on the shelf, and
what the mode keeps there by itself (static/js/latent/state.js). The page comes with the shelf; the rest is drawn by the
browser from the tools of the group `latent`.
"""

from pydantic import BaseModel, ConfigDict, Field

from lookscape import parts
from lookscape.engine import LANGUAGE, Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.representation.specs import trained_names
from lookscape.tools.search.find import Item

PATH = "/latent"
TITLE = "Workshop"
NAV = 50

EXAMPLES = 12
MOST = 8
"""Products that the shelf holds."""

RECIPES = "lookscape.representation.recipes"
QUICK = "pca"
"""The recipe that is done within seconds, to look around."""


class Mode(BaseModel):
    """One way to play, named after the tool that does it; `hint` says what it does in plain words."""

    model_config = ConfigDict(frozen=True)
    name: str
    label: str
    hint: str
    needs: int = Field(description="products that have to be on the shelf")


class Recipe(BaseModel):
    """A model that can be trained; `quick` ones are done within seconds."""

    model_config = ConfigDict(frozen=True)
    name: str
    label: str
    summary: str


MODES = (
    Mode(
        name="steer",
        needs=1,
        label="Reshape",
        hint="Move a slider: the product changes, and the closest real ones follow.",
    ),
    Mode(
        name="interpolate",
        needs=2,
        label="Blend",
        hint="Watch one product turn into another, past the real ones on the way.",
    ),
    Mode(name="arithmetic", needs=2, label="Mix", hint="Add what is typical of one product to another, or remove it."),
    Mode(
        name="sample", needs=0, label="Invent", hint="Products that do not exist yet, each with the closest real one."
    ),
    Mode(
        name="reconstruct",
        needs=1,
        label="Rebuild",
        hint="What the model keeps of a photo: the photo and its reconstruction.",
    ),
)


class Context(page.Context):
    """What the browser starts from."""

    models: list[str] = Field(description="trained models, the default one first; none before the first training")
    model: str = Field(description="the model in use; empty without any")
    modes: list[Mode] = Field(description="ways to play, as tabs")
    mode: str = Field(description="the one in use")
    shelf: list[Item] = Field(description="the products picked, in order")
    at: int = Field(description="place on the shelf of the product that is reshaped")
    gone: int = Field(description="products of the link that are no longer there")
    most: int = Field(description="products that the shelf holds")
    examples: list[Item] = Field(description="products to start with, while the shelf is empty")
    recipes: list[Recipe] = Field(description="what can be trained when nothing is: the thorough one, the quick one")
    is_empty: bool = Field(description="nothing was ever ingested")


def view(engine: Engine, asked: Asked) -> Context:
    """Read the address; what is unknown in it falls back to the default, so that old links still open."""
    models = sorted(trained_names(engine.folder / "models"), key=lambda name: (name != LANGUAGE, name))
    wanted = list(dict.fromkeys(asked.many("product")))[:MOST]
    shelf = _items(engine, wanted)
    total = engine.catalogue.counts().products
    modes = [mode.name for mode in MODES]
    return Context(
        models=models,
        model=asked.text("model") if asked.text("model") in models else next(iter(models), ""),
        modes=list(MODES),
        mode=asked.text("mode") if asked.text("mode") in modes else modes[0],
        shelf=shelf,
        at=max(0, min(asked.number("at") or 0, len(shelf) - 1)),
        gone=len(wanted) - len(shelf),
        most=MOST,
        examples=_examples(engine, total) if models else [],
        recipes=[] if models else _recipes(),
        is_empty=total == 0,
    )


def _items(engine: Engine, wanted: list[str]) -> list[Item]:
    """Products by id, in the order given; those that are not there are left out."""
    found = engine.catalogue.products(wanted)
    return [
        Item(
            product_id=product.id,
            name=product.name,
            photo_id=product.photo_ids[0],
            num_photos=len(product.photo_ids),
            image_url=f"/photos/{product.photo_ids[0]}.jpg",
            attributes=dict(product.attributes),
            values={name: list(values) for name, values in product.values.items()},
        )
        for product in (found[name] for name in wanted if name in found)
    ]


def _examples(engine: Engine, total: int) -> list[Item]:
    """Products spread over the catalogue."""
    places = sorted({total * number // EXAMPLES for number in range(EXAMPLES)}) if total else []
    return [item for place in places for item in engine.search.find(offset=place, limit=1).products]


def _recipes() -> list[Recipe]:
    labels = {LANGUAGE: "Train the visual language", QUICK: "Try a quick model"}
    there = parts.names(RECIPES)
    return [
        Recipe(name=name, label=label, summary=parts.summary(RECIPES, name))
        for name, label in labels.items()
        if name in there
    ]
