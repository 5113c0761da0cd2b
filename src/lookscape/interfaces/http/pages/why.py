"""Why two products are near each other: both photos with the places that make them alike, and what they agree on.

`?product=` and `?other=` are the two, `?space=` the Space they are compared in. Product pages link here.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.interfaces.http.pages import _page
from lookscape.interfaces.http.pages._page import Asked
from lookscape.tools.search.why import Side

PATH = "/why"
TITLE = "Why alike"
NAV = None


class Context(_page.Context):
    """The two and what they share."""

    words: str = Field(description="the answer in a sentence")
    sides: list[Side] = Field(description="the product, then the other one")
    score: float = Field(description="0 to 1: as sure as a copy of the same product (1) or no closer than chance (0)")
    distance: float = Field(description="between the two photos")
    metric: str = Field(description="what it is measured in")
    space: str = Field(description="the Space they are compared in")
    same: list[str] = Field(description="attributes that agree, name=value")
    differ: list[str] = Field(description="attributes that do not, name=value | other value")


def view(engine: Engine, asked: Asked) -> Context:
    """Compare them. Raises UsageError without two products, NotFoundError for one there is not."""
    product, other = asked.text("product"), asked.text("other")
    if not product or not other:
        raise UsageError("two products are compared here: /why?product=ID&other=ID")
    found = engine.search.why(product, other, space=asked.text("space") or None)
    return Context(
        words=found.words,
        sides=found.sides,
        score=found.score,
        distance=found.distance,
        metric=found.metric,
        space=found.space,
        same=found.same,
        differ=found.differ,
    )
