import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import eigh

from lookscape.representation.networks import whitening

Features = NDArray[np.float32]


def views(num: int, *, width: int = 12, seed: int = 0) -> tuple[Features, Features]:
    """Features of photos and of their copies: products differ in the first half, copies in the second."""
    random = np.random.default_rng(seed)
    spread = np.where(np.arange(width) < width // 2, 1.0, 0.3)
    noise = np.where(np.arange(width) < width // 2, 0.05, 1.0)
    photos = random.normal(size=(num, width)) * spread + 2
    copies = photos + random.normal(size=(num, width)) * noise
    return photos.astype(np.float32), copies.astype(np.float32)


def test_directions_solve_the_generalised_eigenproblem() -> None:
    """The map's directions are those of largest variance relative to the differences: eigh(total, differences)."""
    photos, copies = views(400)
    learned = whitening.fit(photos, copies, dim=5)
    x, differences = photos.astype(float), (photos - copies).astype(float)
    within = differences.T @ differences / 800
    ridge = whitening.RIDGE + whitening.RIDGE_PHOTOS / 400
    within += ridge * np.trace(within) / 12 * np.eye(12)
    total = np.cov(x.T, bias=True)
    _, directions = eigh(total, within)
    found, expected = learned.projection[:, 0], directions[:, -1]
    assert abs(found @ expected) / np.linalg.norm(found) / np.linalg.norm(expected) > 0.999


def test_copies_come_nearer_to_their_photos_than_before() -> None:
    photos, copies = views(600)
    learned = whitening.fit(photos[:400], copies[:400], dim=6)

    def found_first(x: Features, y: Features) -> float:
        unit_x, unit_y = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (x, y))
        return float(((unit_y @ unit_x.T).argmax(axis=1) == np.arange(len(x))).mean())

    assert found_first(learned(photos[400:]), learned(copies[400:])) > 0.9 > found_first(photos[400:], copies[400:])


def test_vectors_are_measured_in_what_altering_changes_and_ignore_their_company() -> None:
    photos, copies = views(50)
    learned = whitening.fit(photos, copies, dim=6)
    together = learned(photos)
    np.testing.assert_allclose(together, (photos - learned.mean) @ learned.projection, rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(together, np.concatenate([learned(photo[None]) for photo in photos]))
    assert learned(photos[:0]).shape == (0, 6)


@pytest.mark.parametrize("num", [1, 2, 5])
def test_few_photos_keep_distances_about_as_they_were(num: int) -> None:
    photos, copies = views(num)
    strangers = views(40, seed=9)[0]
    learned = whitening.fit(photos, copies, dim=12)
    vectors = learned(strangers)
    assert np.isfinite(vectors).all()
    before = 1 - (strangers @ strangers.T) / np.outer(*[np.linalg.norm(strangers, axis=1)] * 2)
    after = 1 - (vectors @ vectors.T) / np.outer(*[np.linalg.norm(vectors, axis=1)] * 2)
    upper = np.triu_indices(40, 1)
    assert np.corrcoef(before[upper], after[upper])[0, 1] > 0.7


def test_copies_equal_to_their_photos_teach_nothing_but_do_no_harm() -> None:
    photos, _ = views(30)
    assert np.isfinite(whitening.fit(photos, photos, dim=4)(photos)).all()


def test_the_same_features_give_the_same_map_and_state_carries_it() -> None:
    photos, copies = views(100)
    first, second = whitening.fit(photos, copies, dim=4), whitening.fit(photos, copies, dim=4)
    carried = whitening.Whitening.from_state(first.state())
    assert first.digest == second.digest == carried.digest
    assert carried.num_photos == 100
    assert whitening.fit(photos[:99], copies[:99], dim=4).digest != first.digest
