"""The subject is cut out right whatever it stands on, and what does not look like a shoe gets no shoe's measures."""

import cv2
import numpy as np
import pytest
from _shapes import LENGTH, NAVY, RED, block, shoe
from numpy.typing import NDArray

from lookscape.catalogue.foreground import find_foreground, to_lab
from lookscape.catalogue.imaging import ImageU8
from lookscape.catalogue.measuring import EXTENT, Measurement, Subject, measure


def values(photo: ImageU8) -> dict[str, float]:
    return {item.name: item.value for item in measure(photo) if not isinstance(item.value, str)}


def names(photo: ImageU8) -> dict[str, str]:
    return {item.name: item.value for item in measure(photo) if isinstance(item.value, str)}


def overlap(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float((found & true).sum() / (found | true).sum())


@pytest.mark.parametrize("ground", [(255, 255, 255), (243, 245, 248), (128, 128, 128), (20, 60, 40)])
def test_the_foreground_is_what_was_drawn(ground: tuple[int, int, int]) -> None:
    photo = shoe(ground=ground)
    found = find_foreground(photo, to_lab(photo))
    assert overlap(found.mask, (photo != ground).any(axis=-1)) > 0.98
    assert found.confidence == 1.0


def test_white_leather_inside_an_outline_is_filled_and_the_handle_of_a_bag_is_not() -> None:
    white = block((120, 80), NAVY)
    white[90:110, 70:80] = 255
    assert find_foreground(white, to_lab(white)).mask[90:110, 70:80].all()
    bag = block((160, 160), RED)
    bag[60:120, 60:180] = 255
    assert not find_foreground(bag, to_lab(bag)).mask[70:110, 70:170].any()


def test_a_contact_shadow_is_not_the_product() -> None:
    photo = shoe(sole=(240, 238, 230))
    true = (photo != 255).any(axis=-1)
    floor = int(np.flatnonzero(true.any(axis=1))[-1]) + 1
    for depth, level in enumerate((180, 200, 220, 235, 245)):
        photo[floor + depth, 30:210] = level
    assert find_foreground(photo, to_lab(photo)).mask[floor + 1 :].sum() < 20


def test_a_busy_background_is_not_trusted() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (96, 96, 3), dtype=np.uint8)
    assert find_foreground(noise, to_lab(noise)).confidence <= 0.1
    assert all(item.confidence <= 0.1 for item in measure(noise))


def test_the_largest_piece_is_the_product() -> None:
    photo = block((120, 80), NAVY)
    photo[5:15, 5:15] = RED
    assert not find_foreground(photo, to_lab(photo)).mask[:20, :20].any()


def test_the_subject_is_as_large_as_it_should_be() -> None:
    for width, height in ((100, 50), (30, 90), (64, 64)):
        subject = Subject.of(block((width, height), NAVY))
        ratio = subject.mask.shape[1] / subject.mask.shape[0]
        assert max(subject.mask.shape) == EXTENT
        assert ratio == pytest.approx(width / height, rel=0.05)
        assert subject.mask.mean() > 0.97


def test_a_mirrored_shoe_has_the_same_measures_but_faces_the_other_way() -> None:
    photo = shoe()
    mirrored = np.ascontiguousarray(photo[:, ::-1])
    assert (Subject.of(photo).facing, Subject.of(mirrored).facing) == ("right", "left")
    straight, turned = values(photo), values(mirrored)
    assert straight.keys() == turned.keys()
    for name, value in straight.items():
        assert turned[name] == pytest.approx(value, abs=0.02 + 0.02 * abs(value)), name
    assert names(photo) == names(mirrored)


@pytest.mark.parametrize(
    "photo",
    [
        shoe(scale=1.8),
        shoe(scale=0.7),
        shoe(margin=70),
        np.pad(shoe(), ((30, 0), (0, 60), (0, 0)), constant_values=255),
    ],
    ids=["larger", "smaller", "more margin", "padded on two sides"],
)
def test_scale_and_padding_do_not_matter(photo: ImageU8) -> None:
    usual, other = values(shoe()), values(photo)
    assert usual.keys() == other.keys()
    for name, value in usual.items():
        assert other[name] == pytest.approx(
            value, abs=0.35 if name.startswith("texture") else 0.03 + 0.04 * abs(value)
        ), name


def test_a_slight_tilt_does_not_matter() -> None:
    photo = shoe(margin=40)
    side = len(photo)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), 3.0, 1.0)
    tilted = cv2.warpAffine(photo, turn, (side, side), borderValue=(255, 255, 255))
    usual, other = values(photo), values(np.asarray(tilted, np.uint8))
    for name in ("shape.height_to_width", "shape.ankle_height", "shape.toe_height"):
        assert other[name] == pytest.approx(usual[name], abs=0.035), name


@pytest.mark.parametrize("size", [(200, 60), (120, 120), (60, 200), (160, 110)], ids=["wallet", "bag", "dress", "box"])
def test_what_is_no_shoe_has_colours_but_no_shape(size: tuple[int, int]) -> None:
    found = measure(block(size, RED))
    assert not any(item.name.startswith(("shape.", "sole.")) for item in found)
    assert names(block(size, RED))["colour.main"] == "red"
    assert all(item.confidence == 1.0 for item in found)


def test_a_shoe_has_them_all() -> None:
    assert Subject.of(shoe()).footwear == 1.0
    assert {"shape.toe_height", "sole.thickness", "tone.lightness", "texture.edges"} <= values(shoe()).keys()


def test_a_value_is_stored_with_three_decimals() -> None:
    assert Measurement(name="a", value=1 / 3, confidence=1.0).text == "0.333"
    assert Measurement(name="a", value="navy", confidence=1.0).text == "navy"


def test_the_ground_line_is_below_everything() -> None:
    outline = Subject.of(shoe()).outline
    assert outline.bottom.min() > -1.5 / LENGTH
    assert len(outline.top) == len(outline.bottom) == len(outline.ground)
