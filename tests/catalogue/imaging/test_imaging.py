"""Every kind of photo comes out as the same upright sRGB pixels."""

import io
import struct
import threading
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from corpus import damage, encoded, psnr, smooth
from lookscape.catalogue import imaging
from lookscape.errors import PhotoError, TooLargeError

RAMPS = smooth()


def srgb_from(image, profile):
    """The oracle: lcms over the whole image, as Pillow offers it."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return np.asarray(
        ImageCms.profileToProfile(
            image,
            source,
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    )


def matrix_profile(*, red, green, blue, gamma):
    """A minimal ICC v2 display profile: D50 colorants and one gamma."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)

    def xyz(values):
        return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in values))

    text = b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78)
    tags = {
        b"desc": text + bytes(-len(text) % 4),
        b"cprt": b"text" + bytes(4) + b"none",
        b"wtpt": xyz((0.9642, 1.0, 0.8249)),
        **{name: xyz(colour) for name, colour in ((b"rXYZ", red), (b"gXYZ", green), (b"bXYZ", blue))},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, body, at = b"", b"", 132 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    size = at + len(body)
    head = struct.pack(">I", size) + b"lcms" + b"\x02\x10\0\0" + b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    head += struct.pack(">3i", round(0.9642 * 65536), 65536, round(0.8249 * 65536))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


# Display P3 and Adobe RGB (1998), adapted to D50.
WIDE = {
    "display p3": matrix_profile(
        red=(0.51512, 0.2412, -0.00105), green=(0.29198, 0.69225, 0.04189), blue=(0.1571, 0.06657, 0.78407), gamma=2.2
    ),
    "adobe rgb": matrix_profile(
        red=(0.60974, 0.31111, 0.01947), green=(0.20528, 0.62567, 0.06087), blue=(0.14919, 0.06322, 0.74457), gamma=2.2
    ),
}


@pytest.mark.parametrize(
    ("photo_format", "options", "least"),
    [
        ("PNG", {}, 90),
        ("BMP", {}, 90),
        ("TIFF", {}, 90),
        ("TIFF", {"compression": "tiff_lzw"}, 90),
        ("TIFF", {"compression": "tiff_adobe_deflate"}, 90),
        ("WEBP", {"lossless": True}, 90),
        ("WEBP", {"quality": 90}, 35),
        ("AVIF", {"quality": 90}, 35),
        ("JPEG", {"quality": 95}, 38),
        ("JPEG", {"quality": 95, "progressive": True}, 38),
        ("JPEG", {"quality": 95, "restart_marker_rows": 1}, 38),
        ("JPEG", {"quality": 95, "subsampling": 0, "optimize": True}, 38),
    ],
)
def test_every_format_gives_the_same_photo(photo_format, options, least):
    photo = imaging.decode(encoded(RAMPS, photo_format, **options))
    assert (photo.width, photo.height, photo.format) == (96, 64, photo_format)
    assert photo.pixels.shape == (64, 96, 3)
    assert photo.pixels.dtype == np.uint8
    assert psnr(photo.pixels, RAMPS) > least


def test_a_phone_photo_of_several_frames_is_a_jpeg():
    frames = [Image.fromarray(RAMPS), Image.fromarray(255 - RAMPS)]
    photo = imaging.decode(encoded(frames[0], "MPO", save_all=True, append_images=frames[1:], quality=95))
    assert photo.format == "JPEG"
    assert psnr(photo.pixels, RAMPS) > 38


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("photo_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation_is_undone(photo_format, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if photo_format == "WEBP" else {"quality": 95} if photo_format == "JPEG" else {}
    data = encoded(RAMPS, photo_format, exif=exif, **options)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    photo = imaging.decode(data)
    assert (photo.height, photo.width) == expected.shape[:2]
    np.testing.assert_array_equal(photo.pixels, expected)
    standard = imaging.standardise(data, max_side=48)
    assert (standard.width, standard.height) == (photo.width, photo.height)
    assert standard.pixels.shape == (48, 48, 3)


def test_bad_metadata_spoils_no_photo():
    data = encoded(RAMPS, "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(8))
    np.testing.assert_array_equal(imaging.decode(data).pixels, RAMPS)
    data = encoded(RAMPS, "PNG", icc_profile=b"not a profile")
    np.testing.assert_array_equal(imaging.decode(data).pixels, RAMPS)


@pytest.mark.parametrize("name", WIDE)
def test_wide_gamut_becomes_srgb(name):
    data = encoded(RAMPS, "PNG", icc_profile=WIDE[name])
    pixels = imaging.decode(data).pixels
    expected = srgb_from(Image.fromarray(RAMPS), WIDE[name])
    assert np.abs(expected.astype(int) - RAMPS).max() > 10
    np.testing.assert_array_equal(pixels, expected)


def test_an_srgb_profile_changes_nothing():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(RAMPS, "PNG", icc_profile=profile)
    np.testing.assert_array_equal(imaging.decode(data).pixels, RAMPS)


def test_cmyk_without_a_profile():
    cmyk = Image.fromarray(RAMPS).convert("CMYK")
    assert psnr(imaging.decode(encoded(cmyk, "JPEG", quality=95)).pixels, RAMPS) > 35
    np.testing.assert_array_equal(imaging.decode(encoded(cmyk, "TIFF")).pixels, RAMPS)


def test_cmyk_with_an_rgb_profile_ignores_it():
    cmyk = Image.fromarray(RAMPS).convert("CMYK")
    data = encoded(cmyk, "TIFF", icc_profile=WIDE["adobe rgb"])
    np.testing.assert_array_equal(imaging.decode(data).pixels, RAMPS)


def test_lab():
    lab = Image.fromarray(RAMPS)
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    lab = ImageCms.applyTransform(lab, to_lab)
    assert psnr(imaging.decode(encoded(lab, "TIFF")).pixels, RAMPS) > 35


def grey_ramp(dtype, top):
    return np.linspace(0, top, 256).round(6).astype(dtype).reshape(16, 16)


@pytest.mark.parametrize(
    ("deep", "photo_format"),
    [
        (grey_ramp(np.uint16, 65535), "PNG"),
        (grey_ramp(np.uint16, 65535), "TIFF"),
        (grey_ramp(np.int32, 65535), "TIFF"),
        (grey_ramp(np.int32, 255), "TIFF"),
        (grey_ramp(np.int32, 1_000_000), "TIFF"),
        (grey_ramp(np.float32, 1.0), "TIFF"),
        (grey_ramp(np.float32, 255.0), "TIFF"),
        (grey_ramp(np.float32, 65535.0), "TIFF"),
    ],
)
def test_deep_greys_are_scaled_not_clipped(deep, photo_format):
    pixels = imaging.decode(encoded(Image.fromarray(deep), photo_format)).pixels
    expected = np.repeat(np.arange(256).reshape(16, 16, 1), 3, axis=2)
    assert np.abs(pixels.astype(int) - expected).max() <= 1


def test_sixteen_bit_colour_png():
    rows = b"".join(b"\0" + row.tobytes() for row in RAMPS.astype(">u2") * 257)
    data = damage.png(96, 64, (b"IDAT", zlib.compress(rows)), depth=16)
    np.testing.assert_array_equal(imaging.decode(data).pixels, RAMPS)


def test_floats_that_are_no_numbers_are_black():
    values = np.full((4, 4), 0.5, np.float32)
    values[0, 0], values[1, 1], values[2, 2] = np.nan, -3.0, -np.inf
    pixels = imaging.decode(encoded(Image.fromarray(values), "TIFF")).pixels
    assert pixels[0, 0].tolist() == pixels[1, 1].tolist() == pixels[2, 2].tolist() == [0, 0, 0]
    assert pixels[3, 3].tolist() == [128, 128, 128]


def with_alpha():
    alpha = np.tile(np.linspace(0, 255, 96).round().astype(np.uint8), (64, 1))
    on_white = RAMPS * (alpha[..., None] / 255) + 255 * (1 - alpha[..., None] / 255)
    return np.dstack([RAMPS, alpha]), on_white


@pytest.mark.parametrize("photo_format", ["PNG", "WEBP", "TIFF"])
def test_alpha_is_put_on_white(photo_format):
    clear, on_white = with_alpha()
    data = encoded(clear, photo_format, **({"lossless": True, "exact": True} if photo_format == "WEBP" else {}))
    assert np.abs(imaging.decode(data).pixels - on_white).max() <= 1.01


def test_grey_with_alpha_and_one_bit():
    grey = Image.fromarray(RAMPS).convert("L")
    clear = grey.copy()
    clear.putalpha(0)
    assert (imaging.decode(encoded(clear, "PNG")).pixels == 255).all()
    pixels = imaging.decode(encoded(grey, "PNG")).pixels
    np.testing.assert_array_equal(pixels, np.repeat(np.asarray(grey)[..., None], 3, axis=2))
    bits = grey.convert("1")
    pixels = imaging.decode(encoded(bits, "PNG")).pixels
    np.testing.assert_array_equal(pixels[..., 0] == 255, np.asarray(bits))


@pytest.mark.parametrize("transparency", [3, bytes([255, 255, 255, 0] + [255] * 252)])
def test_a_palette_with_a_clear_colour(transparency):
    indices = np.arange(96 * 64).reshape(64, 96) % 5
    image = Image.frombytes("P", (96, 64), indices.astype(np.uint8).tobytes())
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90, 0, 0, 0, 200, 100, 0])
    pixels = imaging.decode(encoded(image, "PNG", transparency=transparency)).pixels
    assert pixels[0, :5].tolist() == [[10, 20, 30], [40, 50, 60], [70, 80, 90], [255, 255, 255], [200, 100, 0]]


@pytest.mark.parametrize("photo_format", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_of_an_animation_the_first_frame(photo_format):
    red, blue = (Image.new("RGB", (32, 32), colour) for colour in ("#c80000", "#0000c8"))
    pixels = imaging.decode(encoded(red, photo_format, save_all=True, append_images=[blue])).pixels
    assert psnr(pixels, np.asarray(red)) > 35


def test_large_photos_shrink_as_by_area_averaging():
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (24, 36, 3), np.uint8))
    large = coarse.resize((1800, 1200), Image.Resampling.BICUBIC)
    expected = np.asarray(large.resize((300, 200), Image.Resampling.BOX))
    for photo_format, options, least in (("PNG", {}, 45), ("JPEG", {"quality": 95}, 36), ("BMP", {}, 45)):
        standard = imaging.standardise(encoded(large, photo_format, **options), max_side=300)
        assert standard.pixels.shape == (300, 300, 3)
        assert psnr(standard.pixels[50:250], expected) > least


