"""Random transformations: nothing when nothing is asked for, each part alone, the same for the same draw."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from lookscape.classifiers.augmentation import Augmentation, ProgressiveResizing, recolouring_matrix
from lookscape.representation.inference.samples import pictures

SIDE = 48
PHOTOS = np.stack(pictures(6, side=SIDE))
STILL = Augmentation(
    side=SIDE,
    crop_area=(1, 1),
    aspect=(1, 1),
    rotation_degrees=0,
    brightness_contrast=0,
    saturation=0,
    flip_probability=0,
    random_erasing=0,
)


def changed(how: Augmentation, seed: int = 0) -> np.ndarray:
    return how(PHOTOS, np.random.default_rng(seed))


def test_nothing_asked_for_changes_nothing() -> None:
    np.testing.assert_array_equal(changed(STILL), PHOTOS)


def test_a_mirror_image_is_exact() -> None:
    np.testing.assert_array_equal(changed(replace(STILL, flip_probability=1.0)), PHOTOS[:, :, ::-1])


def test_the_same_draw_gives_the_same_photos_and_another_draw_others() -> None:
    how = Augmentation(side=32)
    first, again, other = changed(how), changed(how), changed(how, seed=1)
    assert first.shape == (6, 32, 32, 3)
    np.testing.assert_array_equal(first, again)
    assert (first != other).any(axis=(1, 2, 3)).all()


def test_a_quarter_of_the_area_is_a_part_of_the_photo_twice_as_large() -> None:
    found = changed(replace(STILL, crop_area=(0.25, 0.25)))
    spread = np.stack([np.repeat(np.repeat(np.arange(SIDE), 1)[None], SIDE, 0)] * 3, axis=2)[None].astype(np.uint8)
    ramp = replace(STILL, crop_area=(0.25, 0.25))(spread, np.random.default_rng(0))[0, :, :, 0].astype(int)
    steps = np.diff(ramp, axis=1)
    assert found.shape == PHOTOS.shape
    assert set(np.unique(steps)) <= {0, 1}
    assert ramp[0, -1] - ramp[0, 0] == pytest.approx(SIDE / 2, abs=1)


def test_a_turn_keeps_the_middle() -> None:
    spot = np.zeros((1, 49, 49, 3), np.uint8)
    spot[0, 23:26, 23:26] = 255
    spot[0, 24, 44] = 200
    found = replace(STILL, side=49, rotation_degrees=45.0)(spot, np.random.default_rng(3))[0, :, :, 0]
    assert found[24, 24] > 200
    rows, columns = np.nonzero((found > 60) & (np.hypot(*(np.indices(found.shape) - 24)) > 10))
    assert np.hypot(rows - 24, columns - 24) == pytest.approx(20, abs=1.2)


def test_light_and_colour() -> None:
    grey = np.full((1, SIDE, SIDE, 3), 120, np.uint8)
    how = replace(STILL, saturation=0.9)
    assert np.abs(how(grey, np.random.default_rng(0)).astype(int) - 120).max() <= 1, "grey has no colour to change"
    brighter = [replace(STILL, brightness_contrast=0.3)(grey, np.random.default_rng(seed)).mean() for seed in range(20)]
    assert min(brighter) < 105
    assert max(brighter) > 135
    assert min(brighter) >= 120 * 0.7 - 1
    assert max(brighter) <= 120 * 1.3 + 1


def test_other_colours_keep_what_is_where() -> None:
    patch = np.zeros((2, 2, 3), np.uint8)
    patch[0, 0], patch[0, 1], patch[1, 0] = (200, 40, 40), (40, 40, 200), (120, 120, 120)
    seen = set()
    for seed in range(40):
        found = cv2.transform(patch, recolouring_matrix(np.random.default_rng(seed))).astype(int)
        if found[1, 1].min() == 255:
            seen.add("negative")
            assert np.array_equal(found, 255 - patch.astype(int))
        elif (np.ptp(found, axis=2) <= 1).all():
            seen.add("grey")
            assert found[0, 0, 0] == pytest.approx(200 * 0.299 + 40 * 0.701, abs=1)
        else:
            seen.add("hue")
            assert found[1, 0] == pytest.approx([120] * 3, abs=1), "grey stays grey"
            assert np.abs(found[0, 0] - found[0, 1]).max() > 60, "what was unlike stays unlike"
    assert seen == {"hue", "grey", "negative"}


def test_the_asked_share_of_photos_is_recoloured() -> None:
    assert np.array_equal(changed(replace(STILL, recolouring=0.0)), PHOTOS)
    shares = [
        (changed(replace(STILL, recolouring=0.5), seed) != PHOTOS).any(axis=(1, 2, 3)).mean() for seed in range(40)
    ]
    assert np.mean(shares) == pytest.approx(0.5, abs=0.1)


def test_a_rectangle_of_one_colour_is_lost() -> None:
    found = changed(replace(STILL, random_erasing=1.0))
    lost = (found != PHOTOS).any(axis=3)
    for photo, gone in zip(found, lost, strict=True):
        rows, columns = np.nonzero(gone)
        box = photo[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].reshape(-1, 3)
        assert len(np.unique(box, axis=0)) == 1
        assert 0.015 * SIDE**2 < len(box) < 0.25 * SIDE**2


def test_photos_grow_to_their_full_side_and_stay() -> None:
    growing = ProgressiveResizing(last=replace(STILL, side=96), first=48, steps=100)
    sides = [growing.side(step) for step in range(130)]
    assert sides[0] == 48
    assert sides == sorted(sides)
    assert set(sides) == {48, 64, 80, 96}
    assert set(sides[100:]) == {96}
    assert growing(PHOTOS, np.random.default_rng(0), 0).shape == (6, 48, 48, 3)
    np.testing.assert_array_equal(growing(PHOTOS, np.random.default_rng(0), 0), PHOTOS)
    assert growing(PHOTOS, np.random.default_rng(0), 129).shape == (6, 96, 96, 3)
