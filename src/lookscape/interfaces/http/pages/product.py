"""A product: its photos at full size, what is known about it and from where, and products that look like it."""

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import LANGUAGE, Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked, query_string
from lookscape.interfaces.http.studio.words import product_of, product_url, rank
from lookscape.representation.specs import trained_names
from lookscape.services.language.language import is_learned
from lookscape.tools.search.product import AttributeInfo, PhotoInfo

PATH = "/products/{product_id:path}"
TITLE = "Product"
NAV = None

SHOWN = 12
"""Attributes shown at once, however many values each has."""


class SpaceChoice(BaseModel):
    """A Space that can say what looks alike."""

    model_config = ConfigDict(frozen=True)
    name: str
    model: str
    metric: str


class Neighbour(BaseModel):
    """The product before or after in the list that this page was opened from."""

    model_config = ConfigDict(frozen=True)
    name: str
    url: str


class Context(page.Context):
    """Everything known about one product."""

    title: str = Field(description="its name, for the tab")
    product_id: str = Field(description="its id")
    name: str = Field(description="its name, or the name of its first file when nobody named it")
    photos: list[PhotoInfo] = Field(description="all its photos, its face first")
    attributes: list[AttributeInfo] = Field(description="the most informative attributes, each with its provenance")
    details: list[AttributeInfo] = Field(description="the other attributes, folded away")
    num_details: int = Field(description="how many attributes those are; one may have several values")
    sources: list[str] = Field(description="paths of its photos as ingested")
    speaks: bool = Field(description="there is a language to describe it in")
    classifiers: list[str] = Field(description="classifiers that can predict something about it, by name")
    spaces: list[SpaceChoice] = Field(description="Spaces to find similar products in; none before `embed`")
    back: str = Field(description="link to the list it was opened from")
    before: Neighbour | None = Field(description="the product before it in that list")
    after: Neighbour | None = Field(description="the product after it in that list")
    place: int | None = Field(description="its place in that list, from 0; None when opened by itself")


def view(engine: Engine, asked: Asked) -> Context:
    """Read the product. Raises NotFoundError."""
    product = engine.search.product(product_of(asked.path["product_id"]))
    shown, details = _ranked(product.attributes)
    before, after, place = _neighbours(engine, asked, product.product_id)
    default = engine.space().name if engine.spaces.names() else ""
    spaces = sorted(map(engine.spaces.open, engine.spaces.names()), key=lambda space: space.name != default)
    return Context(
        title=product.name,
        product_id=product.product_id,
        name=product.name,
        photos=product.photos,
        attributes=shown,
        details=details,
        num_details=len({attribute.name for attribute in details}),
        sources=product.sources,
        speaks=_speaks(engine),
        classifiers=[one.name for one in engine.predict.classifiers().classifiers] if _is_taught(engine) else [],
        spaces=[SpaceChoice(name=space.name, model=space.model, metric=str(space.metric)) for space in spaces],
        back="/" + query_string(asked.text("text"), asked.filters()),
        before=before,
        after=after,
        place=place,
    )


def _ranked(known: list[AttributeInfo]) -> tuple[list[AttributeInfo], list[AttributeInfo]]:
    """The first SHOWN attributes and the others; values of one attribute stay together and in their order."""
    of = dict[str, list[AttributeInfo]]()
    for attribute in known:
        of.setdefault(attribute.name, []).append(attribute)
    names = sorted(of, key=lambda name: rank(name, of[name][0].value))
    shown, details = ([one for name in part for one in of[name]] for part in (names[:SHOWN], names[SHOWN:]))
    return shown, details


def _is_taught(engine: Engine) -> bool:
    """Is there any classifier? Asked of the disk alone, as naming them imports a good deal."""
    return (engine.folder / "classifiers").is_dir()


def _speaks(engine: Engine) -> bool:
    """Is the language of the model that is used by default learned, so that words come at once?"""
    models = trained_names(engine.folder / "models")
    usual = LANGUAGE if LANGUAGE in models else next(iter(models), "")
    return bool(usual) and usual in engine.spaces.names() and is_learned(engine.folder, usual)


def _neighbours(engine: Engine, asked: Asked, product_id: str) -> tuple[Neighbour | None, Neighbour | None, int | None]:
    """The products beside this one. A link that is older than the list's last change has no neighbours."""
    at = asked.number("at")
    if at is None:
        return None, None, None
    text, where, first = asked.text("text"), asked.filters(), max(0, at - 1)
    listed = engine.search.find(text=text, where=where, offset=first, limit=3).products
    here = at - first
    if here >= len(listed) or listed[here].product_id != product_id:
        return None, None, None

    def neighbour(index: int) -> Neighbour | None:
        if not 0 <= index < len(listed):
            return None
        item = listed[index]
        return Neighbour(name=item.name, url=product_url(item.product_id) + query_string(text, where, at=first + index))

    return neighbour(here - 1), neighbour(here + 1), at
