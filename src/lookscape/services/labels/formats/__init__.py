"""Ways to write labels down for other programs and to read them back, ONE FILE EACH.

SUFFIX = ".csv"                                                  how such files' names end
def write(products, *, provenance, url, latest) -> bytes         the whole file
def read(data, *, name) -> Iterator[Row]                         what people said in it

and if it likes

def left_out(products, *, provenance) -> list[str]               what it has no place for, in sentences
MEASURED_NUMBERS = False                                         measured numbers only when asked for by name
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Literal

from lookscape import parts
from lookscape.catalogue.records import Attribute, Photo


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A product on the way out: its first photo with the path it came from, and what is shown of it.

    relative: that path below the folder of all photos, with slashes; the path itself where it is not below it.
    """

    product_id: str
    name: str
    photo: Photo
    path: str
    relative: str = ""
    num_photos: int = 1
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


def format_names() -> tuple[str, ...]:
    """As people write them: `csv`, `coco`, `label-studio` ..."""
    return tuple(name.replace("_", "-") for name in parts.names(__name__))


def format_named(name: str) -> ModuleType:
    """A format's file. Raises UnknownNameError."""
    return parts.load(__name__, name)


if TYPE_CHECKING:
    FormatName = str
    FormatOrAuto = str
else:  # the files there are, so that help and OpenAPI name them all
    FormatName = Literal[format_names()]
    FormatOrAuto = Literal[("auto", *format_names())]
