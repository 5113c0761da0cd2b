"""The background check on drawn products, whose place is known, over paper, shaded paper and clutter."""

import cv2
import numpy as np
import pytest
from _listed import ListedPhotos, findings, verdicts

from lookscape.catalogue.checking import find_check
from lookscape.catalogue.checks._background.cutout import Cutout
from lookscape.catalogue.checks._background.ground import Ground, own_part
from lookscape.catalogue.checks.background import LEAST, look
from lookscape.catalogue.findings import Box, Clear, Finding, Fix
from lookscape.catalogue.imaging import ImageU8, decode, encode_jpeg, pad_to_square
from lookscape.catalogue.rendering import product_at
from lookscape.catalogue.rendering.nuisance import Backdrop
from lookscape.catalogue.rendering.render import render
from lookscape.catalogue.standardising import Recipe, standardise

SIDE = 192


def carpet(*, seed: int = 0, shape: tuple[int, int] = (SIDE, SIDE)) -> ImageU8:
    """Large soft spots of all greens and blues."""
    noise = np.random.default_rng(seed).integers(60, 200, (shape[0] // 8, shape[1] // 8, 3), dtype=np.uint8)
    noise[..., 0] //= 3
    return np.asarray(cv2.resize(noise, shape[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def oval(
    ground: ImageU8, *, middle: tuple[float, float] = (0.5, 0.5), size: tuple[float, float] = (0.6, 0.36)
) -> ImageU8:
    """A red product; place and size in shares of the ground."""
    photo = ground.copy()
    height, width, _ = photo.shape
    centre, axes = (
        (round(across * width), round(down * height)) for across, down in (middle, (size[0] / 2, size[1] / 2))
    )
    cv2.ellipse(photo, centre, axes, 0, 0, 360, (215, 40, 30), -1, cv2.LINE_AA)
    return photo


def paper(level: int = 255) -> ImageU8:
    return np.full((SIDE, SIDE, 3), level, np.uint8)


def overlap(one: Box, other: Box) -> float:
    wide, high = (min(one[2 + axis], other[2 + axis]) - max(one[axis], other[axis]) for axis in (0, 1))
    both = max(wide, 0) * max(high, 0)
    return both / (sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - both)


def test_paper_of_any_colour_shaded_or_not_is_plain() -> None:
    shaded = np.repeat(np.linspace(150, 240, SIDE).astype(np.uint8)[:, None, None], SIDE, axis=1).repeat(3, axis=2)
    pink = np.full((SIDE, SIDE, 3), (240, 180, 190), np.uint8)
    photos = {str(number): oval(ground) for number, ground in enumerate([paper(), paper(120), pink, shaded])}
    assert all(isinstance(verdict, Clear) for verdict in verdicts("background", ListedPhotos(photos)))


def test_a_product_that_fills_the_photo_is_no_background() -> None:
    photos = {"wide": oval(paper(), size=(1.0, 0.4)), "cut": oval(paper(), middle=(0.5, 0.9), size=(0.9, 0.6))}
    assert findings("background", ListedPhotos(photos)) == {}


def test_a_carpet_is_told_and_the_product_found_on_it() -> None:
    found = findings("background", ListedPhotos({"plain": oval(paper()), "carpet": oval(carpet())}))
    assert found.keys() == {"carpet"}
    assert found["carpet"].says == "the background is not plain, the product can be cut out"
    assert overlap(tuple(found["carpet"].detail["box"]), (0.2, 0.32, 0.8, 0.68)) > 0.93


@pytest.mark.parametrize("shape", [(192, 144), (144, 192), (192, 128)])
def test_bands_that_made_a_photo_square_hide_nothing(shape: tuple[int, int]) -> None:
    photo = pad_to_square(oval(carpet(shape=shape)))
    stored = decode(encode_jpeg(photo)).pixels
    rows, columns = own_part(photo)
    assert (rows.stop - rows.start, columns.stop - columns.start) == shape
    assert Ground.of(stored).uneven > 2
    cutout = look(stored).cutout
    assert cutout is not None
    high, wide = shape[0] / 192, shape[1] / 192
    true = (0.5 - 0.3 * wide, 0.5 - 0.18 * high, 0.5 + 0.3 * wide, 0.5 + 0.18 * high)
    assert overlap(cutout.box, true) > 0.9


def test_boxes_of_drawn_shoes_over_clutter() -> None:
    overlaps = []
    for number in range(40):
        product = product_at(number, seed=4, nuisance="wild")
        if product.nuisance.backdrop is not Backdrop.CLUTTER:
            continue
        seen = look(render(product, size=160))
        assert seen.confidence > LEAST
        overlaps.append(overlap(seen.cutout.box, _true_box(product)) if seen.cutout else 0.0)
    assert len(overlaps) >= 10
    assert np.mean(overlaps) > 0.7


def test_accepting_puts_the_product_on_white_and_crops_to_it() -> None:
    photo = oval(carpet(), middle=(0.42, 0.55), size=(0.5, 0.3))
    found = findings("background", ListedPhotos({"a": photo}))["a"]
    mended = standardise(photo, Recipe.of([found], size=128))
    assert (mended[:6] == 255).all()
    assert (mended[:, :4] == 255).all()
    assert np.abs(mended[64, 64].astype(int) - (215, 40, 30)).max() < 12
    red = np.flatnonzero((mended[64] < 120)[:, 1])
    assert len(red) / 128 == pytest.approx(1 / 1.12, abs=0.05)


def test_a_doubtful_outline_changes_less() -> None:
    seen = look(carpet(seed=3))
    verdict = find_check("background").module.judge("a", seen)
    assert isinstance(verdict, Finding)
    assert verdict.fix.cut_out == ()
    assert seen.cutout is None or seen.cutout.sure < 0.5


def test_a_hole_stays_a_hole() -> None:
    photo = oval(carpet(), size=(0.8, 0.6))
    ground = carpet()
    hole = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(hole, (SIDE // 2, SIDE // 2), SIDE // 8, 1, -1)
    photo[hole > 0] = ground[hole > 0]
    cutout = Cutout.of(photo)
    assert cutout is not None
    assert len(cutout.outlines) == 2
    done = standardise(photo, Recipe(fix=Fix(cut_out=cutout.outlines), size=SIDE))
    assert (done[SIDE // 2, SIDE // 2] == 255).all()
    assert done[SIDE // 2, SIDE // 4, 1] < 80


def test_what_is_cut_out_is_the_same_each_time_whatever_was_looked_at_before() -> None:
    photo = oval(carpet())
    first = Cutout.of(photo)
    Cutout.of(oval(carpet(seed=9)))
    again = Cutout.of(photo)
    assert first is not None
    assert again is not None
    assert (first.outlines, first.sure) == (again.outlines, again.sure)


def test_the_background_is_faded_in_the_picture() -> None:
    photo = oval(carpet())
    found = findings("background", ListedPhotos({"a": photo}))["a"]
    drawn = find_check("background").picture(found, photo)
    assert np.array_equal(drawn[96, 96], photo[96, 96])
    assert np.ptp(drawn[5, 5].astype(int)) == 0
    assert (drawn == (0, 150, 80)).all(axis=2).any()


def _true_box(product: object) -> Box:
    """Where a drawn product differs from the same one before nothing."""
    from dataclasses import replace

    black, white = (
        render(
            replace(product, nuisance=replace(product.nuisance, backdrop=Backdrop.TINT, background=colour, warmth=0)),
            size=160,
        ).astype(int)
        for colour in ("#000000", "#ffffff")
    )
    mask = (white - black).mean(axis=2) < 0.15 * 255
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return columns[0] / 160, rows[0] / 160, (columns[-1] + 1) / 160, (rows[-1] + 1) / 160