def test_large_photos_with_alpha_depth_or_palette_shrink_in_bands():
    clear, on_white = with_alpha()
    large = np.kron(clear, np.ones((40, 40, 1), np.uint8))
    standard = imaging.standardise(encoded(large, "PNG", compress_level=1), max_side=96)
    assert np.abs(standard.pixels[16:80] - on_white).max() <= 2
    deep = np.kron(grey_ramp(np.uint16, 65535), np.ones((150, 150), np.uint16))
    standard = imaging.standardise(encoded(Image.fromarray(deep), "PNG", compress_level=1), max_side=16)
    assert np.abs(standard.pixels[..., 0].astype(int) - np.arange(256).reshape(16, 16)).max() <= 1


@pytest.mark.parametrize(("size", "max_side", "side"), [((96, 64), 512, 96), ((64, 96), 48, 48), ((1, 700), 512, 512)])
def test_the_square_is_never_larger_than_the_photo(size, max_side, side):
    standard = imaging.standardise(encoded(smooth(*size), "PNG"), max_side=max_side)
    assert standard.pixels.shape == (side, side, 3)
    assert (standard.width, standard.height) == size


def test_nothing_is_bent():
    disc = Image.new("RGB", (300, 200), "white")
    y, x = np.ogrid[:200, :300]
    disc.paste("black", mask=Image.fromarray((x - 150) ** 2 + (y - 100) ** 2 < 80**2))
    dark = imaging.standardise(encoded(disc, "PNG"), max_side=150).pixels[..., 0] < 128
    assert abs(int(dark.any(0).sum()) - int(dark.any(1).sum())) <= 1


