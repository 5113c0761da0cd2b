"""How often each level of each colour channel occurs in a photo, in a group on average, and how alike these are.

Red, green and blue in the 256 levels of sRGB; CIELAB (CIE 15:2004, white point D65) in steps of 1 of L* and of 2 of a*
and b*. Counted are the product's pixels; all of the photo where its background is not plain. A group's
distribution is the mean of its photos' own, so that a large product counts no more than a small one.

Two figures compare two distributions p and q, the channels of a colour space side by side:

Mutual information, in bits: every level is one observation, its share under p and its share under q. Both are put into
CLASSES classes of about equally many levels (by quantiles; equal shares stay together), and I = sum of f(i, j) log2 of
f(i, j) / (f(i) f(j)), f being the frequencies of the classes: the plug-in estimate, which is too high by about
(CLASSES - 1)^2 / (2 levels ln 2) where the two have nothing in common. The more, the more alike their shape is. Taking
every share for a class of its own instead, as label counters do with raw numbers, gives log2 of the number of different
shares whatever the photos look like.

Divergence, in bits: the Jensen-Shannon divergence (Lin 1991), averaged over the channels. It is the mutual information
between a pixel's level and which of the two it is from: 0 for equal distributions, 1 for those without a common level.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.foreground import find_foreground, to_lab
from lookscape.representation.protocol import ImageU8

SURE = 0.5
"""How sure it has to be which pixels are the product for the others to be left out."""

CLASSES = 8
VERSION = 1
"""Raised when pixels are counted in another way, so that what is cached is counted anew."""

Shares = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One axis of a colour space: `num` levels, from `low` in steps of `step`."""

    space: str
    name: str
    low: int
    step: int
    num: int
    unit: str

    @property
    def middles(self) -> Shares:
        """What the levels stand for."""
        offset = 0.0 if self.space == "rgb" else self.step / 2
        return np.asarray(self.low + self.step * np.arange(self.num) + offset, np.float64)


CHANNELS = (
    *(Channel(space="rgb", name=name, low=0, step=1, num=256, unit="level") for name in ("red", "green", "blue")),
    Channel(space="lab", name="lightness", low=0, step=1, num=100, unit="L*"),
    Channel(space="lab", name="green to red", low=-128, step=2, num=128, unit="a*"),
    Channel(space="lab", name="blue to yellow", low=-128, step=2, num=128, unit="b*"),
)
SPACES = ("lab", "rgb")
_ENDS = np.cumsum([channel.num for channel in CHANNELS])
_STARTS = _ENDS - [channel.num for channel in CHANNELS]
LEVELS = int(_ENDS[-1])
_LOW = np.array([channel.low for channel in CHANNELS[3:]], np.float32)
_STEP = np.array([channel.step for channel in CHANNELS[3:]], np.float32)
_LAST = np.array([channel.num - 1 for channel in CHANNELS[3:]])


def counts(photo: ImageU8, *, background: bool) -> NDArray[np.uint16]:
    """How many pixels of a square of at most 255 x 255 have each level of each channel: LEVELS numbers.

    background: the pixels around the product count too.
    """
    lab = to_lab(photo)
    mask = np.ones(photo.shape[:2], np.bool_)
    if not background:
        found = find_foreground(photo, lab)
        mask = found.mask if found.confidence >= SURE else mask
    tinted = np.clip(((lab[mask] - _LOW) / _STEP).astype(np.intp), 0, _LAST)
    places = np.concatenate([photo[mask], tinted], axis=1) + _STARTS
    return np.bincount(places.ravel(), minlength=LEVELS).astype(np.uint16)


def shares(counts_NL: NDArray[np.integer]) -> Shares:
    """N x LEVELS counts as shares: those of a channel add up to 1."""
    pixels_N1 = counts_NL[:, : CHANNELS[0].num].sum(axis=1, keepdims=True)
    return np.asarray(counts_NL / pixels_N1, np.float64)


def group_shares(counts_NL: NDArray[np.integer], codes_N: NDArray[np.intp], *, num_groups: int) -> Shares:
    """The mean distribution of each group's photos: G x LEVELS."""
    found_GL = np.zeros((num_groups, counts_NL.shape[1]))
    for group in range(num_groups):
        rows = np.flatnonzero(codes_N == group)
        for start in range(0, len(rows), 4096):
            found_GL[group] += shares(counts_NL[rows[start : start + 4096]]).sum(axis=0)
        found_GL[group] /= max(len(rows), 1)
    return found_GL


def of_channel(shares_L: Shares, number: int) -> Shares:
    """The part of a distribution that is a channel's, by its place in CHANNELS."""
    return shares_L[..., _STARTS[number] : _ENDS[number]]


def moments(shares_L: Shares, number: int) -> tuple[float, float]:
    """Mean and standard deviation of a channel in its own unit."""
    own_L, middles_L = of_channel(shares_L, number), CHANNELS[number].middles
    mean = float(own_L @ middles_L)
    return mean, float(own_L @ (middles_L - mean) ** 2) ** 0.5


def mutual_information(first_L: Shares, second_L: Shares, *, space: str) -> float:
    """How alike the shape of two distributions is, in bits; see above."""
    rows, columns = (_classes(np.concatenate(_channels(one, space))) for one in (first_L, second_L))
    joint = np.zeros((rows.max() + 1, columns.max() + 1))
    np.add.at(joint, (rows, columns), 1 / len(rows))
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    there = joint > 0
    return max(0.0, float((joint[there] * np.log2(joint[there] / apart[there])).sum()))


def divergence(first_L: Shares, second_L: Shares, *, space: str) -> float:
    """How different two distributions are, in bits from 0 to 1; see above."""
    pairs = zip(_channels(first_L, space), _channels(second_L, space), strict=True)
    return float(np.mean([_jensen_shannon(first, second) for first, second in pairs]))


def _channels(shares_L: Shares, space: str) -> Sequence[Shares]:
    return [of_channel(shares_L, number) for number, channel in enumerate(CHANNELS) if channel.space == space]


def _classes(values_L: Shares) -> NDArray[np.intp]:
    edges = np.unique(np.quantile(values_L, np.arange(1, CLASSES) / CLASSES))
    return np.searchsorted(edges, values_L, side="right")


def _jensen_shannon(first_L: Shares, second_L: Shares) -> float:
    middle_L = (first_L + second_L) / 2
    return min(1.0, max(0.0, (_relative_entropy(first_L, middle_L) + _relative_entropy(second_L, middle_L)) / 2))


def _relative_entropy(first_L: Shares, second_L: Shares) -> float:
    there = first_L > 0
    return float((first_L[there] * np.log2(first_L[there] / second_L[there])).sum())
