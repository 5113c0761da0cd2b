"""The lightness of two places of the upper."""

import cv2
import numpy as np
import pytest
from _shapes import BLACK, RED, shoe

from lookscape.catalogue.foreground import to_lab
from lookscape.catalogue.measures import zones
from lookscape.catalogue.measuring import Subject


def lightness(colour: tuple[int, int, int]) -> float:
    return float(to_lab(np.array([[colour]], np.uint8))[0, 0, 0])


@pytest.mark.parametrize("scale", [0.6, 1.0])
def test_an_upper_of_one_colour_is_that_light_everywhere(scale: float) -> None:
    found = zones.measure(Subject.of(shoe(scale=scale, upper=BLACK)))
    assert found["side.lightness"] == pytest.approx(lightness(BLACK), abs=2)
    assert found["heel.lightness"] == pytest.approx(lightness(BLACK), abs=2)


def test_a_heel_of_another_colour_is_told_from_the_side() -> None:
    photo = shoe(upper=RED)
    mask = (photo == RED).all(axis=-1)
    left = int(np.flatnonzero(mask.any(axis=0))[0])
    photo[:, left : left + 50][mask[:, left : left + 50]] = BLACK
    found = zones.measure(Subject.of(photo))
    assert found["heel.lightness"] == pytest.approx(lightness(BLACK), abs=3)
    assert found["side.lightness"] == pytest.approx(lightness(RED), abs=3)
    mirrored = zones.measure(Subject.of(np.ascontiguousarray(cv2.flip(photo, 1))))
    assert mirrored == pytest.approx(found, abs=1)


def test_a_sandal_without_a_heel_gets_no_heel() -> None:
    assert "heel.lightness" not in zones.measure(Subject.of(shoe(heights=(0.17, 0.16, 0.10))))
