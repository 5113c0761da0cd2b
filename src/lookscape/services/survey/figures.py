"""What a report holds, as records: numbers and ids, never pixels. Groups go by their place in `groups`, from 0."""

from datetime import datetime

from pydantic import Field

from lookscape.services.records import MACHINES_ONLY, Record


class Counted(Record):
    """Sizes of the catalogue."""

    files: int = Field(description="paths that were listed on ingest")
    unusable: int = Field(description="those of them that could not be used")
    repeats: int = Field(description="files that are the same, byte for byte, as another one")
    photos: int = Field(description="distinct photos, without those put aside")
    aside: int = Field(description="photos that people put aside; they are not in this report")
    products: int
    unreadable: int = Field(description="photos that could not be read now; they are left out of all that needs pixels")


class Group(Record):
    """Photos with one value, or one part of a number's range."""

    name: str
    photos: int
    products: int
    share: float = Field(description="of all photos, 0 to 1")
    shown: list[str] = Field(description="ids of the montage's photos", json_schema_extra=MACHINES_ONLY)


class Balance(Record):
    """How evenly photos are spread over the groups of which something is known."""

    ratio: float | None = Field(description="photos of the largest over those of the smallest; None for a single one")
    effective: float = Field(description="equally large groups that would be as hard to guess: 2 ** entropy")
    merged: int = Field(description="values that are in the group of all others")


class Range(Record):
    """How a number is spread over the files: smallest, quartiles, largest."""

    name: str
    unit: str
    low: float
    quarter: float
    median: float
    three_quarters: float
    high: float


class Histogram(Record):
    """B bins: `edges` has B + 1, `counts` a list of B for each group; a bin holds its lower edge, not its upper."""

    name: str
    unit: str
    edges: list[int]
    counts: list[list[int]]


class Spot(Record):
    """Files of one group that are of one size in pixels."""

    group: int
    width: int
    height: int
    files: int


class AttributeKnown(Record):
    """An attribute: of how many products it is known, from whom, and what it says most often."""

    name: str
    known: int = Field(description="products with a value")
    missing: int = Field(description="products without one")
    missing_share: float = Field(description="of all products, 0 to 1")
    given: int = Field(description="products whose value is from the source", json_schema_extra=MACHINES_ONLY)
    human: int = Field(description="... from a person", json_schema_extra=MACHINES_ONLY)
    measured: int = Field(description="... measured on the photo", json_schema_extra=MACHINES_ONLY)
    predicted: int = Field(description="... from a model", json_schema_extra=MACHINES_ONLY)
    undecided: int = Field(
        description="products without a value, marked by a person as impossible to tell",
        json_schema_extra=MACHINES_ONLY,
    )
    values: int = Field(description="different values")
    several: int = Field(
        default=0, description="products with more than one, which count for each", json_schema_extra=MACHINES_ONLY
    )
    kind: str = Field(default="", description="number, code, date, word or text", json_schema_extra=MACHINES_ONLY)
    commonest: str = Field(description="the most frequent value")
    low: float | None = Field(
        description="the least of a number's values; None for words", json_schema_extra=MACHINES_ONLY
    )
    median: float | None = Field(description="their median", json_schema_extra=MACHINES_ONLY)
    high: float | None = Field(description="the largest", json_schema_extra=MACHINES_ONLY)
    commonest_share: float = Field(
        description="its share of the products with a value, 0 to 1", json_schema_extra=MACHINES_ONLY
    )


class Distribution(Record):
    """How often each level of a colour channel occurs in a group's photos."""

    group: int
    space: str = Field(description="rgb or lab")
    channel: str
    unit: str
    first: float = Field(description="what the first level means")
    step: float = Field(description="from one level to the next")
    mean: float
    deviation: float = Field(description="standard deviation")
    shares: list[float] = Field(description="of each level; they add up to 1")


class Likeness(Record):
    """How alike the colours of two groups are, or of the photo that was asked about and a group."""

    space: str = Field(description="rgb or lab")
    first: str = Field(description="a group, or the photo")
    second: str = Field(description="a group")
    mutual_information: float = Field(description="bits; more is more similar")
    divergence: float = Field(description="bits, 0 for the same colours to 1 for none in common")


