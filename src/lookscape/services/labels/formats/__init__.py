"""Ways to write labels down for other programs and to read them back, ONE FILE EACH: `write` and `read`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from lookscape import parts
from lookscape.catalogue.records import Attribute, Photo


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A product on the way out: its first photo with the path it came from, and what is shown of it."""

    product_id: str
    name: str
    photo: Photo
    path: str
    attributes: Sequence[Attribute]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a file says of one product; `values` maps names to values, none of them meaning that nobody can tell.

    place: where in the file, in words. problem: why it cannot be used; empty when it can.
    """

    place: str
    product_id: str = ""
    file_name: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problem: str = ""


def format_named(name: str) -> ModuleType:
    """`csv`, `coco` or `label-studio`. Raises UnknownNameError."""
    return parts.load(__name__, name)
