"""Say what separates two groups of products: factors, measures, labels, where a classifier looks.

FIRST and SECOND are like `hype=hyped` and `hype=ordinary`; without SECOND all other products with a value of the same
attribute. Each named factor, each measured attribute and each other label gets an effect size with a 95 % interval,
and is corrected for how many were asked. Where a classifier tells the attribute, its mean heat map of each group is
drawn. What separates two groups need not be why they differ: ask again within one brand, say, with `--where`. The page
is one HTML file that needs no network; the studio's page Compare shows the last one.
"""

from datetime import datetime
from typing import Literal

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.inputs import OutFile, Where
from lookscape.tools import _tool

SLOW = True


class Params(_tool.Params):
    """Which two groups, and what to ask."""

    first: str = _tool.positional("the first group, NAME=VALUE", min_length=3)
    second: str = Field(default="", description="the second, NAME=VALUE; all others with a value without it")
    where: Where = ()
    without: tuple[str, ...] = Field(default=(), description="attributes not to ask, such as one that says the same")
    model: str | None = Field(default=None, description="whose named factors; `language`, or the only one, without")
    examples: int = Field(default=6, ge=0, le=12, description="products shown at each end")
    out: OutFile = Field(default="", description="where to write the page; reports/compare.html in the catalogue")
    seed: int = Field(default=0, ge=0, lt=2**31, description="of the bootstrap and of what is drawn for pictures")


class Example(_tool.Result):
    """A product of one group that shows a difference."""

    product_id: str
    photo_id: str
    value: str = Field(description="what it has")


class Share(_tool.Result):
    """How frequent a value is in each group, 0 to 1."""

    value: str
    first: float
    second: float


class Difference(_tool.Result):
    """One thing that was asked."""

    name: str
    kind: Literal["factor", "measure", "label"] = Field(
        description="named factor, measured on the photo, or label", json_schema_extra=_tool.MACHINES_ONLY
    )
    effect: float = Field(description="Cliff's delta, -1 to 1, above 0 where the first has more; Cramér's V for kinds")
    low: float = Field(description="lower end of its 95 % interval, by product")
    high: float = Field(description="upper end")
    statistic: Literal["delta", "v"] = Field(description="which of the two", json_schema_extra=_tool.MACHINES_ONLY)
    p: float = Field(description="chance of as much where groups do not differ", json_schema_extra=_tool.MACHINES_ONLY)
    q: float = Field(description="the same, corrected for how many were asked")
    sure: bool = Field(
        description="beyond chance: of all such at most 5 % are expected to be false",
        json_schema_extra=_tool.MACHINES_ONLY,
    )
    size: Literal["negligible", "small", "medium", "large"] = Field(
        description="of the effect, in words", json_schema_extra=_tool.MACHINES_ONLY
    )
    meaning: str = Field(description="what it is and its unit", json_schema_extra=_tool.MACHINES_ONLY)
    first_median: float | None = Field(
        description="of a number, in the first group; None for kinds", json_schema_extra=_tool.MACHINES_ONLY
    )
    second_median: float | None = Field(description="in the second", json_schema_extra=_tool.MACHINES_ONLY)
    words: str = Field(description="in a sentence")
    first_products: int = Field(
        description="products of the first group of which it is known", json_schema_extra=_tool.MACHINES_ONLY
    )
    second_products: int = Field(description="of the second", json_schema_extra=_tool.MACHINES_ONLY)
    shares: list[Share] = Field(
        description="of kinds, those whose shares differ most first", json_schema_extra=_tool.MACHINES_ONLY
    )
    first_examples: list[Example] = Field(
        description="products of the first group at its end", json_schema_extra=_tool.MACHINES_ONLY
    )
    second_examples: list[Example] = Field(
        description="of the second at the other end", json_schema_extra=_tool.MACHINES_ONLY
    )


class Heat(_tool.Result):
    """Where a classifier looks on average."""

    classifier: str
    group: str
    value: str = Field(description="the value that the map speaks for")
    photos: int = Field(description="photos that were averaged, none of them learned from where there are enough")
    unseen: int = Field(description="those of them that it did not learn from")
    where: str = Field(description="the warmest of nine parts of the photo, in words")


class Result(_tool.Result):
    """The answer: what separates them, the surest and largest first."""

    words: str = Field(description="the outcome in a sentence")
    in_short: list[str] = Field(description="what stands out, in sentences")
    made_at: datetime = Field(json_schema_extra=_tool.MACHINES_ONLY)
    file: str = Field(description="the page")
    first: str = Field(description="the first group")
    second: str = Field(description="the second")
    first_name: str = Field(description="what it is called in sentences", json_schema_extra=_tool.MACHINES_ONLY)
    second_name: str = Field(description="the same of the second", json_schema_extra=_tool.MACHINES_ONLY)
    where: list[str] = Field(description="only products with these values", json_schema_extra=_tool.MACHINES_ONLY)
    first_products: int
    second_products: int
    both: int = Field(description="products in both groups, left out")
    asked: int = Field(description="things that were asked")
    differences: list[Difference] = Field(description="those beyond chance first, of these the largest")
    heat: list[Heat] = Field(description="where a classifier of the attribute looks; none without one")
    notes: list[str] = Field(description="what was not asked and why")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read, compare, draw, write.

    Raises UsageError for groups that are too small or the same, UnknownNameError for an attribute, a value or a model.
    """
    from lookscape.reports import document, kept
    from lookscape.reports.comparison import page
    from lookscape.services.comparison import compare as comparison_compare

    path = kept.page_path(engine.folder, params.out, name=f"{comparison_compare.KEPT}.html")
    compared = comparison_compare.compare(engine, params, file=str(path), progress=progress)
    progress(0, 0, "writing the page")
    body = page.body(compared.result, compared.pictures)
    kept.write_page(path, document.document(name=page.title(compared.result), body=body))
    kept.keep(engine.folder, compared.result, body, name=comparison_compare.KEPT)
    return compared.result