def test_a_photo_in_standard_shape_is_its_own_blob():
    square = smooth(80, 80)
    data = encoded(square, "JPEG", quality=80)
    assert imaging.prepare(data).blob is data


@pytest.mark.parametrize(
    ("pixels", "options", "max_side"),
    [
        (smooth(80, 80), {"comment": b"hello"}, 512),
        (smooth(80, 80), {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}, 512),
        (smooth(80, 80), {"icc_profile": WIDE["display p3"]}, 512),
        (smooth(80, 80), {}, 79),
        (smooth(80, 60), {}, 512),
        (smooth(80, 80)[..., 0], {}, 512),
    ],
)
def test_any_other_is_encoded_anew(pixels, options, max_side):
    data = encoded(np.ascontiguousarray(pixels), "JPEG", quality=95, **options)
    prepared = imaging.prepare(data, max_side=max_side)
    assert prepared.blob is not data
    blob = Image.open(io.BytesIO(prepared.blob))
    assert (blob.format, blob.mode) == ("JPEG", "RGB")
    assert blob.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    expected = imaging.standardise(data, max_side=max_side).pixels
    assert psnr(imaging.decode(prepared.blob).pixels, expected) > 35


def test_a_blob_with_a_tail_is_encoded_anew():
    data = encoded(smooth(80, 80), "JPEG") + bytes(100_000)
    assert len(imaging.prepare(data).blob) < 20_000


