"""The geometry of one shoe: its sole and the outline of its upper, and how to find places on it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lookscape.catalogue.rendering.drawing.curves import Curve, spline
from lookscape.catalogue.rendering.factors import Construction, Factors
from lookscape.catalogue.rendering.shoe import lacing
from lookscape.catalogue.rendering.shoe.last import Last, build_last
from lookscape.catalogue.rendering.shoe.sole import Sole, build_sole

_LOOPED = {Construction.CHELSEA, Construction.WORK, Construction.RUNNER}


@dataclass(frozen=True)
class Shoe:
    """The factors, the sole they describe, and the upper that stands on it."""

    factors: Factors
    sole: Sole
    last: Last

    @classmethod
    def build(cls, factors: Factors) -> "Shoe":
        """The shoe these factors describe."""
        sole = build_sole(factors)
        return cls(factors, sole, build_last(factors, sole))

    @property
    def laced(self) -> bool:
        """Whether it has a tongue and laces."""
        return self.factors.construction is not Construction.CHELSEA

    @cached_property
    def tongue(self) -> Curve | None:
        """The outline of the tongue."""
        return lacing.tongue(self.last) if self.laced else None

    @cached_property
    def loop(self) -> Curve | None:
        """The outline of the pull loop at the heel."""
        return lacing.pull_loop(self.last) if self.factors.construction in _LOOPED else None

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top in shoe lengths."""
        parts = (self.last.outline, self.sole.midsole, self.tongue, self.loop)
        points = np.concatenate([outline for outline in parts if outline is not None])
        left, right = points[:, 0].min(), points[:, 0].max()
        return float(left), 0.0, float(right), float(points[:, 1].max()) + 0.004

    def place(self, *points: tuple[float, float]) -> Curve:
        """A spline through points given as x and height above the footbed."""
        knots = np.array(points)
        knots[:, 1] += self.sole.height(knots[:, 0])
        return spline(knots)
