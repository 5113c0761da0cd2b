r"""Several values in one cell, as our own exports write them: a bar between, a backslash before a bar or backslash."""

import re
from collections.abc import Iterable

_PIECE = re.compile(r"\\[|\\]|[^|\\]+|[|\\]")


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
