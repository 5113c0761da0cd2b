"""HEIF and JPEG XL, large files in bounded memory, and PNG with much beside its pixels."""

import io
import resource
import subprocess
import sys
import zlib

import imagecodecs
import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from corpus import damage, encoded, heif, psnr, smooth
from lookscape.catalogue import imaging
from lookscape.errors import PhotoError, TooLargeError

PHOTO = smooth()
TURNED = np.ascontiguousarray(np.rot90(PHOTO))


def exif(orientation):
    record = Image.Exif()
    record[0x0112] = orientation
    return record.tobytes()


def swapped_profile():
    """sRGB with red and green exchanged: whoever heeds it exchanges them again."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    at = {bytes(profile[place : place + 4]): place for place in range(132, 132 + 12 * count, 12)}
    red, green = (int.from_bytes(profile[at[name] + 4 : at[name] + 8], "big") for name in (b"rXYZ", b"gXYZ"))
    profile[red : red + 20], profile[green : green + 20] = profile[green : green + 20], profile[red : red + 20]
    return bytes(profile)


SWAPPED = np.ascontiguousarray(PHOTO[..., [1, 0, 2]])


def test_heif_and_jpeg_xl_give_the_same_photo():
    for data, name in (
        (heif(PHOTO), "HEIF"),
        (heif(PHOTO, chroma=444), "HEIF"),
        (encoded(PHOTO, "JXL", lossless=True), "JXL"),
        (encoded(PHOTO, "JXL", quality=95), "JXL"),
        (encoded(PHOTO, "JXL", quality=95, use_container=True), "JXL"),
    ):
        photo = imaging.decode(data)
        assert (photo.width, photo.height, photo.format) == (96, 64, name)
        assert psnr(photo.pixels, PHOTO) > 33
        standard = imaging.standardise(data, max_side=24)
        assert (standard.width, standard.height, standard.pixels.shape) == (96, 64, (24, 24, 3))


@pytest.mark.parametrize("photo_format", ["HEIF", "JXL"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_they_come_out_upright(photo_format, orientation):
    """pillow-heif writes the turn into the container, pillow-jxl-plugin leaves it to EXIF."""
    backwards = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}[orientation]
    stored = imaging._square.upright(PHOTO, orientation=backwards)
    image = Image.fromarray(stored)
    if photo_format == "HEIF":
        data = heif(image, exif=exif(orientation), chroma=444)
    else:
        data = encoded(image, "JXL", exif=exif(orientation), lossless=True)
    photo = imaging.decode(data)
    assert (photo.width, photo.height) == (96, 64)
    assert psnr(photo.pixels, PHOTO) > 33


@pytest.mark.parametrize("photo_format", ["HEIF", "JXL", "JXL lossy"])
def test_their_profile_is_heeded(photo_format):
    image = Image.fromarray(SWAPPED)
    if photo_format == "HEIF":
        data = heif(image, icc_profile=swapped_profile(), chroma=444)
        assert psnr(imaging.decode(data).pixels, PHOTO) > 33
    else:
        # The plugin writes no profile: what its own says of sRGB changes nothing.
        data = encoded(image, "JXL", lossless=photo_format == "JXL", quality=95)
        assert psnr(imaging.decode(data).pixels, SWAPPED) > 33


def test_transparency_is_put_on_white():
    clear = np.dstack([PHOTO, np.full(PHOTO.shape[:2], 255, np.uint8)])
    clear[:, :48, 3] = 0
    for data in (heif(Image.fromarray(clear), chroma=444), encoded(clear, "JXL", lossless=True)):
        pixels = imaging.decode(data).pixels
        assert pixels[:, :40].min() > 250
        assert psnr(pixels[:, 56:], PHOTO[:, 56:]) > 30


def test_of_several_heif_pictures_the_primary_and_no_thumbnail():
    other = Image.fromarray(255 - smooth(192, 128))
    data = heif(PHOTO, other, primary_index=0)
    assert psnr(imaging.decode(data).pixels, PHOTO) > 33
    data = heif(other, PHOTO, primary_index=1)
    assert psnr(imaging.decode(data).pixels, PHOTO) > 33
    file = pillow_heif.from_pillow(Image.fromarray(smooth(300, 200)))
    file[0].info["thumbnails"] = [64]
    out = io.BytesIO()
    file.save(out, quality=95)
    assert imaging.decode(out.getvalue()).width == 300


def test_a_jpeg_inside_jpeg_xl_is_that_jpeg(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(encoded(TURNED, "JPEG", quality=95, exif=exif(6)))
    with Image.open(path) as image, pytest.warns(UserWarning, match="reconstruction"):
        data = encoded(image, "JXL")
    photo = imaging.decode(data)
    assert (photo.width, photo.height, photo.format) == (96, 64, "JXL")
    assert psnr(photo.pixels, PHOTO) > 38


def test_jpeg_xl_sizes_are_read_before_anything_is_decoded():
    for width, height in ((1, 1), (8, 8), (256, 256), (300, 200), (400, 300), (1920, 1080), (7, 3000), (600, 500)):
        data = encoded(Image.new("RGB", (width, height), "white"), "JXL", effort=1)
        head = imaging._reader._jxl.header(data)
        assert (head.width, head.height, head.orientation) == (width, height, 1)


@pytest.mark.parametrize("photo_format", ["HEIF", "JXL"])
def test_limits_hold_before_decoding(photo_format, monkeypatch):
    data = heif(PHOTO) if photo_format == "HEIF" else encoded(PHOTO, "JXL")
    monkeypatch.setitem(imaging._header.BYTES_PER_PIXEL, photo_format, 500_000_000 / 6000)
    with pytest.raises(TooLargeError, match=f"96 x 64 pixels .* for {photo_format}"):
        imaging.decode(data)


def test_without_the_libraries_one_sentence_says_so(monkeypatch):
    for name, data in (("pillow_heif", heif(PHOTO)), ("pillow_jxl", encoded(PHOTO, "JXL"))):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(PhotoError, match="read only where pillow-"):
            imaging.decode(data)


def test_only_a_video_is_a_video():
    video = b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(500)
    with pytest.raises(PhotoError, match="a video"):
        imaging.decode(video)
    with pytest.raises(PhotoError, match=r"damaged HEIF|truncated"):
        imaging.decode(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500))


def test_of_a_jpeg_xl_that_moves_the_first_frame():
    frames = np.stack([PHOTO, PHOTO * 0, PHOTO * 0 + 200])
    data = imagecodecs.jpegxl_encode(frames, lossless=True, photometric="rgb")
    assert imaging._reader._jxl.header(data).moves
    np.testing.assert_array_equal(imaging.decode(data).pixels, PHOTO)


def test_deep_jpeg_xl_says_that_its_light_is_linear_and_is_heeded():
    """So imagecodecs writes more than 8 bits."""
    light = np.where(PHOTO <= 0.04045 * 255, PHOTO / 255 / 12.92, ((PHOTO / 255 + 0.055) / 1.055) ** 2.4)
    for deep in ((light * 65535 + 0.5).astype(np.uint16), light.astype(np.float32)):
        data = imagecodecs.jpegxl_encode(deep, lossless=True)
        assert np.abs(imaging.decode(data).pixels.astype(int) - PHOTO).max() <= 1


def test_jpeg_xl_that_is_cut_is_said_in_plain_words():
    for options, words in (({"use_container": True}, "truncated"), ({}, "picture data cannot be decoded")):
        data = encoded(PHOTO, "JXL", **options)
        with pytest.raises(PhotoError, match=words):
            imaging.decode(data[:-60])


def test_a_deep_grey_heif():
    deep = pillow_heif.from_bytes(mode="I;16", size=(96, 64), data=(PHOTO[..., 0].astype(np.uint16) * 257).tobytes())
    out = io.BytesIO()
    deep.save(out, quality=95)
    assert psnr(imaging.decode(out.getvalue()).pixels, np.repeat(PHOTO[..., :1], 3, axis=2)) > 33


def test_what_phones_put_behind_a_heif_is_no_damage():
    data = heif(PHOTO)
    assert imaging.decode(data + b"SEFH" + bytes(40)).width == 96
    video = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(200)
    assert imaging.decode(data + (len(video) + 8).to_bytes(4, "big") + b"mpvd" + video).width == 96
    with pytest.raises(PhotoError, match="truncated"):
        imaging.decode(data[:-40])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\n" + encoded(PHOTO, "JPEG"), "a JPEG with 1 byte before it"),
        (b"\xef\xbb\xbf" + encoded(PHOTO, "PNG"), "a PNG with 3 bytes before it"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + encoded(PHOTO, "JPEG"), "an answer of a web server"),
        (damage.png(96, 64)[:8] + b"\0\0\0\4CgBI\x50\0\x20\2" + bytes(400), r"iPhone apps \(CgBI\)"),
        (imagecodecs.jpeg8_encode(PHOTO.astype(np.uint16) * 16, bitspersample=12), "a JPEG of 12 bits"),
        (imagecodecs.jpegls_encode(PHOTO), "JPEG-LS"),
    ],
)
def test_kinds_that_are_not_read_are_named(data, words):
    with pytest.raises(PhotoError, match=words):
        imaging.decode(data)


def test_a_lossless_jpeg():
    np.testing.assert_array_equal(imaging.decode(imagecodecs.jpeg8_encode(PHOTO, lossless=True)).pixels, PHOTO)


@pytest.mark.parametrize("photo_format", ["GIF", "WEBP", "PNG", "AVIF", "MPO"])
def test_of_pictures_that_move_the_first(photo_format):
    rest = [Image.new("RGB", (96, 64), "black")] * 2
    lossless = {"lossless": True} if photo_format == "WEBP" else {}
    data = encoded(Image.fromarray(PHOTO), photo_format, save_all=True, append_images=rest, **lossless)
    assert psnr(imaging.decode(data).pixels, PHOTO) > 20


def test_the_value_that_is_not_there_in_a_deep_png():
    deep = PHOTO[..., 0].astype(np.uint16) * 257
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)
    chunks = ((b"tRNS", int(deep[5, 5]).to_bytes(2, "big")), (b"IDAT", zlib.compress(rows)))
    found = imaging.decode(damage.png(96, 64, *chunks, depth=16, colour=0)).pixels[..., 0]
    np.testing.assert_array_equal(found, np.where(deep == deep[5, 5], 255, PHOTO[..., 0]))


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_the_grey_that_is_not_there_in_a_png_of_few_bits(depth):
    levels = (np.arange(64 * 96).reshape(64, 96) // 7) % 2**depth
    bits = np.unpackbits(levels.astype(np.uint8)[..., None], axis=2)[..., -depth:].reshape(64, -1)
    rows = b"".join(b"\0" + row.tobytes() for row in np.packbits(bits, axis=1))
    clear = 2**depth - 2
    chunks = ((b"tRNS", clear.to_bytes(2, "big")), (b"IDAT", zlib.compress(rows)))
    found = imaging.decode(damage.png(96, 64, *chunks, depth=depth, colour=0)).pixels[..., 0]
    np.testing.assert_array_equal(found, np.where(levels == clear, 255, levels * 255 // (2**depth - 1)))


LARGE = """
import io, resource, sys
from PIL import Image
from lookscape.catalogue import imaging
Image.MAX_IMAGE_PIXELS = None
data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
done = imaging.prepare(data)
print(done.width, done.height, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1000)
"""


def test_a_jpeg_of_200_megapixels_is_read_in_little_memory(tmp_path):
    Image.MAX_IMAGE_PIXELS, before = None, Image.MAX_IMAGE_PIXELS
    try:
        tile = Image.new("L", (16320, 12240), 200)
        (tmp_path / "large.jpg").write_bytes(encoded(tile, "JPEG", quality=50))
    finally:
        Image.MAX_IMAGE_PIXELS = before
    done = subprocess.run(
        [sys.executable, "-c", LARGE, tmp_path / "large.jpg"], check=True, capture_output=True, text=True
    )
    width, height, megabytes = map(int, done.stdout.split())
    assert (width, height) == (16320, 12240)
    assert megabytes < 100


def test_a_box_of_a_jpeg_that_is_read_smaller(monkeypatch):
    monkeypatch.setattr(imaging._reader, "MAX_PIXELS", 96 * 64 // 2)
    photo = imaging.decode(encoded(PHOTO, "JPEG", quality=95))
    assert (photo.width, photo.height, photo.pixels.shape) == (96, 64, (32, 48, 3))
    standard = imaging.standardise(encoded(PHOTO, "JPEG", quality=95), part=(0.5, 0, 1, 1))
    assert standard.pixels.shape == (32, 32, 3)


def test_a_jpeg_of_many_scans_counts_what_holding_them_takes(monkeypatch):
    data = encoded(PHOTO, "JPEG", progressive=True, subsampling=0)
    monkeypatch.setattr(imaging._jpeg, "MAX_COEFFICIENTS", 96 * 64 * 3 * 2)
    assert imaging.decode(data).width == 96
    monkeypatch.setattr(imaging._jpeg, "MAX_COEFFICIENTS", 96 * 64 * 3 * 2 - 1)
    with pytest.raises(TooLargeError, match="several scans"):
        imaging.decode(data)
    assert imaging.decode(encoded(PHOTO, "JPEG", subsampling=0)).width == 96
    assert imaging.decode(encoded(PHOTO, "JPEG", progressive=True, subsampling=2)).width == 96


@pytest.mark.parametrize("clear", [False, True])
def test_a_large_webp_by_the_other_decoder_is_the_same(monkeypatch, clear):
    pixels = np.dstack([TURNED, np.full(TURNED.shape[:2], 90, np.uint8)]) if clear else TURNED
    options = {"exif": exif(6), "icc_profile": swapped_profile(), "lossless": True, "exact": True}
    data = encoded(pixels, "WEBP", **options)
    by_pillow = imaging.decode(data)
    monkeypatch.setitem(imaging._header.BYTES_PER_PIXEL, "ANIMATED WEBP", 500_000_000 / 10)
    by_opencv = imaging.decode(data)
    assert (by_opencv.width, by_opencv.height) == (by_pillow.width, by_pillow.height) == (96, 64)
    assert np.abs(by_opencv.pixels.astype(int) - by_pillow.pixels).max() <= 1
    with pytest.raises(PhotoError):
        imaging.decode(data[:100] + bytes(len(data) - 100))


TEXT = b"<x:xmpmeta>" + b"<rdf:li>uuid:" * 200_000
PROFILE = swapped_profile()


@pytest.mark.parametrize(
    "chunk",
    [
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(TEXT)),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + TEXT),
        (b"zTXt", b"Comment\0\0" + zlib.compress(TEXT)),
        (b"tEXt", b"Comment\0" + TEXT),
        (b"zTXt", b"Comment\0\5what"),
        (b"iTXt", b"Comment\0\1\0\0\0what"),
        (b"iTXt", b""),
        (b"iCCP", b"Printer\0\0" + zlib.compress(bytes(1_500_000))),
        (b"iCCP", b"Printer\0\0" + zlib.compress(bytes(90_000_000))),
        (b"iCCP", b""),
        (b"pHYs", b"\0\0"),
        (b"cHRM", bytes(30)),
        (b"gAMA", bytes(4)),
        (b"eXIf", b"II*\0" + b"\xff" * 40),
        (b"acTL", b"\0"),
    ],
)
def test_what_stands_beside_the_pixels_of_a_png_spoils_no_photo(chunk):
    rows = b"".join(b"\0" + row.tobytes() for row in PHOTO)
    for chunks in ((chunk, (b"IDAT", zlib.compress(rows))), ((b"IDAT", zlib.compress(rows)), chunk)):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        np.testing.assert_array_equal(imaging.decode(damage.png(96, 64, *chunks)).pixels, PHOTO)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30_000


def test_a_large_profile_of_a_png_is_heeded():
    padded = bytearray(PROFILE + bytes(2_000_000))
    padded[:4] = len(padded).to_bytes(4, "big")
    rows = b"".join(b"\0" + row.tobytes() for row in SWAPPED)
    data = damage.png(96, 64, (b"iCCP", b"p\0\0" + zlib.compress(bytes(padded))), (b"IDAT", zlib.compress(rows)))
    assert np.abs(imaging.decode(data).pixels.astype(int) - PHOTO).max() <= 2


def test_a_png_keeps_its_turn_from_exif_and_from_a_text():
    data = encoded(TURNED, "PNG", exif=exif(6))
    np.testing.assert_array_equal(imaging.decode(data).pixels, PHOTO)
    raw = (b"\nexif\n%8d\n" % (6 + len(exif(6).removeprefix(b"Exif\0\0")))) + (
        b"Exif\0\0" + exif(6).removeprefix(b"Exif\0\0")
    ).hex().encode()
    rows = b"".join(b"\0" + row.tobytes() for row in TURNED)
    chunks = (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw)), (b"IDAT", zlib.compress(rows))
    np.testing.assert_array_equal(imaging.decode(damage.png(64, 96, *chunks)).pixels, PHOTO)
