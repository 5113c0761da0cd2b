r"""Several values in one cell, as our own exports write them: a bar between, a backslash before a bar or backslash."""

import re
from collections.abc import Iterable

OURS = ".columns.json"
"""What stands behind the name of a table of our own making, in the name of the file that says so."""

_PART = re.compile(r"((?:\\.|[^|\\])*)(\||$)", re.DOTALL)


def join_values(values: Iterable[str]) -> str:
    """The cell that holds these values."""
    return "|".join(re.sub(r"([|\\])", r"\\\1", value) for value in values)


def split_values(cell: str) -> tuple[str, ...]:
    """The values of a cell, once each, without empty ones."""
    values = (re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL).strip() for match in _PART.finditer(cell))
    return tuple(dict.fromkeys(value for value in values if value))
