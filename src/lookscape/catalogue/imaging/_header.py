"""What the first bytes say: the format, or what the file is instead of a photo; and the limits a header must keep."""

from collections.abc import Callable

from lookscape.catalogue.imaging._raw import raw_kind
from lookscape.errors import PhotoError, TooLargeError

MAX_BYTES = 100_000_000

MAX_MEMORY = 500_000_000
"""Bytes that decoding one photo may take. What a format takes for a pixel was measured, see BYTES_PER_PIXEL."""

MAX_PIXELS = 110_000_000
"""Most pixels at the scale a photo is decoded at: 4 bytes each, and room to work. A JPEG may have more in the file."""

# Formats Pillow decodes in C. Left out on purpose: what it decodes in Python (PPM, QOI: minutes for a large file),
# hands to another program (EPS) or expands to many times the picture's memory (JPEG 2000).
_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\xff\x0a", "JXL"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JXL"),
)

# The decoders of these hold several canvases at once, so they get fewer pixels out of the same memory. Measured as the
# growth of a process at its peak: WebP by OpenCV 6, and once more for the copy; AVIF 9.5; HEIF 5 for 8 bits, about
# double for more; JPEG XL 7 with loss and 16 without.
BYTES_PER_PIXEL = {"WEBP": 8.0, "ANIMATED WEBP": 16.5, "AVIF": 9.5, "HEIF": 8.0, "JXL": 16.0}

_NOT_PHOTOS = (
    (b"%PDF", "a PDF"),
    (b"%!PS", "PostScript"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"8BPS", "a Photoshop document"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\0\x05\x16\x07", "what a Mac keeps beside a file"),
    (b"\0\x05\x16\0", "what a Mac keeps beside a file"),
    (b"SQLite format 3", "a database"),
    (b"II\xbc", "JPEG XR"),
    (b"v/1\x01", "OpenEXR"),
    (b"#?RADIANCE", "Radiance HDR"),
    (b"DDS ", "a DirectDraw surface"),
    (b"gimp xcf", "a GIMP document"),
    (b"icns", "a Mac's icon"),
    (b"qoif", "QOI"),
    (b"BPG\xfb", "BPG"),
    (b"HTTP/1.", "an answer of a web server, headers and all"),
    *((b"P%c" % kind, "a PNM picture") for kind in b"123456"),
)
_BEFORE = b"\xef\xbb\xbf \t\r\n\0"

# Brands of HEIF pictures and of picture sequences (ISO 23008-12, 10.2 and annex B).
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1"}


def sniff(data: bytes) -> str:
    """The photo format of these bytes, as Pillow names it. Raises PhotoError saying what they are instead."""
    if not data:
        raise PhotoError("empty file")
    if len(data) > MAX_BYTES:
        raise TooLargeError(f"{len(data):,} bytes is over the limit of {MAX_BYTES:,}")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return "RAW" if raw_kind(data) else name
    if raw_kind(data):
        return "RAW"
    raise PhotoError(f"not an image ({_behind(data) or _describe(data)})")


def pixel_limit(photo_format: str) -> int:
    """Most pixels that this format's decoder may be given."""
    return min(MAX_PIXELS, int(MAX_MEMORY / BYTES_PER_PIXEL.get(photo_format, 4.0)))


def check_pixels(width: int, height: int, *, photo_format: str) -> None:
    """Raise TooLargeError when a header announces more pixels than its format may have."""
    limit = pixel_limit(photo_format)
    if width * height > limit:
        kind = f" for {photo_format}" if limit < MAX_PIXELS else ""
        raise TooLargeError(f"{width} x {height} pixels is over the limit of {limit // 1_000_000} megapixels{kind}")


def check_before_opening(data: bytes, *, photo_format: str) -> None:
    """What must be refused before Pillow looks: opening some formats takes the memory of the whole canvas."""
    if photo_format in _SIZES:
        width, height = _SIZES[photo_format](data)
        kind = "ANIMATED WEBP" if photo_format == "WEBP" and is_animated_webp(data) else photo_format
        check_pixels(width, height, photo_format=kind)


def is_animated_webp(data: bytes) -> bool:
    """The animation flag of an extended header (RFC 9649, 2.7.1)."""
    return data[12:16] == b"VP8X" and len(data) > 20 and bool(data[20] & 0x02)


def _iso_media(data: bytes) -> str:
    """AVIF and HEIF share a container with MP4 video; the brands after `ftyp` tell them apart (ISO 14496-12, 4.3)."""
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(data[3], 64), 4))}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if b"crx " in brands:
        return "RAW"
    if brands & _HEIF_BRANDS:
        return "HEIF"
    raise PhotoError("not an image (a video)")


def _behind(data: bytes) -> str | None:
    """A photo that something was put before, as scripts that send files do by mistake; decoders refuse such files."""
    rest = data[:64].lstrip(_BEFORE)
    name = next((name for magic, name in _MAGIC if rest.startswith(magic)), None)
    count = len(data[:64]) - len(rest)
    return f"a {name} with {count} byte{'s' * (count > 1)} before it that should not be there" if name else None


def _png_size(data: bytes) -> tuple[int, int]:
    if data[12:16] == b"CgBI":
        raise PhotoError("a PNG in the form of iPhone apps (CgBI), which only Apple's programs read; save it as PNG")
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _gif_size(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height from a WebP header (RFC 9649, 2.5 to 2.7)."""
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X" and len(body) == 10:
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8L" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(body) == 10:
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    raise PhotoError("damaged WEBP: the header cannot be read")


_SIZES: dict[str, Callable[[bytes], tuple[int, int]]] = {"PNG": _png_size, "GIF": _gif_size, "WEBP": webp_size}


def _describe(data: bytes) -> str:
    for magic, name in _NOT_PHOTOS:
        if data.startswith(magic):
            return name
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data.strip(b"\0"):
        return "nothing but zero bytes"
    if b"<svg" in head:
        return "an SVG drawing"
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "HTML"
    return "text" if _is_text(data[:1024]) else "unknown data"


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8", errors="strict" if len(head) < 1024 else "ignore")
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter.isspace() for letter in text)
