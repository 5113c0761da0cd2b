"""The framing check on drawn products whose place is known."""

import cv2
import numpy as np
import pytest
from _listed import ListedPhotos, findings, verdicts

from lookscape.catalogue.checking import find_check
from lookscape.catalogue.checks._framing_place import SIDES, Place
from lookscape.catalogue.checks.framing import Usual, judge
from lookscape.catalogue.findings import Clear, Finding, Fix
from lookscape.catalogue.imaging import ImageU8, pad_to_square
from lookscape.catalogue.standardising import Recipe, standardise

SIDE = 120


def product(
    *,
    middle: tuple[float, float] = (0.5, 0.5),
    size: tuple[float, float] = (0.8, 0.4),
    shape: tuple[int, int] = (SIDE, SIDE),
) -> ImageU8:
    """An oval on white; place and size in shares of SIDE, `shape` is height and width."""
    photo = np.full((*shape, 3), 255, np.uint8)
    centre = round(middle[0] * SIDE), round(middle[1] * SIDE)
    axes = round(size[0] * SIDE / 2), round(size[1] * SIDE / 2)
    cv2.ellipse(photo, centre, axes, 0, 0, 360, (30, 60, 90), -1)
    return photo


def usual(count: int = 40) -> dict[str, ImageU8]:
    """Much alike, but not quite."""
    rng = np.random.default_rng(0)
    return {
        f"{number:02}": product(middle=tuple(rng.normal(0.5, 0.01, 2)), size=tuple(rng.normal((0.8, 0.4), 0.02)))
        for number in range(count)
    }


def mended(photo: ImageU8, finding: Finding) -> Place:
    return Place.of(standardise(photo, Recipe(fix=finding.fix, size=SIDE)))


@pytest.mark.parametrize(
    ("side", "middle"), [("left", (0.25, 0.5)), ("top", (0.5, 0.08)), ("right", (0.75, 0.5)), ("bottom", (0.5, 0.92))]
)
def test_a_product_over_the_edge_is_cut_off_there(side: str, middle: tuple[float, float]) -> None:
    photos = usual() | {"cut": product(middle=middle)}
    found = findings("framing", ListedPhotos(photos))
    assert found.keys() == {"cut"}
    assert found["cut"].says.startswith(f"cut off at the {side}")
    assert found["cut"].detail["sides"] == [side]


def test_what_is_cut_off_is_put_aside_and_the_words_say_that_no_crop_mends_it() -> None:
    found = findings("framing", ListedPhotos(usual() | {"cut": product(middle=(0.25, 0.5))}))["cut"]
    assert found.fix == Fix(remove=True)
    assert "no crop can fix" in found.says
    assert "new photo" in found.says


def test_touching_the_edge_is_not_being_cut_off() -> None:
    for middle in ((0.4, 0.5), (0.6, 0.5), (0.5, 0.2), (0.5, 0.8)):
        assert max(Place.of(product(middle=middle)).cuts) < 0.3


@pytest.mark.parametrize("side", SIDES)
def test_the_edge_of_a_photo_that_was_padded_counts(side: str) -> None:
    if side in {"left", "right"}:
        photo = product(shape=(SIDE, SIDE * 3 // 4), middle=(0.1 if side == "left" else 0.65, 0.5), size=(0.5, 0.5))
    else:
        photo = product(shape=(SIDE * 3 // 4, SIDE), middle=(0.5, 0.1 if side == "top" else 0.65), size=(0.5, 0.5))
    cuts = dict(zip(SIDES, Place.of(pad_to_square(photo)).cuts, strict=True))
    assert cuts[side] > 0.5
    assert all(cuts[other] == 0 for other in SIDES if other != side)


def test_a_small_product_is_told_and_a_crop_makes_it_as_large_as_the_others() -> None:
    photos = usual() | {"small": product(size=(0.4, 0.2), middle=(0.4, 0.45))}
    found = findings("framing", ListedPhotos(photos))["small"]
    assert found.says.startswith("small in its photo: 41 %")
    place = mended(photos["small"], found)
    assert place.extent == pytest.approx(0.8, abs=0.04)
    assert place.middle == pytest.approx((0.5, 0.5), abs=0.03)


def test_a_product_off_centre_is_told_and_brought_back() -> None:
    photos = usual() | {"high": product(middle=(0.5, 0.3))}
    found = findings("framing", ListedPhotos(photos))["high"]
    assert found.says == "off centre: 20 % too far up"
    place = mended(photos["high"], found)
    assert place.middle == pytest.approx((0.5, 0.5), abs=0.03)
    assert place.extent == pytest.approx(0.8, abs=0.04)


def test_what_is_usual_is_no_trouble() -> None:
    low = {str(number): product(middle=(0.5, 0.75), size=(0.4, 0.3)) for number in range(30)}
    assert findings("framing", ListedPhotos(low)) == {}
    cut = {str(number): product(middle=(0.5, 0.92)) for number in range(30)}
    assert findings("framing", ListedPhotos(cut)) == {}


def test_a_mixed_catalogue_is_given_more_room() -> None:
    rng = np.random.default_rng(1)
    sizes = rng.uniform(0.35, 0.9, 60)
    photos = {str(number): product(size=(size, size / 2)) for number, size in enumerate(sizes)}
    assert findings("framing", ListedPhotos(photos)) == {}


def test_what_is_not_surely_the_product_is_not_judged() -> None:
    noise = np.random.default_rng(2).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    assert isinstance(judge("noise", Place.of(noise), Usual()), Clear)


def test_a_few_photos_are_held_against_a_large_product_in_the_middle() -> None:
    photos = {"good": product(), "small": product(size=(0.2, 0.1))}
    good, small = verdicts("framing", ListedPhotos(photos))
    assert isinstance(good, Clear)
    assert isinstance(small, Finding)


def test_the_box_is_drawn_and_the_side_that_cuts_is_red() -> None:
    photo = product(middle=(0.25, 0.5))
    found = findings("framing", ListedPhotos(usual() | {"cut": photo}))["cut"]
    drawn = find_check("framing").picture(found, photo)
    assert (drawn[SIDE // 2, :2] == (220, 30, 30)).all(axis=1).any()
    assert not (drawn == (220, 30, 30)).all(axis=2)[:, SIDE // 2 :].any()
