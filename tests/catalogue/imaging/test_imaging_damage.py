"""Whatever the bytes are: a photo, or one sentence. No other error, no noise, no hang, no flood of memory."""

import random
import resource
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import corpus
from corpus import damage, encoded, smooth
from lookscape.catalogue import imaging
from lookscape.errors import PhotoError, TooLargeError

PHOTO = smooth(64, 48)
WHOLE = {
    "jpeg": encoded(PHOTO, "JPEG"),
    "progressive": encoded(PHOTO, "JPEG", progressive=True),
    "restarts": encoded(PHOTO, "JPEG", restart_marker_rows=1),
    "cmyk": encoded(Image.fromarray(PHOTO).convert("CMYK"), "JPEG"),
    "mpo": encoded(Image.fromarray(PHOTO), "MPO", save_all=True, append_images=[Image.fromarray(PHOTO)]),
    "png": encoded(PHOTO, "PNG"),
    "apng": encoded(Image.fromarray(PHOTO), "PNG", save_all=True, append_images=[Image.fromarray(255 - PHOTO)]),
    "gif": encoded(PHOTO, "GIF"),
    "webp": encoded(PHOTO, "WEBP"),
    "lossless": encoded(PHOTO, "WEBP", lossless=True),
    "avif": encoded(PHOTO, "AVIF", speed=10),
    "bmp": encoded(PHOTO, "BMP"),
    "tiff": encoded(PHOTO, "TIFF"),
    "lzw": encoded(PHOTO, "TIFF", compression="tiff_lzw"),
    "jpeg in tiff": encoded(PHOTO, "TIFF", compression="jpeg"),
    "heif": corpus.heif(PHOTO),
    "jxl": encoded(PHOTO, "JXL", effort=1),
    "planar": corpus.tiff(PHOTO.astype(np.uint16) * 257, planarconfig="separate", photometric="rgb"),
}
HEADERS = [data[:24] for data in WHOLE.values()]


def attempt(data):
    """The reason, or None for a photo."""
    try:
        prepared = imaging.prepare(data)
    except (PhotoError, TooLargeError) as error:
        reason = str(error)
        assert reason
        assert "\n" not in reason
        assert len(reason) < 200
        return reason
    assert prepared.width > 0
    assert prepared.height > 0
    return None


@given(st.binary(max_size=2000))
@settings(max_examples=100, deadline=None)
def test_random_bytes(data):
    assert attempt(data) is not None


@given(st.sampled_from(HEADERS), st.binary(max_size=1000))
@settings(max_examples=200, deadline=None)
def test_random_bytes_after_a_true_header(header, rest):
    attempt(header + rest)


