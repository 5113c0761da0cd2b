"""What a distance means, learned from the catalogue itself.

Two sets of distances are measured under the index's metric: from altered copies of sampled photos (cropped,
recompressed, brighter or darker) to the photos they were made from, and between photos of different products drawn at
random. A logistic curve over log(distance) separates them (Platt 1999, with balanced classes), so a score of 0.5 is a
distance that a copy and a stranger reach equally often.

A question is answered "nothing like this here" when even the nearest hit is farther, in Euclidean distance, than
REJECT_QUANTILE of the catalogue's own products are from their nearest other product, and of altered copies from their
photo. Euclidean whatever the metric of the search: the vector of something else has an unusual length as well as an
unusual direction, and the other metrics see less of it.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import NotFoundError
from lookscape.index.metrics import distances, stored
from lookscape.index.protocol import Metric, Vectors

REJECT_QUANTILE = 0.995
SMALLEST = 1e-6
"""Distances below this count as this, so that a photo found itself has a logarithm."""

Distances = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The curve: score = 1 / (1 + exp(slope * log(distance) + intercept)), slope > 0."""

    slope: float
    intercept: float
    reject_above: float
    num_pairs: int
    fingerprint: str

    def score(self, distance: float) -> float:
        """How sure it is that this is no chance likeness: 0 to 1, falling with distance."""
        logit = self.slope * math.log(max(distance, SMALLEST)) + self.intercept
        return 1.0 / (1.0 + math.exp(min(logit, 700.0)))

    def save(self, path: Path) -> None:
        """Write it as JSON, atomically."""
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting = path.with_suffix(".tmp")
        waiting.write_text(json.dumps(asdict(self)), encoding="utf-8")
        waiting.replace(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises NotFoundError when it is not there or not whole."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise NotFoundError(f"no calibration in {path.name}") from error


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Distances in a catalogue: under the metric, of altered copies to their photo and of random pairs of products;
    Euclidean, of copies to their photo and of products to their nearest other product.
    """

    copies: Distances
    strangers: Distances
    usual: Distances


def calibrate(measured: Measured, *, fingerprint: str) -> Calibration:
    """Fit the curve and the limit.

    With too little of either kind (a catalogue of one product) nothing is ever rejected and the score falls to one
    half at the typical copy.
    """
    copies, strangers = measured.copies, measured.strangers
    if len(copies) < 2 or len(strangers) < 2:
        middle = float(np.median(copies)) if len(copies) else 1.0
        return Calibration(
            slope=1.0,
            intercept=-math.log(max(middle, SMALLEST)),
            reject_above=math.inf,
            num_pairs=len(copies) + len(strangers),
            fingerprint=fingerprint,
        )
    slope, intercept = _logistic(copies, strangers)
    return Calibration(
        slope=slope,
        intercept=intercept,
        reject_above=float(np.quantile(measured.usual, REJECT_QUANTILE)),
        num_pairs=len(copies) + len(strangers),
        fingerprint=fingerprint,
    )


def paired_distances(one_ND: Vectors, other_ND: Vectors, *, metric: Metric, centre_D: Vectors) -> Distances:
    """The N distances between equal rows of two N x D arrays; `centre_D` is the Space's mean, which Hamming needs."""
    if metric is Metric.HAMMING:
        return np.asarray(np.count_nonzero((one_ND > centre_D) != (other_ND > centre_D), axis=1), np.float64)
    stored_ND, rows_N1D = stored(one_ND, metric=metric), stored(other_ND, metric=metric)[:, None, :]
    return np.asarray(distances(stored_ND, rows_N1D, metric=metric)[:, 0], np.float64)


def _logistic(copies: Distances, strangers: Distances) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    logs = np.log(np.maximum(np.concatenate([copies, strangers]), SMALLEST))
    is_stranger = np.concatenate([np.zeros(len(copies)), np.ones(len(strangers))])
    model = LogisticRegression(class_weight="balanced", C=10.0).fit(logs[:, None], is_stranger)
    return max(float(model.coef_[0, 0]), SMALLEST), float(model.intercept_[0])
