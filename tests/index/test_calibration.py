"""A score means what it says, on distances whose distribution is known."""

import math
from pathlib import Path

import numpy as np
import pytest

from lookscape.errors import NotFoundError
from lookscape.index.calibration import REJECT_QUANTILE, Calibration, Measured, calibrate, paired_distances
from lookscape.index.protocol import Metric


@pytest.fixture(scope="module")
def fitted() -> Calibration:
    rng = np.random.default_rng(0)
    copies, strangers = np.exp(rng.normal(-2, 0.6, 4000)), np.exp(rng.normal(0, 0.6, 4000))
    return calibrate(Measured(copies=copies, strangers=strangers, usual=np.arange(1001) / 1000), fingerprint="f")


def test_the_curve_is_the_true_posterior(fitted: Calibration) -> None:
    # Two normals of equal spread in log distance have a logistic posterior of slope (m1 - m0) / s^2 and middle -1.
    assert fitted.slope == pytest.approx(2 / 0.36, rel=0.05)
    assert fitted.score(math.exp(-1)) == pytest.approx(0.5, abs=0.03)


def test_scores_are_calibrated_on_new_pairs(fitted: Calibration) -> None:
    rng = np.random.default_rng(1)
    copies, strangers = np.exp(rng.normal(-2, 0.6, 5000)), np.exp(rng.normal(0, 0.6, 5000))
    scores = np.array([fitted.score(value) for value in np.concatenate([copies, strangers])])
    truth = np.repeat([1.0, 0.0], 5000)
    bins = np.digitize(scores, np.linspace(0, 1, 11)[1:-1])
    errors = [abs(scores[bins == b].mean() - truth[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    assert sum(errors) < 0.02


def test_score_is_monotone_and_bounded(fitted: Calibration) -> None:
    scores = [fitted.score(value) for value in (0, 1e-9, 0.01, 0.1, 1, 10, 1e12)]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] < scores[0] <= 1


def test_the_limit_is_what_nearly_all_of_the_catalogue_stays_within(fitted: Calibration) -> None:
    assert fitted.reject_above == pytest.approx(REJECT_QUANTILE, abs=1e-3)


def test_with_one_product_nothing_is_rejected() -> None:
    alone = calibrate(Measured(copies=np.array([0.1]), strangers=np.empty(0), usual=np.empty(0)), fingerprint="f")
    assert alone.reject_above == math.inf
    assert alone.score(0.1) == pytest.approx(0.5)


def test_save_and_open(fitted: Calibration, tmp_path: Path) -> None:
    fitted.save(tmp_path / "new" / "c.json")
    assert Calibration.open(tmp_path / "new" / "c.json") == fitted
    (tmp_path / "broken.json").write_text("{")
    for name in ("broken.json", "missing.json"):
        with pytest.raises(NotFoundError):
            Calibration.open(tmp_path / name)


@pytest.mark.parametrize("metric", list(Metric))
def test_paired_distances_by_definition(metric: Metric) -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(size=(2, 20, 7)).astype(np.float32)
    centre = rng.normal(size=7).astype(np.float32)
    found = paired_distances(one, other, metric=metric, centre_D=centre)
    for a, b, distance in zip(one.astype(float), other.astype(float), found, strict=True):
        wanted = {
            Metric.L1: np.abs(a - b).sum(),
            Metric.L2: math.dist(a, b),
            Metric.COSINE: 1 - a @ b / (np.linalg.norm(a) * np.linalg.norm(b)),
            Metric.HAMMING: float(((a > centre) != (b > centre)).sum()),
        }[metric]
        assert distance == pytest.approx(wanted, rel=1e-5)
