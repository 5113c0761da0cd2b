import numpy as np
import pytest

from lookscape.catalogue.imaging import encode_jpeg
from lookscape.errors import PhotoError
from lookscape.representation.inference.samples import pictures
from lookscape.representation.spaces.preprocess import decode, square


def test_a_square_of_the_right_size_is_taken_as_it_is() -> None:
    photo = pictures(1, side=64)[0]
    assert square(photo, side=64) is photo


@pytest.mark.parametrize(("height", "width"), [(30, 60), (60, 30), (300, 100)])
def test_a_photo_is_centred_unbent_on_its_own_background(height: int, width: int) -> None:
    photo = np.full((height, width, 3), (200, 210, 220), np.uint8)
    photo[height // 4 : -(height // 4), width // 4 : -(width // 4)] = (10, 20, 30)
    result = square(photo, side=96)
    assert result.shape == (96, 96, 3)
    assert result[0, 0].tolist() == result[-1, -1].tolist() == [200, 210, 220]
    dark = np.argwhere(result[:, :, 0] < 100)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0)
    np.testing.assert_allclose((bottom - top + 1) / (right - left + 1), height / width, rtol=0.15)
    np.testing.assert_allclose([top + bottom, left + right], [95, 95], atol=2)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 500), (500, 1)])
def test_the_thinnest_photos_are_squared_too(height: int, width: int) -> None:
    assert (square(np.full((height, width, 3), 7, np.uint8), side=96) == 7).all()


def test_shrinking_averages_areas() -> None:
    board = np.indices((128, 128)).sum(axis=0) % 2 * 255
    result = square(np.repeat(board[:, :, None], 3, axis=2).astype(np.uint8), side=32)
    assert abs(result.astype(int) - 127).max() <= 1


@pytest.mark.parametrize(
    ("size", "expected"), [(100, 100), (191, 191), (192, 96), (400, 100), (768, 96), (96, 96), (50, 50)]
)
def test_large_photos_are_decoded_smaller_but_never_below_the_side(size: int, expected: int) -> None:
    photo = pictures(1, side=size)[0]
    decoded = decode(encode_jpeg(photo), side=96)
    assert decoded.shape == (expected, expected, 3)
    difference = square(decoded, side=96).astype(int) - square(photo, side=96)
    assert abs(difference).mean() < 3


def test_red_stays_red() -> None:
    red = np.full((16, 16, 3), (250, 10, 20), np.uint8)
    for side in (16, 8):
        np.testing.assert_allclose(decode(encode_jpeg(red), side=side)[0, 0], [250, 10, 20], atol=6)


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"not a photo"])
def test_damage_is_a_photo_error(content: bytes) -> None:
    with pytest.raises(PhotoError, match="damaged"):
        decode(content, side=96)
