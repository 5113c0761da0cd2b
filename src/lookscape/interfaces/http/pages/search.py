"""Search by photo: drop, paste, choose or take one, drag a box over it, and watch the results change."""

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import Engine
from lookscape.index.protocol import Metric
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.filters import Group, groups
from lookscape.interfaces.http.studio.page import Asked
from lookscape.tools.search.find import Item

PATH = "/search"
TITLE = "Search"
NAV = 11

EXAMPLES = 6


class SpaceOption(BaseModel):
    """A Space to search."""

    model_config = ConfigDict(frozen=True)
    name: str
    metric: str = Field(description="the metric it is searched with unless another is chosen")


class Context(page.Context):
    """What can be chosen before there is a photo; the rest happens in the browser."""

    spaces: list[SpaceOption] = Field(description="Spaces to search, the default one first; none before `embed`")
    metrics: list[str] = Field(description="ways to measure how far apart two photos are")
    filters: list[Group] = Field(description="attributes to filter results by")
    where: tuple[str, ...] = Field(description="the clauses chosen, each name=value")
    examples: list[Item] = Field(description="products to try it with")
    is_empty: bool = Field(description="nothing was ever ingested")


def view(engine: Engine, asked: Asked) -> Context:
    """List the choices; the examples are spread over the catalogue."""
    names = engine.spaces.names()
    default = engine.space().name if names else ""
    spaces = sorted(map(engine.spaces.open, names), key=lambda space: space.name != default)
    total = engine.catalogue.counts().products
    return Context(
        spaces=[SpaceOption(name=space.name, metric=str(space.metric)) for space in spaces],
        metrics=list(Metric),
        filters=groups(engine, "", asked.filters()),
        where=asked.filters(),
        examples=_examples(engine, total),
        is_empty=total == 0,
    )


def _examples(engine: Engine, total: int) -> list[Item]:
    places = sorted({total * number // EXAMPLES for number in range(EXAMPLES)}) if total else []
    return [item for place in places for item in engine.search.find(offset=place, limit=1).products]
