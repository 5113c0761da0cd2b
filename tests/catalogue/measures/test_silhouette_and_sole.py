"""Heights and thicknesses of a drawn shoe are those it was drawn with."""

import numpy as np
import pytest
from _shapes import BLACK, COLLAR, LENGTH, RED, SOLE, TOE, WHITE, shoe

from lookscape.catalogue.measures import silhouette, sole
from lookscape.catalogue.measuring import Subject

CREAM = (237, 228, 204)


def test_heights() -> None:
    found = silhouette.measure(Subject.of(shoe()))
    assert found["shape.height_to_width"] == pytest.approx(COLLAR, abs=0.015)
    assert found["shape.ankle_height"] == pytest.approx(COLLAR, abs=0.015)
    assert found["shape.heel_height"] == pytest.approx(COLLAR, abs=0.015)
    assert found["shape.toe_height"] == pytest.approx(TOE, abs=0.015)


def test_the_sole_is_as_thick_as_drawn() -> None:
    found = sole.measure(Subject.of(shoe()))
    assert found["sole.thickness"] == pytest.approx(SOLE, abs=0.012)
    assert found["sole.heel_thickness"] == pytest.approx(SOLE, abs=0.012)


@pytest.mark.parametrize("thickness", [0.06, 0.10, 0.14])
def test_the_collar_is_as_high_above_the_sole_as_drawn(thickness: float) -> None:
    # A thicker sole under the same shaft lifts the rim above the ground and leaves the collar as it is.
    photo = shoe(heights=(0.35 + thickness, 0.10 + thickness, thickness))
    assert sole.measure(Subject.of(photo))["shape.collar_height"] == pytest.approx(0.35, abs=0.02)


def test_a_dark_outsole_does_not_darken_the_sole() -> None:
    photo = shoe(sole=CREAM)
    rows = np.flatnonzero((photo != 255).any(axis=(1, 2)))
    outsole = photo[rows[-1] - round(0.03 * LENGTH) + 1 : rows[-1] + 1]
    outsole[(outsole != 255).any(axis=2)] = BLACK
    assert sole.measure(Subject.of(photo))["sole.lightness"] == pytest.approx(90.7, abs=1.5)


@pytest.mark.parametrize(("colour", "lightness"), [(BLACK, 10.3), (RED, 41.8), (CREAM, 90.7), (WHITE, 100.0)])
def test_the_sole_is_as_light_as_drawn(colour: tuple[int, int, int], lightness: float) -> None:
    # Lightness from the definition of CIELAB (CIE 15:2004), worked out apart from the code. On grey: white must show.
    found = sole.measure(Subject.of(shoe(sole=colour, ground=(128, 128, 128))))
    assert found["sole.lightness"] == pytest.approx(lightness, abs=1.0)


def test_contrast_falls_as_sole_and_upper_become_alike() -> None:
    strong = sole.measure(Subject.of(shoe(upper=BLACK, sole=CREAM)))["sole.contrast"]
    weak = sole.measure(Subject.of(shoe(upper=(110, 110, 110), sole=(130, 130, 130))))["sole.contrast"]
    assert isinstance(strong, float)
    assert isinstance(weak, float)
    assert strong > 5 * weak > 0


def test_no_sole_is_made_up_where_upper_and_sole_are_one() -> None:
    assert sole.measure(Subject.of(shoe(upper=BLACK, sole=BLACK))) == {}


def test_the_upper_edge_of_a_low_shoe_is_not_its_sole() -> None:
    slipper = shoe(upper=(110, 20, 20), sole=(70, 20, 20), heights=(0.30, 0.14, 0.06))
    assert sole.measure(Subject.of(slipper))["sole.thickness"] == pytest.approx(0.06, abs=0.012)
