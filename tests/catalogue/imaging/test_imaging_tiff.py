"""Which page of a TIFF is the photo, and every kind of its pixels in true colours or refused in true words."""

import io

import numpy as np
import pytest
import tifffile

from corpus import encoded, psnr, smooth, tiff
from lookscape.catalogue import imaging
from lookscape.errors import PhotoError, TooLargeError

PHOTO = smooth()
GREY = PHOTO[..., 0]


def deep(pixels, dtype=np.uint16, top=65535):
    return (pixels.astype(np.float64) / 255 * top).round(9 if np.issubdtype(dtype, np.floating) else 0).astype(dtype)


def grey_as_rgb(pixels):
    return np.repeat(pixels[..., None], 3, axis=2)


@pytest.mark.parametrize("compression", [None, "lzw", "zlib", "packbits", "zstd"])
@pytest.mark.parametrize("planarconfig", ["contig", "separate"])
@pytest.mark.parametrize("depth", [8, 16, "float"])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_rgb_of_any_depth_arrangement_and_packing(depth, planarconfig, compression, byteorder):
    pixels = {8: PHOTO, 16: deep(PHOTO), "float": deep(PHOTO, np.float32, 1.0)}[depth]
    data = tiff(pixels, photometric="rgb", planarconfig=planarconfig, compression=compression, byteorder=byteorder)
    photo = imaging.decode(data)
    assert (photo.width, photo.height, photo.format) == (96, 64, "TIFF")
    assert np.abs(photo.pixels.astype(int) - PHOTO).max() <= 1


@pytest.mark.parametrize("options", [{"predictor": True, "compression": "lzw"}, {"tile": (32, 32)}, {"bigtiff": True}])
def test_planes_with_predictor_tiles_and_in_a_big_tiff(options):
    data = tiff(deep(PHOTO), photometric="rgb", planarconfig="separate", **options)
    assert np.abs(imaging.decode(data).pixels.astype(int) - PHOTO).max() <= 1


@pytest.mark.parametrize(
    ("pixels", "options"),
    [
        (deep(GREY), {"photometric": "minisblack"}),
        (deep(255 - GREY), {"photometric": "miniswhite"}),
        (255 - GREY, {"photometric": "miniswhite"}),
        (deep(GREY, np.float16, 1.0), {"photometric": "minisblack"}),
        (deep(GREY, np.float64, 1.0), {"photometric": "minisblack"}),
        (deep(GREY, np.uint32, 2**32 - 1), {"photometric": "minisblack"}),
        (deep(GREY, np.int16, 32767), {"photometric": "minisblack"}),
        (deep(GREY, np.int8, 127), {"photometric": "minisblack"}),
        (
            np.dstack([GREY, np.full_like(GREY, 255)]),
            {"photometric": "minisblack", "extrasamples": [2], "planarconfig": "separate"},
        ),
        (deep(np.dstack([GREY, np.full_like(GREY, 255)])), {"photometric": "minisblack", "extrasamples": [2]}),
    ],
)
def test_greys(pixels, options):
    found = imaging.decode(tiff(pixels, **options)).pixels
    assert np.abs(found.astype(int) - grey_as_rgb(GREY)).max() <= (2 if pixels.dtype == np.int8 else 1)


INKS = np.zeros((40, 60, 4), np.uint8)
INKS[:20, :30], INKS[:20, 30:], INKS[20:, :30] = (255, 0, 0, 0), (0, 255, 255, 0), (0, 0, 0, 255)


@pytest.mark.parametrize("planarconfig", ["contig", "separate"])
@pytest.mark.parametrize("depth", [8, 16])
def test_inks(depth, planarconfig):
    data = tiff(INKS if depth == 8 else deep(INKS), photometric="separated", planarconfig=planarconfig)
    found = imaging.decode(data).pixels[[10, 10, 30, 30], [10, 50, 10, 50]]
    assert found.tolist() == [[0, 255, 255], [255, 0, 0], [0, 0, 0], [255, 255, 255]]


def test_inks_with_transparency_are_put_on_paper():
    opaque = np.full((40, 60, 1), 255, np.uint8)
    opaque[:, :30] = 0
    data = tiff(np.dstack([INKS, opaque]), photometric="separated", extrasamples=[2])
    found = imaging.decode(data).pixels
    assert (found[:, :30] == 255).all()
    assert found[10, 50].tolist() == [255, 0, 0]


@pytest.mark.parametrize("kind", [1, 2])
def test_transparency_of_deep_colours(kind):
    opaque = np.tile(np.linspace(0, 255, 96).round().astype(np.uint8), (64, 1))[..., None]
    expected = PHOTO * (opaque / 255) + 255 - opaque
    stored = PHOTO * (opaque / 255) if kind == 1 else PHOTO
    data = tiff(deep(np.dstack([stored, opaque]), np.float32, 1.0), photometric="rgb", extrasamples=[kind])
    assert np.abs(imaging.decode(data).pixels - expected).max() <= 2


