"""The background a photo is padded with."""

import numpy as np
import pytest

from corpus import smooth
from lookscape.catalogue.imaging import background_colour
from lookscape.catalogue.imaging._square import pad_to_square


def studio(colour, *, noise=3):
    rng = np.random.default_rng(0)
    pixels = np.clip(np.array(colour) + rng.integers(-noise, noise + 1, (60, 80, 3)), 0, 255).astype(np.uint8)
    pixels[15:45, 10:70] = (20, 40, 60)
    return pixels


@pytest.mark.parametrize("colour", [(250, 250, 250), (10, 10, 10), (200, 60, 90)])
def test_a_studio_ground(colour):
    assert np.abs(np.subtract(background_colour(studio(colour)), colour)).max() <= 1


def test_a_product_that_touches_the_border_does_not_count():
    pixels = studio((245, 240, 235))
    pixels[20:40, :] = (20, 40, 60)
    assert np.abs(np.subtract(background_colour(pixels), (245, 240, 235))).max() <= 1


def test_where_the_border_disagrees_it_is_a_colour_of_the_photo():
    pixels = np.zeros((60, 60, 3), np.uint8)
    pixels[:, :20], pixels[:, 20:40], pixels[:, 40:] = (250, 0, 0), (0, 250, 0), (0, 0, 250)
    assert background_colour(pixels) in {(250, 0, 0), (0, 250, 0), (0, 0, 250)}


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 2), (64, 96)])
def test_padding_keeps_every_pixel_in_the_middle(size):
    pixels = smooth(*size)
    square = pad_to_square(pixels)
    side = max(size)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    assert square.shape == (side, side, 3)
    np.testing.assert_array_equal(square[top : top + size[1], left : left + size[0]], pixels)
    if size == (64, 96):
        outside = np.delete(square, np.s_[left : left + 64], axis=1)
        assert len(np.unique(outside.reshape(-1, 3), axis=0)) == 1
