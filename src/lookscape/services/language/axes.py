"""The factors of a model: the named directions along which tools move a product, and the way there and back.

They are the factors of the model's language: with people's names or suggested ones, those merged moving together, those
hidden left out, ranked by information. A catalogue with too few products for a language has one factor for each latent
instead, ranked by how much one standard deviation changes the decoded average product: the root mean square over pixels
and channels, in levels of 0 to 255. All are in standard deviations over the catalogue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UnknownNameError, UsageError
from lookscape.index.protocol import Vectors
from lookscape.services.language.factors import Factors, find_factors
from lookscape.services.language.opened import Opened

USUAL = (1, 99)
"""Percentiles between which a factor's values usually lie."""

DEAD = 0.05
"""A latent whose standard deviation is below this share of the largest carries nothing; it is moved by that share."""


@dataclass(frozen=True, kw_only=True)
class Axes:
    """F factors, the most important first. `change_F`: levels (0 to 255) that one standard deviation changes pixels by.

    `usual_F2` are the percentiles USUAL over the catalogue. `directions_FD` and `inverse_DF` are inverses. `names`,
    `ranks` and the words for the ends are those of the factors that are shown, which come first; the others follow
    without, so that nothing is lost on the way there and back.
    """

    names: tuple[str, ...]
    ranks: tuple[int, ...]
    low_words: tuple[str, ...]
    high_words: tuple[str, ...]
    change_F: NDArray[np.float64]
    usual_F2: NDArray[np.float64]
    origin_D: Vectors
    directions_FD: Vectors
    inverse_DF: Vectors

    def to_factors(self, latents_ND: Vectors) -> Vectors:
        """N x D latents -> N x F values, in standard deviations."""
        return np.asarray((latents_ND - self.origin_D) @ self.inverse_DF, np.float32)

    def to_latents(self, factors_NF: Vectors) -> Vectors:
        """N x F values -> N x D latents."""
        return np.asarray(self.origin_D + factors_NF @ self.directions_FD, np.float32)

    def find(self, name: str) -> int:
        """The place of a factor, by its name or its rank from 1. Raises UnknownNameError."""
        names = [known.lower() for known in self.names]
        if name.lower() in names:
            return names.index(name.lower())
        if name.isdecimal() and int(name) in self.ranks:
            return self.ranks.index(int(name))
        raise UnknownNameError("factor", name, self.names)

    def parse(self, settings: Sequence[str]) -> dict[int, float]:
        """`["latent-3=1.5", "2=-1"]` -> places and values. Raises UsageError."""
        found = {}
        for setting in settings:
            name, equals, value = setting.rpartition("=")
            try:
                number = float(value)
            except ValueError:
                number = np.nan
            if not equals or not np.isfinite(number):
                raise UsageError(f"{setting!r} is not like NAME=1.5 or RANK=1.5")
            found[self.find(name.strip())] = number
        return found


def axes_of(opened: Opened) -> Axes:
    """The factors of a model on its catalogue; worked out once for each state of its language."""
    factors = find_factors(opened)
    return _named(opened, factors) if factors else _plain(opened)


@lru_cache(maxsize=4)
def _named(opened: Opened, factors: Factors) -> Axes:
    directions_FD = factors.backward_FD.astype(np.float32)
    inverse_DF = factors.forward_DF.astype(np.float32)
    return Axes(
        names=tuple(factor.name for factor in factors.shown),
        ranks=tuple(factor.rank for factor in factors.shown),
        low_words=tuple(factor.low for factor in factors.shown),
        high_words=tuple(factor.high for factor in factors.shown),
        change_F=changes_along(opened, directions_FD),
        usual_F2=np.percentile((opened.space.vectors - opened.mean) @ inverse_DF, USUAL, axis=0).T,
        origin_D=opened.mean,
        directions_FD=directions_FD,
        inverse_DF=inverse_DF,
    )


@lru_cache(maxsize=4)
def _plain(opened: Opened) -> Axes:
    rows_ND = opened.space.vectors
    deviation_D = rows_ND.std(axis=0, dtype=np.float64)
    scale_D = np.maximum(deviation_D, DEAD * deviation_D.max(initial=1e-6))
    directions_DD = np.diag(scale_D).astype(np.float32)
    change_D = changes_along(opened, directions_DD)
    order = np.argsort(-change_D, kind="stable")
    inverse_DF = np.diag(1 / scale_D)[:, order].astype(np.float32)
    nothing = ("",) * len(order)
    return Axes(
        names=tuple(f"latent-{place}" for place in order),
        ranks=tuple(range(1, len(order) + 1)),
        low_words=nothing,
        high_words=nothing,
        change_F=change_D[order],
        usual_F2=np.percentile((rows_ND - opened.mean) @ inverse_DF, USUAL, axis=0).T,
        origin_D=opened.mean,
        directions_FD=directions_DD[order],
        inverse_DF=inverse_DF,
    )


def changes_along(opened: Opened, directions_FD: Vectors) -> NDArray[np.float64]:
    """F: how much each direction changes the average product's pixels: half of the change from -1 to +1 of it."""
    decode = opened.codec.decode
    low, high = (decode(opened.mean + sign * directions_FD).astype(np.float32) for sign in (-1, 1))
    return np.asarray(np.sqrt(((high - low) ** 2).mean(axis=(1, 2, 3))) / 2, np.float64)