@pytest.mark.parametrize(
    ("pixels", "options", "words"),
    [
        (deep(PHOTO), {"photometric": "cielab"}, "CIELAB TIFF of 3 x 16 bits"),
        (deep(PHOTO, np.float32, 1.0), {"photometric": "cielab"}, "floating point CIELAB"),
        (PHOTO, {"photometric": "icclab"}, "an ICCLAB TIFF"),
        (PHOTO, {"photometric": "rgb", "compression": "webp"}, "an RGB TIFF of 3 x 8 bits packed as WEBP"),
        (deep(PHOTO), {"photometric": "rgb", "compression": "jpeg2000"}, "packed as JPEG2000"),
    ],
)
def test_what_cannot_be_read_is_named(pixels, options, words):
    with pytest.raises(PhotoError, match=words):
        imaging.decode(tiff(pixels, **options))


def pages(*shown, order="<", **first):
    """Each an array with options; the first has those after it below itself when `subifds` says so."""
    out = io.BytesIO()
    with tifffile.TiffWriter(out, byteorder=order, bigtiff=first.pop("bigtiff", False)) as file:
        for pixels, options in shown:
            file.write(pixels, photometric="rgb", metadata=None, **options)
    return out.getvalue()


SMALL = np.ascontiguousarray(255 - PHOTO[::4, ::4])


@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("first", [{"subfiletype": 1}, {"subfiletype": 1, "subifds": 1}, {"subifds": 1}, {}])
@pytest.mark.parametrize("depth", [8, 16])
def test_of_several_pages_the_largest(first, order, bigtiff, depth):
    large = PHOTO if depth == 8 else deep(PHOTO)
    data = pages((SMALL, first), (large, {"compression": "zlib"}), order=order, bigtiff=bigtiff)
    photo = imaging.decode(data)
    assert (photo.width, photo.height) == (96, 64)
    np.testing.assert_array_equal(photo.pixels, PHOTO)


def test_of_equal_pages_the_first_and_never_a_mask():
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as file:
        file.write(np.ones((256, 384), bool), photometric="mask", subfiletype=4, metadata=None)
        file.write(PHOTO, photometric="rgb", metadata=None)
        file.write(255 - PHOTO, photometric="rgb", metadata=None)
    np.testing.assert_array_equal(imaging.decode(out.getvalue()).pixels, PHOTO)


def test_the_first_page_speaks_for_the_photo_below_it():
    turned = np.ascontiguousarray(np.rot90(PHOTO))
    for depth in (turned, deep(turned)):
        for options in ({}, {"planarconfig": "separate"}):
            pixels = np.ascontiguousarray(np.moveaxis(depth, -1, 0)) if options else depth
            out = io.BytesIO()
            with tifffile.TiffWriter(out) as file:
                file.write(SMALL, photometric="rgb", subifds=1, metadata=None, extratags=[(274, 3, 1, 6, True)])
                file.write(pixels, photometric="rgb", metadata=None, **options)
            photo = imaging.decode(out.getvalue())
            assert (photo.width, photo.height) == (96, 64)
            np.testing.assert_array_equal(photo.pixels, PHOTO)


def test_large_planes_shrink_in_bands():
    large = np.kron(deep(PHOTO), np.ones((20, 20, 1), np.uint16))
    standard = imaging.standardise(tiff(large, photometric="rgb", planarconfig="separate"), max_side=96)
    assert (standard.width, standard.height) == (1920, 1280)
    assert psnr(standard.pixels[16:80], PHOTO) > 45


def test_planes_that_take_too_much_memory_are_refused(monkeypatch):
    monkeypatch.setattr(imaging._tiff, "MAX_MEMORY", 10_000)
    with pytest.raises(TooLargeError, match="96 x 64 pixels of 3 x 16 bits"):
        imaging.decode(tiff(deep(PHOTO), photometric="rgb", planarconfig="separate"))


def test_tiles_far_larger_than_the_picture_are_refused():
    data = bytearray(tiff(deep(PHOTO), photometric="rgb", planarconfig="separate", tile=(32, 32)))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        for code in (322, 323):
            tag = file.pages[0].tags[code]
            data[tag.valueoffset : tag.valueoffset + 4] = (1 << 20).to_bytes(4, "little")
    with pytest.raises(TooLargeError):
        imaging.decode(bytes(data))


def test_a_planar_file_that_is_cut_is_refused():
    data = tiff(deep(PHOTO), photometric="rgb", planarconfig="separate", compression="zlib")
    assert imaging.decode(data).width == 96
    offset = 8
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        offset = max(file.pages[0].dataoffsets) + 10
    with pytest.raises(PhotoError):
        imaging.decode(data[:offset])


@pytest.mark.parametrize("first", [{"subfiletype": 1}, {"subfiletype": 1, "subifds": 1}, {"subifds": 1}])
def test_of_a_file_that_is_cut_no_thumbnail_is_taken(first):
    data = pages((SMALL, first), (PHOTO, {}))
    with pytest.raises(PhotoError, match="truncated"):
        imaging.decode(data[: len(data) // 3])


def test_a_plain_tiff_is_read_as_before():
    np.testing.assert_array_equal(imaging.decode(encoded(PHOTO, "TIFF")).pixels, PHOTO)
