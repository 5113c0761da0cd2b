"""Camera RAW told from TIFF and video, read by the camera's own large preview and by no thumbnail."""

import io
import sys

import numpy as np
import pytest
import tifffile
from PIL import Image

from corpus import encoded, psnr, smooth
from lookscape.catalogue import imaging
from lookscape.errors import PhotoError


def exif(orientation):
    record = Image.Exif()
    record[0x0112] = orientation
    return record.tobytes()


def raw_in_tiff(*, maker, **first):
    """As NEF, ARW and DNG are laid out: a small RGB preview, the mosaic in a sub-directory."""
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as file:
        tags = [(271, 2, 0, maker, True), *first.get("tags", ())]
        file.write(np.zeros((160, 240, 3), np.uint8), photometric="rgb", subfiletype=1, subifds=1, extratags=tags)
        file.write(
            np.zeros((1600, 2400), np.uint16),
            photometric=32803,
            extratags=[(33421, 3, 2, (2, 2), True), (33422, 1, 4, b"\0\1\1\2", True)],
        )
    return out.getvalue()


RAWS = {
    "Nikon NEF": raw_in_tiff(maker="NIKON CORPORATION"),
    "Sony ARW": raw_in_tiff(maker="SONY"),
    "Pentax PEF": raw_in_tiff(maker="PENTAX"),
    "DNG": raw_in_tiff(maker="Apple", tags=[(50706, 1, 4, b"\1\4\0\0", True)]),
    "Canon CR2": b"II*\0\x10\0\0\0CR\x02\0" + bytes(500),
    "Canon CR3": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(500),
    "Fujifilm RAF": b"FUJIFILMCCD-RAW 0201" + bytes(500),
    "Panasonic RW2": b"IIU\0" + bytes(500),
    "Olympus ORF": b"IIRO" + bytes(500),
}


@pytest.mark.parametrize("kind", RAWS)
def test_raw_is_told_from_tiff_and_video_and_its_thumbnail_is_never_taken(kind, monkeypatch):
    monkeypatch.setitem(sys.modules, "rawpy", None)
    with pytest.raises(PhotoError, match=rf"camera RAW \({kind}\) .*lookscape\[raw\]"):
        imaging.prepare(RAWS[kind])


@pytest.mark.parametrize("kind", ["Nikon NEF", "Sony ARW", "DNG"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_of_a_raw_that_is_cut_no_thumbnail_is_taken(kind, share):
    data = RAWS[kind]
    with pytest.raises(PhotoError, match=r"truncated|camera RAW"):
        imaging.prepare(data[: int(share * len(data))])


class _Rawpy:
    """What rawpy offers, with a preview of the test's own."""

    LibRawError = type("LibRawError", (Exception,), {})

    class ThumbFormat:
        JPEG, BITMAP = 1, 2

    def __init__(self, thumb_format, data, *, flip=0):
        self._thumb = type("Thumbnail", (), {"format": thumb_format, "data": data})
        self.sizes = type("Sizes", (), {"width": 6000, "height": 4000, "flip": flip})

    def imread(self, file):
        assert file.read(4)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def extract_thumb(self):
        return self._thumb


@pytest.mark.parametrize("form", ["jpeg", "bitmap", "jpeg with its own turn"])
def test_the_large_preview_of_a_raw_upright(form, monkeypatch):
    stored = np.ascontiguousarray(np.rot90(smooth(1200, 800)))
    if form == "bitmap":
        rawpy = _Rawpy(2, stored, flip=6)
    else:
        record = {"exif": exif(6)} if form != "jpeg" else {}
        rawpy = _Rawpy(1, encoded(stored, "JPEG", quality=95, **record), flip=6)
    monkeypatch.setitem(sys.modules, "rawpy", rawpy)
    photo = imaging.decode(RAWS["Nikon NEF"])
    assert (photo.width, photo.height, photo.format) == (1200, 800, "RAW")
    assert psnr(photo.pixels, smooth(1200, 800)) > 35


def test_a_thumbnail_is_no_preview(monkeypatch):
    monkeypatch.setitem(sys.modules, "rawpy", _Rawpy(1, encoded(smooth(240, 160), "JPEG")))
    with pytest.raises(PhotoError, match="only preview is a thumbnail of 240 x 160"):
        imaging.decode(RAWS["Nikon NEF"])


def test_the_real_rawpy_says_no_in_one_sentence():
    pytest.importorskip("rawpy")
    for kind, data in RAWS.items():
        with pytest.raises(PhotoError, match=rf"camera RAW \({kind}\)"):
            imaging.decode(data)


def dng(*previews, strips=1, turn=1):
    """A DNG 1.1 of 1500 x 1000 with a thumbnail first and JPEGs of these widths below it."""
    out = io.BytesIO()
    with tifffile.TiffWriter(out) as file:
        matrix = (1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1)
        tags = [
            *((271, 2, 0, "Maker", True), (272, 2, 0, "One", True), (274, 3, 1, turn, True)),
            *((50706, 1, 4, b"\1\4\0\0", True), (50707, 1, 4, b"\1\1\0\0", True), (50708, 2, 0, "Maker One", True)),
            *((50721, 10, 9, matrix, True), (50728, 5, 3, (1, 1, 1, 1, 1, 1), True), (50778, 3, 1, 21, True)),
        ]
        options = {"photometric": "rgb", "subfiletype": 1, "metadata": None}
        file.write(np.zeros((160, 240, 3), np.uint8), subifds=1 + len(previews), extratags=tags, **options)
        mosaic = [(33421, 3, 2, (2, 2), True), (33422, 1, 4, b"\0\1\1\2", True), (50717, 4, 1, 4095, True)]
        file.write(np.full((1000, 1500), 800, np.uint16), photometric=32803, extratags=mosaic, metadata=None)
        for width in previews:
            pixels = smooth(width, width * 2 // 3)
            rows = -(-len(pixels) // strips)
            file.write(pixels, compression="jpeg", compressionargs={"level": 95}, rowsperstrip=rows, **options)
    return out.getvalue()


@pytest.mark.parametrize("previews", [[1200], [300, 1200], [1200, 300]])
def test_the_real_rawpy_gives_the_largest_preview(previews):
    pytest.importorskip("rawpy")
    photo = imaging.decode(dng(*previews))
    assert (photo.width, photo.height, photo.format) == (1200, 800, "RAW")
    assert psnr(photo.pixels, smooth(1200, 800)) > 35
    turned = imaging.decode(dng(*previews, turn=6))
    assert psnr(turned.pixels, np.rot90(smooth(1200, 800), -1)) > 35


def test_the_real_rawpy_gives_no_strip_for_a_photo():
    pytest.importorskip("rawpy")
    with pytest.raises(PhotoError, match="only a strip"):
        imaging.decode(dng(1200, strips=8))
    with pytest.raises(PhotoError, match="thumbnail of 240 x 160"):
        imaging.decode(dng())
