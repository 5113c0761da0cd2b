"""Why two products are near each other: both photos with the places that make them alike, and what they agree on.

`?product=` and `?other=` are the two, `?space=` the Space they are compared in. Product pages link here.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.tools.search.why import Side

PATH = "/why"
TITLE = "Why alike"
NAV = None


class Context(page.Context):
    """The two and what they share."""

    words: str = Field(description="the answer in a sentence")
    pair: list[Side] = Field(description="the product, then the other one; empty until two are chosen")
    score: float = Field(
        description="0 to 1: as certain as a copy of the same product (1) or no closer than chance (0)"
    )
    distance: float = Field(description="between the two photos")
    metric: str = Field(description="what it is measured in")
    space: str = Field(description="the Space they are compared in")
    same: list[str] = Field(description="attributes that agree, name=value")
    differ: list[str] = Field(description="attributes that do not, name=value | other value")


def view(engine: Engine, asked: Asked) -> Context:
    """Compare them, if two are given. Raises NotFoundError for one there is not."""
    product, other = asked.text("product"), asked.text("other")
    if not product or not other:
        return Context(words="", pair=[], score=0.0, distance=0.0, metric="", space="", same=[], differ=[])
    found = engine.search.why(product, other, space=asked.text("space") or None)
    return Context(
        words=found.words,
        pair=found.sides,
        score=found.score,
        distance=found.distance,
        metric=found.metric,
        space=found.space,
        same=found.same,
        differ=found.differ,
    )
