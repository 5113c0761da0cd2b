"""The drawing tools against closed forms and slower second ways."""

import cv2
import numpy as np
import pytest

from lookscape.catalogue.rendering.colours import PALETTE, mix, saturation
from lookscape.catalogue.rendering.drawing.canvas import COVER, RELIEF, Canvas, Finish, Paint, View
from lookscape.catalogue.rendering.drawing.curves import at, dashes, discs, lengths, offset, part, ribbon, spline
from lookscape.catalogue.rendering.drawing.textures import _endless, weave
from lookscape.catalogue.rendering.factors import Colour, Pattern
from lookscape.catalogue.rendering.patterns import PRINTS, Cloth
from lookscape.catalogue.rendering.shoe.marks import MARKS


def area(outline):
    x, y = outline.T
    return abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / 2


def circle(radius, samples=400):
    turn = np.linspace(0, -2 * np.pi, samples)
    return radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)


def upright(scale, size):
    return View(np.array([[scale, 0.0, 0.0], [0.0, -scale, size - 1.0]]), scale)


def test_a_spline_goes_through_its_knots_and_keeps_straight_lines_straight():
    knots = np.array([(0.0, 0.0), (1.0, 2.0), (3.0, 1.0), (4.0, 4.0)])
    np.testing.assert_allclose(spline(knots, samples=5)[::5], knots, atol=1e-12)
    line = spline([(0, 0), (1, 2), (2, 4)])
    np.testing.assert_allclose(line[:, 1], 2 * line[:, 0], atol=1e-12)


def test_offset_of_a_circle_is_a_circle():
    radii = np.hypot(*offset(circle(2.0), 0.5).T)
    np.testing.assert_allclose(radii, 2.5, atol=1e-3)


def test_ribbons_discs_and_dashes_have_their_areas():
    quarter = circle(2.0)[:100]
    assert area(ribbon(quarter, 0.2)) == pytest.approx(0.2 * lengths(quarter)[-1], rel=1e-3)
    assert area(discs(np.zeros((1, 2)), 3.0, sides=64)[0]) == pytest.approx(np.pi * 9, rel=2e-3)
    line = np.array([(0.0, 0.0), (10.0, 0.0)])
    seam = dashes(line, length=0.5, gap=0.5, width=0.1)
    assert len(seam) == 10
    assert sum(area(stitch) for stitch in seam) == pytest.approx(10 * 0.05)


def test_places_along_a_curve_are_measured_by_arc_length():
    corner = np.array([(0.0, 0.0), (3.0, 0.0), (3.0, 1.0)])
    np.testing.assert_allclose(at(corner, np.array([0.5, 1.0])), [(2.0, 0.0), (3.0, 1.0)])
    np.testing.assert_allclose(part(corner, 0.25, 0.75, samples=2), [(1.0, 0.0), (3.0, 0.0)])


def test_a_filled_outline_covers_its_area_and_carries_its_paint():
    canvas = Canvas(upright(200.0, 256), width=256, height=256)
    canvas.fill(discs(np.array([(0.6, 0.6)]), 0.4, sides=90), Paint((10.0, 200.0, 30.0), Finish(suede=1.0), 77.0))
    cover = canvas.plane(canvas.sheen, COVER)
    # An anti-aliased edge in OpenCV lies half a pixel outside the outline.
    assert cover.sum() == pytest.approx(np.pi * (80 + 0.5) ** 2, rel=0.01)
    assert canvas.colour[136, 120].tolist() == [10, 200, 30, 77]
    assert canvas.weave[136, 120].tolist() == [0, 255, 0, 0]
    assert canvas.colour[..., RELIEF].max() == 77


def test_endless_sampling_agrees_with_wrapping():
    tile = np.random.default_rng(0).normal(size=(32, 32)).astype(np.float32)
    matrix = np.array([[0.9, 0.3, -50.0], [-0.3, 0.9, 170.0]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    expected = cv2.warpAffine(tile, matrix, (90, 70), flags=flags, borderMode=cv2.BORDER_WRAP)
    np.testing.assert_allclose(_endless(tile, matrix, shape=(70, 90)), expected, atol=0.02)


@pytest.mark.parametrize("name", ["leather", "suede", "mesh", "knit"])
def test_a_weave_leaves_the_mean_brightness_alone_and_fades_with_distance(name):
    near = weave(name, upright(900.0, 700), shape=(700, 700))
    far = weave(name, upright(20.0, 64), shape=(64, 64))
    assert abs(near.mean()) < 0.02
    assert far.std() < 0.5 * near.std()


@pytest.mark.parametrize(("pattern", "share"), [(Pattern.STRIPES, 0.42), (Pattern.DOTS, np.pi * 0.27**2 / 0.87)])
def test_a_pattern_covers_its_share(pattern, share):
    y, x = np.mgrid[0:1:0.001, 0:1:0.001]
    cover, other = PRINTS[pattern](Cloth(x, y, upright(1000.0, 1000), 1.0))
    assert cover.mean() == pytest.approx(share, abs=0.015)
    assert not other.any()


def test_marks_stay_in_their_frame_and_are_all_different():
    drawings = {}
    for name, mark in MARKS.items():
        outlines = mark()
        points = np.concatenate(outlines)
        assert np.abs(points[:, 0]).max() < 1.3
        assert np.abs(points[:, 1]).max() < 0.9
        canvas = Canvas(View(np.array([[40.0, 0, 60], [0, -40.0, 40]]), 40.0), width=120, height=80)
        for outline in outlines:
            canvas.fill(outline, Paint((255.0, 255.0, 255.0), Finish(), 1.0))
        drawings[name] = canvas.plane(canvas.sheen, COVER)
        assert 0.02 < drawings[name].mean() < 0.4
    for name, drawing in drawings.items():
        assert sum(np.abs(drawing - other).mean() < 0.03 for other in drawings.values()) == 1, name


@pytest.mark.parametrize("name", PALETTE)
def test_dye_lots_stay_near_their_colour(name):
    rng = np.random.default_rng(1)
    lots = np.array([mix(name, rng=rng).rgb for _ in range(20)])
    named = np.array(Colour(name, PALETTE[name]).rgb)
    assert np.abs(lots - named).max() < 40
    assert len(np.unique(lots, axis=0)) > 5


def test_saturation():
    assert saturation(Colour("", "#ff0000")) == 1.0
    assert saturation(Colour("", "#777777")) == 0.0
    assert saturation(Colour("", "#ff8080")) == pytest.approx(127 / 255)