@given(st.data(), st.sampled_from(sorted(WHOLE)))
@settings(max_examples=400, deadline=None)
def test_changed_photos(data, kind):
    changed = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(changed) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                changed[at] = data.draw(st.integers(0, 255))
            case 1:
                changed[at : at + 4] = data.draw(st.sampled_from([b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"]))
            case 2:
                del changed[at : at + data.draw(st.integers(1, 50))]
            case _:
                changed[at:at] = changed[: data.draw(st.integers(1, 50))]
        if not changed:
            break
    attempt(bytes(changed))


@pytest.mark.parametrize("kind", sorted(WHOLE.keys() - {"mpo"}))
def test_cut_anywhere_is_refused(kind):
    data = WHOLE[kind]
    assert attempt(data) is None
    for share in np.linspace(0, 0.98, 25):
        assert attempt(data[: int(len(data) * share)]) is not None


HARMLESS = {"png profile bomb", "png text bomb"}
"""What unpacks to a flood stands beside pixels that are whole: it is not unpacked, and they are read."""


@pytest.mark.parametrize("kind", [kind for kind in damage.KINDS if "flipped" not in kind])
def test_every_kind_of_damage_is_refused(kind):
    rng = random.Random(kind)
    for _ in range(2):
        start = time.process_time()  # of this process: others may be busy beside it
        assert (attempt(damage.KINDS[kind](rng)) is None) == (kind in HARMLESS)
        assert time.process_time() - start < 2


@pytest.mark.parametrize("kind", ["jpeg", "cmyk"])
def test_a_jpeg_scan_with_bytes_left_over_or_missing(kind):
    data = WHOLE[kind]
    assert "left over" in attempt(data[:-2] + b"\x5a" * 16 + data[-2:])
    assert "ends before" in attempt(data[:-40] + data[-2:])


def test_most_jpegs_with_flipped_bits_are_noticed():
    """Ten flips in the scan of a photo; without the check on where the picture ends, few of these would be."""
    rng = random.Random(0)
    data = damage.encode(damage.photo(rng), "JPEG", quality=90)
    scan = data.index(b"\xff\xda") + 14
    noticed = 0
    for _ in range(100):
        flipped = bytearray(data)
        for _ in range(10):
            flipped[rng.randrange(scan, len(data) - 2)] ^= 1 << rng.randrange(8)
        noticed += attempt(bytes(flipped)) is not None
    assert noticed >= 60


@pytest.mark.parametrize("fill", [b"\0", b"\0\0\0", b"\xff", b"\xff\xff"])
def test_fill_bytes_before_the_end_of_a_jpeg_are_no_damage(fill):
    data = WHOLE["jpeg"]
    assert attempt(data[:-2] + fill + data[-2:]) is None


@pytest.mark.parametrize("kind", ["jpeg", "progressive", "restarts", "cmyk"])
@pytest.mark.parametrize("end", [b"", b"\xff", bytes(300)])
def test_a_missing_end_marker_is_no_damage_and_a_missing_row_is(kind, end):
    data = WHOLE[kind][:-2]
    if kind != "progressive" or end != bytes(300):  # zeros may be coded coefficients of a scan without an end
        assert attempt(data + end) is None
    for less in (20, 40, 100, len(data) // 3, len(data) // 2):
        assert "truncated" in attempt(data[:-less])


def test_scans_behind_a_jpeg_and_in_its_metadata_do_not_count():
    video = b"\0\0\0\x18ftypmp42" + b"\xff\xda\0\x08" * 500
    assert attempt(WHOLE["jpeg"] + video) is None
    assert attempt(WHOLE["progressive"] + video) is None
    comment = encoded(PHOTO, "JPEG", progressive=True, comment=b"\xff\xda" * 500)
    assert attempt(comment) is None
    start = comment.index(b"\xff\xda", comment.index(b"\xff\xc2"))
    end = comment.index(b"\xff\xc4", start)
    assert "scans" in attempt(comment[:start] + comment[start:end] * 101 + comment[end:])


def test_a_second_frame_that_is_cut_is_no_damage_to_the_first():
    assert attempt(WHOLE["mpo"][:-100]) is None


def test_what_follows_a_jpeg_is_no_damage():
    assert attempt(WHOLE["jpeg"] + b"trailer of some phone" * 10) is None


def test_nothing_is_written_to_the_error_stream():
    code = """
import random, sys
sys.path.insert(0, sys.argv[1])
from corpus import damage
from lookscape.catalogue import imaging
from lookscape.errors import LookscapeError
rng = random.Random(0)
for make in damage.KINDS.values():
    for _ in range(5):
        try:
            imaging.prepare(make(rng))
        except LookscapeError:
            pass
print("still here", file=sys.stderr)
"""
    folder = corpus.__file__.rsplit("/", 1)[0]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, folder], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "still here\n")


def test_bombs_are_refused_before_they_take_memory():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rng = random.Random(0)
    for kind, make in damage.KINDS.items():
        if "bomb" in kind or "60,000" in kind:
            data = make(rng)
            made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            attempt(data)
            assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - max(made, before) < 40_000
