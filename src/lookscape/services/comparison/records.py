"""What a comparison of two groups says, as records."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from lookscape.services.records import MACHINES_ONLY, Record


class Example(Record):
    """A product of one group that shows a difference."""

    product_id: str
    photo_id: str
    value: str = Field(description="what it has")


class Share(Record):
    """How frequent a value is in each group, 0 to 1."""

    value: str
    first: float
    second: float


class Difference(Record):
    """One thing that was asked."""

    name: str
    kind: Literal["factor", "measure", "label"] = Field(
        description="named factor, measured on the photo, or label", json_schema_extra=MACHINES_ONLY
    )
    effect: float = Field(description="Cliff's delta, -1 to 1, above 0 where the first has more; Cramér's V for kinds")
    low: float = Field(description="lower end of its 95 % interval, by product")
    high: float = Field(description="upper end")
    statistic: Literal["delta", "v"] = Field(description="which of the two", json_schema_extra=MACHINES_ONLY)
    p: float = Field(description="probability of as much if the groups do not differ", json_schema_extra=MACHINES_ONLY)
    q: float = Field(description="the same, corrected for how many were compared")
    sure: bool = Field(
        description="beyond chance: of all such, at most 5 % are expected to be false",
        json_schema_extra=MACHINES_ONLY,
    )
    size: Literal["negligible", "small", "medium", "large"] = Field(
        description="of the effect, in words", json_schema_extra=MACHINES_ONLY
    )
    meaning: str = Field(description="what it is and its unit", json_schema_extra=MACHINES_ONLY)
    first_median: float | None = Field(
        description="of a number, in the first group; None for kinds", json_schema_extra=MACHINES_ONLY
    )
    second_median: float | None = Field(description="in the second", json_schema_extra=MACHINES_ONLY)
    words: str = Field(description="in a sentence")
    first_products: int = Field(
        description="products of the first group of which it is known", json_schema_extra=MACHINES_ONLY
    )
    second_products: int = Field(description="of the second", json_schema_extra=MACHINES_ONLY)
    shares: list[Share] = Field(
        description="of kinds, those whose shares differ most first", json_schema_extra=MACHINES_ONLY
    )
    first_examples: list[Example] = Field(
        description="products of the first group at its end", json_schema_extra=MACHINES_ONLY
    )
    second_examples: list[Example] = Field(
        description="of the second at the other end", json_schema_extra=MACHINES_ONLY
    )


class Heat(Record):
    """Where a classifier looks on average."""

    classifier: str
    group: str
    value: str = Field(description="the value that the map is for")
    photos: int = Field(description="photos that were averaged, none of them trained on where there are enough")
    unseen: int = Field(description="those of them it was not trained on")
    where: str = Field(description="the warmest of nine parts of the photo, in words")


class Comparison(Record):
    """The answer: what separates them, the surest and largest first."""

    words: str = Field(description="the outcome in a sentence")
    in_short: list[str] = Field(description="what stands out, in sentences")
    made_at: datetime = Field(json_schema_extra=MACHINES_ONLY)
    file: str = Field(description="the page")
    first: str = Field(description="the first group")
    second: str = Field(description="the second")
    first_name: str = Field(description="what it is called in sentences", json_schema_extra=MACHINES_ONLY)
    second_name: str = Field(description="the same of the second", json_schema_extra=MACHINES_ONLY)
    where: list[str] = Field(description="only products with these values", json_schema_extra=MACHINES_ONLY)
    first_products: int
    second_products: int
    both: int = Field(description="products in both groups, left out")
    asked: int = Field(description="things that were compared")
    differences: list[Difference] = Field(description="those beyond chance first, of these the largest")
    heat: list[Heat] = Field(description="where a classifier of the attribute looks; none without one")
    notes: list[str] = Field(description="what was not compared and why")
