"""Wide primaries and high range by code points, in every container that says them; gain maps are left alone."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from corpus import encoded, heif, psnr, smooth
from lookscape.catalogue import imaging
from lookscape.catalogue.imaging import _hdr
from lookscape.catalogue.imaging._undone import Cicp

PHOTO = smooth()
PQ, HLG, SRGB = 16, 18, 13


def png_with(pixels, *, primaries, transfer, profile=None):
    data = encoded(pixels, "PNG", **({"icc_profile": profile} if profile else {}))
    body = b"cICP" + bytes((primaries, transfer, 0, 1))
    return data[:33] + struct.pack(">I", 4) + body + struct.pack(">I", zlib.crc32(body)) + data[33:]


def pq_level(nits):
    """The inverse of what is tested, from SMPTE ST 2084: 0 to 255."""
    y = (nits / 10_000) ** 0.1593017578125
    return 255 * ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375


def hlg_level(scene):
    return 255 * (np.sqrt(3 * scene) if scene <= 1 / 12 else 0.17883277 * np.log(12 * scene - 0.28466892) + 0.55991073)


def flat(level):
    return np.full((16, 16, 3), round(level), np.uint8)


@pytest.mark.parametrize(("nits", "expected"), [(0, 0), (203 * 0.2140, 128), (203 * 0.5, 188), (203, 255), (1000, 255)])
def test_pq_keeps_lightness_up_to_diffuse_white(nits, expected):
    found = imaging.decode(png_with(flat(pq_level(nits)), primaries=1, transfer=PQ)).pixels
    assert abs(int(found[8, 8, 0]) - expected) <= 4


def test_hlg_has_its_diffuse_white_at_three_quarters():
    found = imaging.decode(png_with(flat(0.75 * 255), primaries=9, transfer=HLG)).pixels[8, 8]
    assert found.min() >= 253
    dark = imaging.decode(png_with(flat(0.5 * 255), primaries=9, transfer=HLG)).pixels[8, 8]
    # 50 % is 1/12 of the scene's light; times its 0.2nd power, 1000 cd/m2, over 203.
    light = (1 / 12) ** 1.2 * 1000 / 203
    assert abs(int(dark[0]) - 255 * (1.055 * light ** (1 / 2.4) - 0.055)) <= 3


def test_wide_primaries_become_srgb():
    grey = imaging.decode(png_with(flat(128), primaries=12, transfer=SRGB)).pixels[8, 8]
    assert grey.tolist() == [128, 128, 128]
    # sRGB's red written in Display P3 is (234, 51, 35), as CSS Color 4 has it: color(display-p3 0.9175 0.2003 0.1386).
    red = np.tile(np.array([234, 51, 35], np.uint8), (16, 16, 1))
    found = imaging.decode(png_with(red, primaries=12, transfer=SRGB)).pixels[8, 8]
    assert np.abs(found.astype(int) - [255, 0, 0]).max() <= 3


def test_code_points_outrank_the_profile_of_a_png():
    from test_imaging_formats import swapped_profile

    data = png_with(PHOTO, primaries=1, transfer=SRGB, profile=swapped_profile())
    np.testing.assert_array_equal(imaging.decode(data).pixels, PHOTO)


@pytest.mark.parametrize("transfer", [0, 1, 2, 6, 13, 14, 15, 200])
@pytest.mark.parametrize("primaries", [0, 1, 2, 6, 200])
def test_what_is_ordinary_or_unknown_is_taken_as_it_is(primaries, transfer):
    assert _hdr.is_srgb(Cicp(primaries=primaries, transfer=transfer))


@pytest.mark.parametrize("container", ["HEIF", "AVIF"])
def test_code_points_of_heif_and_avif(container):
    level = pq_level(203 * 0.2140)
    if container == "HEIF":
        image = Image.fromarray(flat(level))
        data = heif(image, chroma=444, color_primaries=9, transfer_characteristics=PQ, matrix_coefficients=9)
    else:
        data = encoded(flat(level), "AVIF", quality=100, subsampling="4:4:4")
        at = data.index(b"nclx")
        data = data[: at + 4] + b"\0\x09\0\x10" + data[at + 8 :]
    found = imaging.decode(data).pixels[8, 8]
    assert np.abs(found.astype(int) - 128).max() <= 6


def test_a_gain_map_is_no_photo_and_changes_none():
    gain = Image.fromarray(PHOTO[::2, ::2, 0].copy())
    data = encoded(Image.fromarray(PHOTO), "MPO", save_all=True, append_images=[gain], quality=95)
    photo = imaging.decode(data)
    assert (photo.width, photo.height, photo.format) == (96, 64, "JPEG")
    assert psnr(photo.pixels, PHOTO) > 38
