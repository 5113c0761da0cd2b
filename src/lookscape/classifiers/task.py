"""What a classifier is to predict, of which photos, and which part of a split each photo is in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lookscape.representation.spaces.pixels import Pixels

Codes = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be told of which photos: `codes_N` are classes, `parts_N` the part of each row, "" for none.

    Rows are those of `pixels`, which are kept at the side at which photos are judged; `groups_N` names what is not
    independent of each other, `split` the split that the parts are of. `left_out` counts photos by values that are no
    class.
    """

    attribute: str
    split: str
    classes: Sequence[str]
    pixels: Pixels
    codes_N: Codes
    parts_N: NDArray[np.str_]
    groups_N: NDArray[np.intp]
    left_out: Mapping[str, int] = field(default_factory=dict)

    def rows(self, part: str) -> Codes:
        """The rows of one part."""
        return np.flatnonzero(self.parts_N == part)