def test_blobs_keep_full_colour_resolution():
    lines = np.full((64, 64, 3), 255, np.uint8)
    lines[:, ::2] = (255, 0, 0)
    assert psnr(imaging.decode(imaging.encode_jpeg(lines)).pixels, lines) > 30


def test_thumbnails_are_small_and_true():
    blob = imaging.encode_jpeg(smooth(400, 400))
    thumbnail = Image.open(io.BytesIO(imaging.thumbnail(blob, side=100)))
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (100, 100))
    assert psnr(np.asarray(thumbnail.convert("RGB")), smooth(100, 100)) > 35


def test_the_file_size_limit(monkeypatch):
    monkeypatch.setattr(imaging._header, "MAX_BYTES", 100)
    with pytest.raises(TooLargeError, match="over the limit of 100"):
        imaging.decode(encoded(RAMPS, "PNG"))


def test_threads_do_not_disturb_each_others_warnings():
    before = list(warnings.filters)
    data = encoded(RAMPS, "PNG")
    threads = [threading.Thread(target=lambda: [imaging.decode(data) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert warnings.filters == before


def test_what_it_is_instead_is_said():
    cases = {
        b"": "empty file",
        b"<!DOCTYPE html><p>": "HTML",
        b"<svg xmlns='x'></svg>": "SVG",
        b"\0" * 50: "zero bytes",
        b"%PDF-1.7": "PDF",
        b"hello": "text",
        b"\x00\x00\x00\x18ftypmp42" + bytes(16): "video",
        b"\x00\x00\x00\x18ftypheic" + bytes(16): "HEIF",
    }
    for data, words in cases.items():
        with pytest.raises(PhotoError, match=words):
            imaging.decode(data)
