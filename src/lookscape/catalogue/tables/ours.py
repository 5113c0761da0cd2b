"""Tables that Lookscape wrote itself: how they say so, and what their columns are called.

A table of ours has the columns `file_name`, `product_id` and `name`; every other one is an attribute. The column
`values_separated_by` says so: in each of our rows it holds the bar that stands between several values of a cell
(`join_values`), so that nobody takes a bar of a shop's own for one. An attribute whose name another program would take
for something else stands in `attribute[NAME]`. Parquet has lists instead of bars, and the key `lookscape` in its
schema: a JSON object, whose `attributes` says which columns are attributes, and of what name, where others are there
too.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

PHOTO, PRODUCT, NAME = KEYS = ("file_name", "product_id", "name")
"""The photo's file, relative to the table where the photos lie beside it; the product's id; its name."""

MARK, SEPARATOR = "values_separated_by", "|"
SCHEMA_KEY = b"lookscape"

_TAKEN = {*KEYS, MARK, "file_names", "image", "images"}
"""Names that are ours, or that the Hugging Face imagefolder gives a column of its own."""

_PIECE = re.compile(r"\\[|\\]|[^|\\]+|[|\\]")
_BRACKETS = re.compile(r"attribute\[(.*)\]", re.DOTALL)


def column_of(attribute: str, *, endings: Collection[str] = ()) -> str:
    """The column of an attribute, no two alike. `endings` are those of further columns that stand beside each."""
    lowered = attribute.lower()
    taken = lowered in _TAKEN or lowered.endswith(("_file_name", "_file_names", *endings))
    return f"attribute[{attribute}]" if taken or lowered.startswith("attribute[") else attribute


def attribute_of(column: str) -> str:
    """The attribute of a column in a table of ours, what `column_of` was given."""
    found = _BRACKETS.fullmatch(column)
    return found[1] if found else column


def schema_said(
    attributes: Mapping[str, str] | None = None, decimals: Mapping[str, int] | None = None
) -> dict[bytes, bytes]:
    """The words of a Parquet file's schema.

    attributes: columns and their attributes where not all others are. decimals: how many of them every number of a
    column has, where that is more than its column tells.
    """
    said = {"table": 1, "attributes": attributes, "decimals": decimals}
    return {SCHEMA_KEY: json.dumps({key: value for key, value in said.items() if value is not None}).encode()}


def columns_said(schema: Mapping[bytes, bytes]) -> dict[str, str]:
    """The columns of a Parquet file of ours that are read, and what they are called in a text table of ours.

    Empty where all of them are, under their own names.
    """
    try:
        attributes = json.loads(schema[SCHEMA_KEY])["attributes"]
        named = {str(column): column_of(str(attribute)) for column, attribute in attributes.items()}
    except (KeyError, ValueError, TypeError, AttributeError):
        return {}
    return {key: key for key in KEYS} | named


def decimals_said(schema: Mapping[bytes, bytes]) -> dict[str, int]:
    """How many decimals the numbers of a column of ours are written with, where that is said."""
    try:
        decimals = json.loads(schema[SCHEMA_KEY])["decimals"]
        return {str(column): min(max(int(count), 0), 20) for column, count in decimals.items()}
    except (KeyError, ValueError, TypeError, AttributeError):
        return {}


def plain(number: float) -> str:
    """A number in a column of them, as its value was written: 12 for 12.0."""
    return str(number).removesuffix(".0")


def is_ours(row: Mapping[str, Sequence[str]]) -> bool:
    """Whether a row of a text table is one of ours, so that its cells are joined and its columns are as said above."""
    return tuple(row.get(MARK, ())) == (SEPARATOR,)


def join_values(values: Iterable[str]) -> str:
    """The cell that holds these values."""
    return "|".join(re.sub(r"([|\\])", r"\\\1", value) for value in values)


def split_values(cell: str) -> tuple[str, ...]:
    """The values of a cell, once each, without empty ones. A backslash before anything else is one of the value's."""
    values = [""]
    for piece in _PIECE.findall(cell):
        if piece == "|":
            values.append("")
        else:
            values[-1] += piece[1:] if len(piece) == 2 and piece[0] == "\\" else piece
    return tuple(dict.fromkeys(value for given in values if (value := given.strip())))