class Component(Record):
    """An eigenimage."""

    number: int = Field(description="from 1, the one that explains most first")
    explained: float = Field(description="its share of all variance of the pixels, 0 to 1")
    up_to: float = Field(description="the same of all to this one together")


class Outlier(Record):
    """A photo that is unlike the others."""

    photo_id: str
    product_id: str
    group: int
    score: float


class Oddity(Record):
    """One way of finding what is unlike the rest: how, and the photos with the largest scores."""

    how: str = Field(description="space: far from all in a Space; rebuilding: the eigenimages cannot rebuild it")
    words: str = Field(description="what the score is", json_schema_extra=MACHINES_ONLY)
    unit: str
    photos: int = Field(description="photos that were measured")
    median: float
    fence: float = Field(description="third quartile and one and a half times the interquartile range (Tukey 1977)")
    beyond: int = Field(description="photos above it")
    outliers: list[Outlier] = Field(description="the largest scores first", json_schema_extra=MACHINES_ONLY)


class Repeat(Record):
    """A photo that came in several files."""

    photo_id: str
    files: int
    paths: list[str] = Field(description="some of them")


class Copy(Record):
    """What the check `duplicate` found: a photo and the one it repeats."""

    photo_id: str
    other_id: str
    says: str
    confidence: float = Field(description="0 to 1")


class Copies(Record):
    """What is there twice."""

    repeated: int = Field(description="photos that came in several files, byte for byte the same")
    repeats: list[Repeat] = Field(description="those with the most files first")
    judged: int = Field(description="photos that the check `duplicate` has seen")
    due: int = Field(description="photos it has not seen yet")
    open: int = Field(description="its findings that nobody decided, from the confidence on that it shows for review")
    accepted: int = Field(description="its findings that were accepted: those photos are put aside")
    copies: list[Copy] = Field(description="the most confident first")


class Survey(Record):
    """All that the page shows, as numbers."""

    made_at: datetime = Field(json_schema_extra=MACHINES_ONLY)
    name: str = Field(description="the catalogue's")
    file: str = Field(description="the page")
    by: str = Field(description="the attribute that makes the groups; empty without one")
    kind: str = Field(description="none, values or parts: how the groups came about")
    counted: Counted = Field(json_schema_extra=MACHINES_ONLY)
    in_short: list[str] = Field(description="what stands out, in sentences", json_schema_extra=MACHINES_ONLY)
    groups: list[Group]
    balance: Balance = Field(json_schema_extra=MACHINES_ONLY)
    compared: str = Field(description="the photo to compare; empty without one")
    compared_photo: str = Field(description="its id, if it is the catalogue's", json_schema_extra=MACHINES_ONLY)
    photo_to_groups: list[Likeness] = Field(description="its colours and those of each group, the likest first")
    between_groups: list[Likeness] = Field(description="the colours of each pair of groups")
    ranges: list[Range] = Field(description="widths and heights of the files")
    histograms: list[Histogram] = Field(json_schema_extra=MACHINES_ONLY)
    spots: list[Spot] = Field(description="every size that files have", json_schema_extra=MACHINES_ONLY)
    attributes: list[AttributeKnown]
    background: bool = Field(
        description="the background's pixels are counted among the colours", json_schema_extra=MACHINES_ONLY
    )
    side: int = Field(
        description="pixels of the squares at which colours and mean photos are taken",
        json_schema_extra=MACHINES_ONLY,
    )
    distributions: list[Distribution] = Field(json_schema_extra=MACHINES_ONLY)
    eigenimages: list[Component]
    eigenimages_of: int = Field(
        description="photos that the eigenimages were found on", json_schema_extra=MACHINES_ONLY
    )
    oddities: list[Oddity] = Field(description="photos unlike the others, by each way of finding them")
    copies: Copies = Field(json_schema_extra=MACHINES_ONLY)
