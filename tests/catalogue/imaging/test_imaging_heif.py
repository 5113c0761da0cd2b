"""HEIF as phones write it: tiles, turns and crops in the container, and pictures in it that are no photo."""

import struct

import numpy as np
import pytest
from PIL import Image

from corpus import psnr, smooth
from heif_parts import coded, extent, grid, heic
from lookscape.catalogue import imaging

PHOTO = smooth(640, 480)
LYING = np.ascontiguousarray(np.rot90(PHOTO))
TURN = (b"irot", b"\3", True)


def tiles(pixels):
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    parts = [pixels[:height, :width], pixels[:height, width:], pixels[height:, :width], pixels[height:, width:]]
    return [coded(np.ascontiguousarray(part), number, hidden=True) for number, part in enumerate(parts, start=1)]


def exif(orientation):
    record = Image.Exif()
    record[0x0112] = orientation
    data = bytes(4) + record.tobytes().removeprefix(b"Exif\0\0")
    return {"id": 20, "type": b"Exif", "data": data, "hidden": True, "properties": []}


CROP = (b"clap", struct.pack(">IIIIiIiI", 600, 1, 440, 1, 0, 1, 0, 1), True)
TILES = [(b"dimg", 9, [1, 2, 3, 4])]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (heic([*tiles(PHOTO), grid(9, 640, 480)], TILES, primary=9), PHOTO),
        (heic([*tiles(PHOTO), grid(9, 600, 440)], TILES, primary=9), PHOTO[:440, :600]),
        (heic([*tiles(LYING), grid(9, 480, 640, properties=[TURN])], TILES, primary=9), PHOTO),
        (heic([coded(LYING, 1, properties=[TURN])]), PHOTO),
        (heic([coded(LYING, 1, properties=[TURN]), exif(6)], [(b"cdsc", 20, [1])]), PHOTO),
        (heic([coded(PHOTO[:, ::-1].copy(), 1, properties=[(b"imir", b"\1", True)])]), PHOTO),
        (heic([coded(PHOTO, 1, properties=[CROP])]), PHOTO[20:460, 20:620]),
    ],
    ids=["tiles", "tiles and a crop", "tiles and a turn", "turn", "turn that EXIF repeats", "mirror", "crop"],
)
def test_the_container_says_how_the_photo_is_shown(data, expected):
    photo = imaging.decode(data)
    assert photo.pixels.shape == expected.shape
    assert (photo.width, photo.height, photo.format) == (expected.shape[1], expected.shape[0], "HEIF")
    assert psnr(photo.pixels, expected) > 35


def other(kind):
    about = (b"auxC", bytes(4) + kind + b"\0", False)
    return coded(255 - PHOTO[::2, ::2], 2, hidden=True, properties=[about])


TONE_MAP = {"id": 7, "type": b"tmap", "data": bytes(62), "properties": [extent(640, 480)]}


@pytest.mark.parametrize(
    "data",
    [
        heic([coded(PHOTO, 1), other(b"urn:com:apple:photo:2020:aux:hdrgainmap")], [(b"auxl", 2, [1])]),
        heic([coded(PHOTO, 1), other(b"urn:mpeg:hevc:2015:auxid:2")], [(b"auxl", 2, [1])]),
        heic([coded(PHOTO, 1), other(b"urn:iso:gain"), TONE_MAP], [(b"dimg", 7, [1, 2])]),
        heic([coded(255 - PHOTO[::4, ::4], 1, hidden=True), coded(PHOTO, 2)], [(b"thmb", 1, [2])], primary=2),
    ],
    ids=["gain map", "depth", "gain map of ISO 21496", "thumbnail first"],
)
def test_other_pictures_in_it_are_left_alone(data):
    assert psnr(imaging.decode(data).pixels, PHOTO) > 35


def test_an_auxiliary_opacity_is_heeded():
    opaque = np.zeros((480, 640), np.uint8)
    opaque[:, :320] = 255
    mask = coded(opaque, 2, hidden=True, properties=[(b"auxC", bytes(4) + b"urn:mpeg:hevc:2015:auxid:1\0", False)])
    pixels = imaging.decode(heic([coded(PHOTO, 1), mask], [(b"auxl", 2, [1])])).pixels
    assert psnr(pixels[:, :300], PHOTO[:, :300]) > 35
    assert pixels[:, 340:].min() > 250
