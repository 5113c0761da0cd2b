"""The smallest part that changes an answer: on answers whose every change is known."""

import numpy as np
import pytest

from lookscape.classifiers.explaining.counterfactual import COARSE, FINE, covered, smallest_counterfactual, telling

SIDE = 40


@pytest.fixture
def photo() -> np.ndarray:
    """White, with a dark square of a fifth by a quarter of it, a twentieth."""
    pixels = np.full((SIDE, SIDE, 3), 255, np.uint8)
    pixels[10:18, 20:30] = 20
    return pixels


def dark(photo: np.ndarray) -> np.ndarray:
    return np.asarray(photo[..., 0] < 128, np.float32)


def tell_by_darkness(photos: np.ndarray) -> np.ndarray:
    """Class 0 while at least half of the square's 80 pixels are dark, else class 1."""
    found = (photos[..., 0] < 128).sum(axis=(1, 2)) >= 40
    return np.stack([np.where(found, 0.9, 0.2), np.where(found, 0.1, 0.8)], axis=1)


def test_a_map_that_knows_finds_the_smallest_part(photo: np.ndarray) -> None:
    flip = smallest_counterfactual(photo, dark(photo), tell_by_darkness)
    assert flip is not None
    least = 41 / SIDE**2
    assert least <= flip.share <= least + COARSE[0] / FINE
    assert (flip.becomes, flip.chance) == (1, 0.8)
    told = tell_by_darkness(covered(photo, dark(photo), share=flip.share)[None])
    assert told.argmax() == 1
    assert flip.at_random < 0.3


def test_a_map_that_is_wrong_has_to_cover_more(photo: np.ndarray) -> None:
    right, wrong = (
        smallest_counterfactual(photo, one, tell_by_darkness) for one in (dark(photo), np.flipud(dark(photo)).copy())
    )
    assert right is not None
    assert wrong is None or wrong.share > 5 * right.share


def test_nothing_changes_an_answer_that_hangs_on_nothing(photo: np.ndarray) -> None:
    assert smallest_counterfactual(photo, dark(photo), lambda photos: np.tile([0.3, 0.7], (len(photos), 1))) is None


def test_what_changes_wherever_one_covers_is_told_by_the_random_squares(photo: np.ndarray) -> None:
    def tell(photos: np.ndarray) -> np.ndarray:
        whole = (photos == photo).all(axis=(1, 2, 3))
        return np.stack([whole * 1.0, 1.0 - whole], axis=1)

    noisy = np.random.default_rng(3).integers(0, 255, photo.shape, dtype=np.uint8)
    photo[:] = noisy
    flip = smallest_counterfactual(photo, np.ones((SIDE, SIDE), np.float32), tell)
    assert flip is not None
    assert flip.share == pytest.approx(COARSE[0] / FINE)
    assert flip.at_random == 1


def test_as_much_is_covered_as_is_said() -> None:
    heat = np.random.default_rng(5).random((SIDE, SIDE)).astype(np.float32)
    for share in (0.0, 0.1, 0.5, 1.0):
        chosen = telling(heat, share=share)
        assert chosen.sum() == round(share * SIDE**2)
        assert not chosen.any() or chosen.all() or heat[chosen].min() > heat[~chosen].max()
