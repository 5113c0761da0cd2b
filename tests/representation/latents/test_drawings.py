"""Decoded photos as files, and latents as text: what goes in comes out."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lookscape.errors import UsageError
from lookscape.representation.latents.code import MAX_NUMBERS, fits, from_code, to_code
from lookscape.representation.latents.drawings import ENDS, FRAME_MS, GAP, animation, drawing, enlarged, still, strip


@pytest.fixture
def photos() -> np.ndarray:
    """Five photos of one colour each."""
    levels = np.arange(5, dtype=np.uint8)[:, None, None, None] * 50
    return np.broadcast_to(levels, (5, 16, 16, 3)).copy()


def test_a_strip_holds_every_photo_in_order(photos: np.ndarray) -> None:
    drawn = strip(photos)
    assert drawn.shape == (16, 5 * 16 + 4 * GAP, 3)
    for number, photo in enumerate(photos):
        left = number * (16 + GAP)
        assert np.array_equal(drawn[:, left : left + 16], photo)
        assert (drawn[:, left + 16 : left + 16 + GAP] == 255).all()


@pytest.mark.parametrize("kind", [".webp", ".gif"])
def test_an_animation_goes_there_and_back(photos: np.ndarray, kind: str) -> None:
    levels, shown = [], []
    with Image.open(io.BytesIO(animation(photos, kind=kind))) as image:
        assert image.info["loop"] == 0
        for number in range(image.n_frames):
            image.seek(number)
            image.load()
            levels.append(round(float(np.asarray(image.convert("RGB")).mean()) / 50))
            shown.append(image.info["duration"])
    assert levels == [0, 1, 2, 3, 4, 3, 2, 1]
    assert [shown[0], shown[4]] == [ENDS * FRAME_MS] * 2
    assert shown[1] == FRAME_MS


def test_a_file_is_of_the_kind_its_name_says(photos: np.ndarray) -> None:
    for name, kind, frames in (("a.png", "PNG", 1), ("a.gif", "GIF", 8), ("a.WEBP", "WEBP", 8)):
        with Image.open(io.BytesIO(drawing(photos, path=Path(name)))) as image:
            assert (image.format, getattr(image, "n_frames", 1)) == (kind, frames)
    with pytest.raises(UsageError, match=r"must end in \.webp, \.gif"):
        drawing(photos, path=Path("a.jpg"))


def test_enlarging_keeps_what_fits_and_the_mean(photos: np.ndarray) -> None:
    assert enlarged(photos, side=16) is photos
    large = enlarged(photos, side=48)
    assert large.shape == (5, 48, 48, 3)
    assert np.array_equal(large[3], np.full((48, 48, 3), 150, np.uint8))
    assert Image.open(io.BytesIO(still(large[0]))).size == (48, 48)


def test_latents_survive_as_text_to_half_precision() -> None:
    latents = np.random.default_rng(0).standard_normal((7, 64)).astype(np.float32) * 3
    code = to_code(latents)
    assert len(code) == -(-7 * 64 * 2 * 4 // 3)
    assert set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    back = from_code(code, dim=64)
    assert back.dtype == np.float32
    np.testing.assert_allclose(back, latents, rtol=2**-11, atol=1e-7)
    assert to_code(back) == code


def test_numbers_beyond_half_precision_are_clipped_not_infinite() -> None:
    assert from_code(to_code(np.array([[1e9, -1e9]], np.float32)), dim=2).tolist() == [[65504.0, -65504.0]]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "0 numbers"),
        ("AAAA*", "not base64url"),
        ("AAAAA", "not base64url"),
        ("AAAA", "not base64url"),
        (to_code(np.zeros((1, 3), np.float32)), "multiple of 2"),
        ("AHwAAA", "finite"),
        ("A" * 20_000, "a multiple of 2"),
    ],
)
def test_text_that_is_no_latents_is_refused(code: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        from_code(code, dim=2)


def test_too_many_latents_for_an_address() -> None:
    rows = MAX_NUMBERS // 64
    assert fits(np.zeros((rows, 64), np.float32))
    assert not fits(np.zeros((rows + 1, 64), np.float32))
    with pytest.raises(UsageError, match="do not fit"):
        to_code(np.zeros((rows + 1, 64), np.float32))
