"""Colours, tone and texture of drawn blocks; CIEDE2000 against its published test data."""

import numpy as np
import pytest
from _shapes import NAVY, RED, block

from lookscape.catalogue.foreground import to_lab
from lookscape.catalogue.imaging import ImageU8
from lookscape.catalogue.measures import colour, texture, tone
from lookscape.catalogue.measures._ciede2000 import ciede2000
from lookscape.catalogue.measures._palette import PALETTE, colour_names
from lookscape.catalogue.measuring import Subject

# Sharma, Wu and Dalal (2005), table 1, pairs 1, 4, 7, 9, 14, 17, 19, 25, 28, 34.
PUBLISHED = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.4900, -0.0010), (50, -2.4900, 0.0009), 7.1792),
    ((50, -0.0010, 2.4900), (50, 0.0011, -2.4900), 4.7461),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


def rgb(code: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


def halves(first: tuple[int, int, int], second: tuple[int, int, int], *, share: float) -> ImageU8:
    """A block whose left `share` is the first colour."""
    photo = block((200, 100), second)
    photo[70:170, 20 : 20 + round(200 * share)] = first
    return photo


@pytest.mark.parametrize(("first", "second", "published"), PUBLISHED)
def test_ciede2000(first: tuple[float, ...], second: tuple[float, ...], published: float) -> None:
    assert ciede2000(first, second) == pytest.approx(published, abs=6e-5)
    assert ciede2000(second, first) == pytest.approx(published, abs=6e-5)


def test_colours_that_others_have_named_get_the_same_names() -> None:
    # CSS Color Module Level 4 by keyword, and burgundy as Maerz and Paul (1930) have it.
    named = {
        "black": "000000",
        "white": "ffffff",
        "grey": "808080",
        "red": "ff0000",
        "orange": "ffa500",
        "yellow": "ffff00",
        "green": "008000",
        "blue": "0000ff",
        "purple": "800080",
        "pink": "ffc0cb",
        "brown": "8b4513",
        "navy": "000080",
        "beige": "d2b48c",
        "burgundy": "800020",
        "olive": "808000",
        "teal": "008080",
    }
    assert named.keys() == PALETTE.keys()
    pixels = np.array([[rgb(code) for code in named.values()]], np.uint8)
    assert dict(zip(named, colour_names(to_lab(pixels)[0]), strict=True)) == {name: name for name in named}


def test_the_largest_colour_is_the_main_one() -> None:
    found = colour.measure(Subject.of(halves(RED, NAVY, share=0.7)))
    assert (found["colour.main"], found["colour.second"]) == ("red", "navy")
    assert "colour.third" not in found
    assert found["colour.main_share"] == pytest.approx(0.7, abs=0.02)
    assert found["colour.variety"] == pytest.approx(np.exp(-(0.7 * np.log(0.7) + 0.3 * np.log(0.3))), abs=0.03)


def test_a_plain_product_has_one_colour() -> None:
    found = colour.measure(Subject.of(block((200, 100), NAVY)))
    assert found == {
        "colour.main": "navy",
        "colour.main_share": pytest.approx(1.0),
        "colour.variety": pytest.approx(1.0),
    }


def test_shading_does_not_make_a_second_colour() -> None:
    photo = block((200, 100), RED)
    shade = np.linspace(0.75, 1.0, 200)[:, None]
    photo[70:170, 20:220] = (photo[70:170, 20:220] * shade).astype(np.uint8)
    assert colour.measure(Subject.of(photo))["colour.main_share"] > 0.95


@pytest.mark.parametrize("light", [0.92, 1.0, 1.08])
def test_a_little_more_or_less_light_does_not_change_names(light: float) -> None:
    photo = np.clip(halves(RED, (37, 120, 70), share=0.6) * light, 0, 255).astype(np.uint8)
    found = colour.measure(Subject.of(photo))
    assert (found["colour.main"], found["colour.second"]) == ("red", "green")


def test_tone_of_known_colours() -> None:
    found = tone.measure(Subject.of(halves((0, 0, 0), (119, 119, 119), share=0.5)))
    # sRGB 119 is L* 50.03; half of it and half black has mean and deviation of half that.
    assert found["tone.lightness"] == pytest.approx(25.0, abs=0.8)
    assert found["tone.contrast"] == pytest.approx(25.0, abs=0.8)
    assert found["tone.saturation"] == pytest.approx(0.0, abs=0.1)
    red = tone.measure(Subject.of(block((100, 100), (255, 0, 0))))
    # sRGB red is L* 53.24, a* 80.09, b* 67.20.
    assert red["tone.lightness"] == pytest.approx(53.24, abs=0.3)
    assert red["tone.redness"] == pytest.approx(80.09, abs=0.5)
    assert red["tone.warmth"] == pytest.approx(67.20, abs=0.5)
    assert red["tone.saturation"] == pytest.approx(np.hypot(80.09, 67.20), abs=0.7)


def test_texture_tells_plain_from_checked() -> None:
    plain = texture.measure(Subject.of(block((192, 96), NAVY)))
    assert plain == {"texture.roughness": pytest.approx(0.0, abs=1e-3), "texture.edges": 0.0}
    checked = block((192, 96), NAVY)
    part = checked[72:168, 24:216]
    rows, columns = np.indices(part.shape[:2])
    part[(rows // 4 + columns // 4) % 2 == 0] = (240, 240, 240)
    found = texture.measure(Subject.of(checked))
    assert found["texture.roughness"] > 10
    assert found["texture.edges"] > 0.6
