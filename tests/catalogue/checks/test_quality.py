"""Blur and exposure: found where they are, and never because a background is plain or a product smooth."""

import cv2
import numpy as np
import pytest
from _listed import ListedPhotos, findings, verdicts

from lookscape.catalogue.checking import Check
from lookscape.catalogue.checks.quality import burning, quality
from lookscape.catalogue.findings import Clear
from lookscape.catalogue.rendering import product_at, render

SIDE = 224


def rendered(seed: int) -> np.ndarray:
    return np.asarray(render(product_at(seed), size=SIDE), np.uint8)


@pytest.fixture(scope="module")
def photos() -> dict[str, np.ndarray]:
    return {f"{seed:064x}": rendered(seed) for seed in range(1, 13)}


def blurred(photo: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(photo, (0, 0), sigma)


def exposed(photo: np.ndarray, stops: float) -> np.ndarray:
    """As if the film had got 2**stops times the light, at a gamma of 2.2."""
    linear = (photo / 255.0) ** 2.2 * 2**stops
    return (np.clip(linear, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)


def kinds(photos: dict[str, np.ndarray]) -> list[str]:
    return [finding.detail["kind"] for finding in findings("quality", ListedPhotos(photos)).values()]


def test_sharp_photos_on_plain_ground_are_left_alone(photos: dict[str, np.ndarray]) -> None:
    assert kinds(photos) == []


@pytest.mark.parametrize(("sigma", "least"), [(2.0, 11), (3.0, 12)])
def test_blurred_photos_are_found(photos: dict[str, np.ndarray], sigma: float, least: int) -> None:
    found = kinds({name: blurred(photo, sigma) for name, photo in photos.items()})
    assert set(found) == {"blur"}
    assert len(found) >= least


def test_the_width_of_an_edge_is_measured() -> None:
    step = np.full((128, 128, 3), 240, np.uint8)
    step[:, 64:] = 40
    for sigma in (1.5, 2.0, 2.5):
        assert quality(blurred(step, sigma)).sigma == pytest.approx(sigma, rel=0.12)


def test_underexposed_photos_are_found_and_dark_products_are_not(photos: dict[str, np.ndarray]) -> None:
    assert kinds({name: exposed(photo, -2.5) for name, photo in photos.items()}) == ["dark"] * len(photos)
    black_on_white = np.full((SIDE, SIDE, 3), 255, np.uint8)
    cv2.ellipse(black_on_white, (112, 120), (80, 40), 0, 0, 360, (12, 12, 14), cv2.FILLED)
    assert kinds({"0" * 64: black_on_white}) == []


def test_burnt_out_products_are_found_and_white_ones_are_not() -> None:
    shade = np.linspace(236, 150, SIDE)[:, None, None].repeat(SIDE, axis=1).repeat(3, axis=2)
    inside = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(inside, (112, 112), (80, 60), 0, 0, 360, 1, cv2.FILLED)
    ground = np.full((SIDE, SIDE, 3), 200, np.uint8)
    white = np.where(inside[..., None] > 0, shade, ground).astype(np.uint8)
    assert kinds({"0" * 64: white}) == []
    burnt = np.where(inside[..., None] > 0, exposed(white, 1.2), ground).astype(np.uint8)
    assert kinds({"0" * 64: burnt}) == ["burnt"]


@pytest.mark.parametrize("ground", [(255, 255, 255), (255, 252, 248), (250, 250, 250), (255, 240, 200)])
def test_a_light_ground_is_not_held_against_a_product(ground: tuple[int, int, int]) -> None:
    photo = np.full((SIDE, SIDE, 3), ground, np.uint8)
    cv2.ellipse(photo, (112, 120), (80, 40), 0, 0, 360, (120, 90, 60), cv2.FILLED)
    cv2.ellipse(photo, (90, 110), (20, 12), 0, 0, 360, (180, 200, 40), cv2.FILLED)
    assert kinds({"0" * 64: photo}) == []


def test_more_light_is_surer_to_be_too_much(photos: dict[str, np.ndarray]) -> None:
    odds = [[quality(exposed(photo, stops)).burnt for photo in photos.values()] for stops in (0.0, 1.0, 2.0)]
    assert np.all(np.median(odds, axis=1)[1:] > np.median(odds, axis=1)[:-1] + 0.5)
    assert np.mean(np.array(odds[2]) > np.array(odds[0])) > 0.9


def test_what_too_much_light_does_is_counted() -> None:
    photo = np.full((100, 100, 3), 200, np.uint8)
    product = np.zeros((100, 100), np.bool_)
    product[30:70, 30:70] = True
    photo[30:70, 30:70] = 240
    photo[30:50, 30:70] = 255, 255, 250
    seen = burning(photo, product)
    half = 18 / 36  # the rim of two pixels is not looked at
    assert seen["coloured"] == pytest.approx(half)
    assert seen["piled"] == pytest.approx(half * half / (half + half + 1e-3))
    assert seen["short_of"] == 0


def test_a_photo_with_nothing_in_it_is_clear() -> None:
    blank = ListedPhotos({"0" * 64: np.full((64, 64, 3), 250, np.uint8)})
    assert verdicts("quality", blank) == [Clear(photo_id="0" * 64)]


def test_it_draws_wide_edges_red_and_narrow_ones_green(photos: dict[str, np.ndarray]) -> None:
    name, photo = next(iter(photos.items()))
    soft = blurred(photo, 3)
    [finding] = findings("quality", ListedPhotos({name: soft})).values()
    drawn = Check("quality").picture(finding, soft)
    assert drawn.shape == soft.shape
    assert np.count_nonzero((drawn == (220, 40, 40)).all(axis=2)) > 50
    sharp = Check("quality").picture(finding, photo)
    assert np.count_nonzero((sharp == (0, 150, 60)).all(axis=2)) > 50


def test_a_dark_photo_is_shown_as_it_would_be_lit(photos: dict[str, np.ndarray]) -> None:
    name, photo = next(iter(photos.items()))
    dark = exposed(photo, -3)
    [finding] = findings("quality", ListedPhotos({name: dark})).values()
    drawn = Check("quality").picture(finding, dark)
    assert drawn.shape == (SIDE, 2 * SIDE, 3)
    assert drawn[:, SIDE:].mean() > 2 * dark.mean()
