"""Standard pictures: mirrored, turned, cropped, square; nothing of the product lost, no seams in the background."""

import cv2
import numpy as np
import pytest

from lookscape.catalogue.findings import Finding, Fix
from lookscape.catalogue.standardising import Recipe, crop, rotate, standardise


def bar(angle: float = 0.0, *, side: int = 128, background: int = 255) -> np.ndarray:
    """A dark bar on a plain ground, its right end red, turned counter-clockwise."""
    photo = np.full((side, side, 3), background, np.uint8)
    middle, reach = side // 2, side // 3
    photo[middle - 8 : middle + 8, middle - reach : middle + reach] = 20
    photo[middle - 8 : middle + 8, middle + reach - 12 : middle + reach] = 200, 0, 0
    matrix = cv2.getRotationMatrix2D((middle - 0.5, middle - 0.5), angle, 1.0)
    return cv2.warpAffine(photo, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC)


def tilt(photo: np.ndarray) -> float:
    """Degrees of the dark part's main axis, counter-clockwise."""
    rows, columns = np.nonzero(photo.max(axis=2) < 100)
    values, vectors = np.linalg.eigh(np.cov(columns, -rows))
    x, y = vectors[:, values.argmax()]
    return float(np.degrees(np.arctan2(y, x)) % 180)


@pytest.mark.parametrize("angle", [-45, -20, -3, 4, 15, 45])
def test_turning_back_makes_level(angle: float) -> None:
    tilted = bar(angle)
    assert tilt(tilted) == pytest.approx(angle % 180, abs=1.5)
    level = tilt(rotate(tilted, -angle))
    assert min(level, 180 - level) < 1


def test_turning_keeps_the_size_unless_something_would_be_cut_off() -> None:
    assert rotate(bar(), 10).shape == (128, 128, 3)
    long = np.full((40, 128, 3), 255, np.uint8)
    long[15:25, 4:124] = 0
    turned = rotate(long, 45)
    assert turned.shape[0] > 80
    assert (255.0 - turned).sum() / 3 / 255 == pytest.approx(10 * 120, rel=0.02)


def test_no_seam_shows_on_plain_and_on_shaded_ground() -> None:
    assert (rotate(np.full((64, 64, 3), 231, np.uint8), 30) == 231).all()
    shaded = np.repeat(np.linspace(180, 240, 96).astype(np.uint8)[None, :, None], 96, axis=0).repeat(3, axis=2)
    turned = rotate(shaded, 20).astype(int)
    steps = max(np.abs(np.diff(turned, axis=axis)).max() for axis in (0, 1))
    assert steps <= 12


def test_mirroring_and_size() -> None:
    done = standardise(bar(), Recipe(fix=Fix(mirror=True), size=64))
    assert done.shape == (64, 64, 3)
    reddish = done[..., 0].astype(int) - done[..., 1]
    assert reddish[:, :32].max() > 150
    assert reddish[:, 32:].max() < 20
    assert standardise(bar(side=32), Recipe(size=64)).shape == (64, 64, 3)


def test_a_crop_may_reach_beyond_the_photo() -> None:
    photo = bar(background=240)
    assert np.array_equal(crop(photo, (0, 0, 1, 1)), photo)
    assert crop(photo, (0.25, 0.25, 0.75, 0.5)).shape == (32, 64, 3)
    outside = crop(photo, (-0.5, 0, 1, 1))
    assert outside.shape == (128, 192, 3)
    assert np.array_equal(outside[:, 64:], photo)
    assert (outside[:, :60] == 240).all()
    assert crop(photo, (0.999, 0.999, 1.0, 1.0)).size


def test_an_empty_recipe_leaves_a_photo_of_that_size_alone() -> None:
    assert np.array_equal(standardise(bar(), Recipe(size=128)), bar())


def test_a_wide_picture_is_padded_in_the_middle() -> None:
    done = standardise(np.full((20, 40, 3), 90, np.uint8), Recipe(size=40))
    assert done.shape == (40, 40, 3)
    assert (done == 90).all()


def test_a_recipe_is_of_all_that_was_accepted() -> None:
    findings = [
        Finding(photo_id="a", says="points left", confidence=0.6, fix=Fix(mirror=True, rotate=5)),
        Finding(photo_id="a", says="tilted", confidence=0.9, fix=Fix(rotate=-3)),
        Finding(photo_id="a", says="too small", confidence=0.7, fix=Fix(crop=(0.1, 0.1, 0.9, 0.9))),
    ]
    recipe = Recipe.of(findings, size=96)
    assert recipe.fix == Fix(mirror=True, rotate=-3, crop=(0.1, 0.1, 0.9, 0.9))
    assert recipe.words == ["cropped", "turned by 3.0° right", "mirrored", "96 x 96 pixels"]
    assert recipe.text != Recipe.of(findings, size=97).text
    assert recipe.text == Recipe.of(reversed(findings), size=96).text


@pytest.mark.parametrize("side", [1, 2, 9])
def test_tiny_photos_come_out_too(side: int) -> None:
    photo = np.random.default_rng(1).integers(0, 256, (side, side, 3), dtype=np.uint8)
    recipe = Recipe(fix=Fix(mirror=True, rotate=33, crop=(-1, 0.2, 1.4, 0.9)), size=16)
    assert standardise(photo, recipe).shape == (16, 16, 3)
