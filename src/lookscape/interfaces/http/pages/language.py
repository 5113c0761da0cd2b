"""The visual language: every factor as a strip that a person can name, with real products at both ends.

`model` says which model's, `product` on which product the strips are drawn (the average without it), `all` lists every
factor. Naming, merging and hiding are done by the browser through the tools of the group `latent`.
"""

from typing import Protocol
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import LANGUAGE, Engine
from lookscape.errors import UsageError
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.representation.specs import trained_names
from lookscape.services.language.table import LOOK
from lookscape.tools.latent.factors import Named
from lookscape.tools.search.find import Item

PATH = "/language"
TITLE = "Visual language"
NAV = 41

FIRST = 12
"""Factors listed at first: the rest says little."""

EVERY = 512
PUSH = 2.0
"""Standard deviations to which the link into the workshop moves a factor."""


class Strip(BaseModel):
    """One factor as the page shows it. `weight` is its information in per cent of the strongest one's."""

    model_config = ConfigDict(frozen=True)
    factor: Named
    weight: float
    try_url: str
    low_url: str
    high_url: str


class Context(page.Context):
    """The factors of one model."""

    models: list[str] = Field(description="trained models, the default one first; none before the first training")
    model: str = Field(description="the model in use; empty without any")
    usual: str = Field(description="the model that links need not name")
    strips: list[Strip] = Field(description="factors in view, most important first")
    rest: int = Field(description="factors that are not in view")
    put_away: list[Named] = Field(description="hidden factors")
    acts: int = Field(description="names, merges and the like that can be undone")
    kept: bool = Field(description="the factors were learned before the catalogue's last change")
    product: Item | None = Field(description="the product that strips are shown on; None for the average")
    stored: bool = Field(description="the products' attributes hold their percentiles")
    problem: str = Field(description="why there are no factors; empty when there are")


class _Listed(Protocol):
    factors: list[Named]
    total: int
    acts: int
    kept: bool


def view(engine: Engine, asked: Asked) -> Context:
    """List the factors. What is unknown in the address falls back to the default."""
    models = sorted(trained_names(engine.folder / "models"), key=lambda name: (name != LANGUAGE, name))
    model = asked.text("model") if asked.text("model") in models else next(iter(models), "")
    product = _product(engine, asked.text("product"))
    usual = next(iter(models), "")
    if not model:
        return _nothing(models, model, usual, "")
    try:
        limit = EVERY if asked.text("all") else FIRST
        chosen = product.product_id if product else None
        listed: _Listed = engine.latent.factors(chosen, model=model, limit=limit)
        put_away: _Listed = engine.latent.factors(model=model, limit=EVERY, examples=0, hidden=True)
    except UsageError as error:
        return _nothing(models, model, usual, str(error))
    stored = any(act.by == LOOK and act.undone_at is None for act in engine.catalogue.history())
    most = max((factor.share for factor in listed.factors), default=1.0) or 1.0
    return Context(
        models=models,
        model=model,
        usual=usual,
        strips=[_strip(factor, most, chosen, model if model != usual else "") for factor in listed.factors],
        rest=listed.total - len(listed.factors),
        put_away=put_away.factors,
        acts=listed.acts,
        kept=listed.kept,
        product=product,
        stored=stored,
        problem="",
    )


def _nothing(models: list[str], model: str, usual: str, problem: str) -> Context:
    return Context(
        models=models,
        model=model,
        usual=usual,
        strips=[],
        rest=0,
        put_away=[],
        acts=0,
        kept=False,
        product=None,
        stored=False,
        problem=problem,
    )


def _strip(factor: Named, most: float, product_id: str | None, model: str) -> Strip:
    """Links into the workshop, the factor moved, and to the products at each end as `latent language` wrote them."""
    begin = product_id or next((one.product_id for one in factor.low), "")
    given = {"model": model} if model else {}
    moved = urlencode({**given, "product": begin, "set": f"{factor.factor}={PUSH}"})

    def named(word: str) -> str:
        return "/?" + urlencode({"where": f"{LOOK}={factor.factor}: {word}"})

    return Strip(
        factor=factor,
        weight=round(100 * factor.share / most, 1),
        try_url=f"/latent?{moved}",
        low_url=named(factor.low_words or f"low {factor.factor}"),
        high_url=named(factor.high_words or f"high {factor.factor}"),
    )


def _product(engine: Engine, product_id: str) -> Item | None:
    found = engine.catalogue.products([product_id] if product_id else [])
    if product_id not in found or not found[product_id].photo_ids:
        return None
    product = found[product_id]
    photo_id = product.photo_ids[0]
    return Item(
        product_id=product.id,
        name=product.name,
        photo_id=photo_id,
        num_photos=len(product.photo_ids),
        image_url=f"/photos/{photo_id}.jpg",
        attributes=dict(product.attributes),
        values={name: list(values) for name, values in product.values.items()},
    )
