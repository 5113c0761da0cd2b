"""What a catalogue holds, as frozen records. No SQL, no pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Origin(StrEnum):
    """Where an attribute's value came from, in order of trust when several disagree (first wins)."""

    HUMAN = "human"
    GIVEN = "given"
    MEASURED = "measured"
    PREDICTED = "predicted"


@dataclass(frozen=True, kw_only=True)
class Photo:
    """One image file, known by the SHA-256 of its bytes; width and height in pixels after EXIF orientation.

    `blob` is its picture now. When it was standardised, `original` is the picture as ingested and `recipe` says how the
    present one was made of it; both are None otherwise.
    """

    id: str
    width: int
    height: int
    format: str
    num_bytes: int
    blob: str
    original: str | None = None
    recipe: str | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A photo's new picture: its blob and how it was made; `recipe` None gives the one as ingested back."""

    photo_id: str
    blob: str
    recipe: str | None


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """One path as ingested. `photo_id` is None when it was rejected, and `reason` says why.

    `path` is its name in the catalogue, which no other entry of the source has. Where several entries share a file, a
    box or a product stands behind the file's path in it, and `file` is that path alone.
    """

    source: str
    path: str
    photo_id: str | None
    product_id: str | None
    reason: str | None
    file: str


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One named value of a product, with its provenance; confidence is in [0, 1].

    `unknown` says, in place of a value, that a person found that nobody can tell.
    """

    product_id: str
    name: str
    value: str
    origin: Origin
    confidence: float = 1.0
    by: str = ""
    at: datetime | None = None
    act_id: int | None = None
    unknown: bool = False


@dataclass(frozen=True, kw_only=True)
class Product:
    """What the shop sells; groups photos by product_id, the first photo being its face.

    `values` holds every value that is shown of each attribute, in the order in which they came; all of them are of one
    origin, the most trusted that there is. `attributes` holds the first of them alone, for what can use but one; who
    uses it tells people so.
    """

    id: str
    name: str
    photo_ids: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def attributes(self) -> dict[str, str]:
        """The first value of each attribute, by provenance: of the most trusted origin, the one that came first."""
        return {name: values[0] for name, values in self.values.items()}


class JobState(StrEnum):
    """A job is queued, then running, then one of the three ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run of a slow tool. `done` and `total` count steps of the current `stage`; total 0 means unknown."""

    id: int
    tool: str
    params: str
    state: JobState
    stage: str
    done: int
    total: int
    message: str
    result: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which products: all words of `text` occur in name, id or a given value; `where` maps names to allowed values."""

    text: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """True when every product passes."""
        return not self.text.strip() and not self.where


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some products of a longer list; `total` counts the whole list."""

    products: tuple[Product, ...]
    total: int
    offset: int


@dataclass(frozen=True, kw_only=True)
class FacetValue:
    """A value of an attribute and the number of products that have it."""

    value: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Facet:
    """An attribute's most frequent values; `num_values` counts all of them."""

    name: str
    values: tuple[FacetValue, ...]
    num_values: int


@dataclass(frozen=True, kw_only=True)
class ColumnSize:
    """An attribute's different values, the products that have one, and those of them that have several."""

    values: int
    products: int
    several: int


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Sizes of a catalogue. `files` counts every path ever listed and still there, rejected ones too.

    `photos` and `products` are those to be seen; `aside` counts the photos that people put aside.
    """

    files: int
    photos: int
    products: int
    duplicates: int
    rejected: int
    aside: int = 0


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """A file that could not be used, and why."""

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Act:
    """One undoable change: what, who, when, how many.

    `name` and `value` say which attribute became what, where it was one; `target` is the act that an undo or a redo
    was about.
    """

    id: int
    kind: str
    by: str
    at: datetime
    count: int
    undone_at: datetime | None
    name: str = ""
    value: str = ""
    target: int | None = None


class How(StrEnum):
    """What a person wants of an attribute.

    set: these values and no others; add: these too, beside what is shown; remove: what is shown without these;
    clear: no value, hiding what sources and machines say; withdraw: only what people said is taken away.
    """

    SET = "set"
    ADD = "add"
    REMOVE = "remove"
    CLEAR = "clear"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a person wants one attribute of one product to become."""

    product_id: str
    name: str
    how: How
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Doing:
    """How wishes are carried out: the act's kind and words, in whose name, and with what care.

    seen: the newest act the person knew of; what others changed after it is a conflict and stays. strict: nothing at
    all is done when there is a conflict. ask: nothing is done, only told.
    """

    kind: str
    by: str
    name: str = ""
    value: str = ""
    seen: int | None = None
    strict: bool = False
    ask: bool = False


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Somebody changed these values since they were last seen: what was wanted, and what stands instead."""

    product_id: str
    name: str
    wanted: tuple[str, ...]
    standing: tuple[str, ...]
    by: str
    at: datetime
    act_id: int


@dataclass(frozen=True, kw_only=True)
class Shift:
    """How many of the products have a value of an attribute before and after; `value` is None for those without."""

    name: str
    value: str | None
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What became of wishes: the act, None when there was nothing to do or it was only asked; counts of products."""

    act: Act | None
    changed: int
    unchanged: int
    conflicts: tuple[Conflict, ...]
    shifts: tuple[Shift, ...]
