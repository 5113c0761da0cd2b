"""Photos are changed a little, each by its own draw, and the same draw gives the same photos."""

import numpy as np

from lookscape.representation.training.jitter import jittered


def photos() -> np.ndarray:
    """White squares with a dark one in the middle."""
    made = np.full((16, 32, 32, 3), 255, np.uint8)
    made[:, 10:22, 10:22] = 40
    return made


def test_the_same_draw_changes_photos_alike_and_another_does_not() -> None:
    first, again, other = (jittered(photos(), random=np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert len(np.unique(first.reshape(16, -1), axis=0)) > 8


def test_the_product_stays_where_it_is_within_a_few_pixels() -> None:
    changed = jittered(photos(), random=np.random.default_rng(0))
    rows, columns = np.nonzero((changed < 128).all(axis=(0, 3)))
    assert rows.min() >= 8
    assert columns.max() <= 23
    dark = (changed < 128).all(axis=3).sum(axis=(1, 2))
    assert np.all(np.abs(dark / 144 - 1) < 0.35)
    assert dark.std() > 0


def test_the_background_fills_what_comes_in_from_outside() -> None:
    plain = np.full((4, 16, 16, 3), 200, np.uint8)
    np.testing.assert_array_equal(jittered(plain, random=np.random.default_rng(0)), plain)
