"""What the first bytes say: the format, or what the file is instead of a photo; and the limits a header must keep."""

from collections.abc import Callable

from lookscape.errors import PhotoError, TooLargeError

MAX_BYTES = 100_000_000
MAX_PIXELS = 100_000_000

# A JPEG may hold any number of scans, each a pass over all its pixels: a small file can take hours to decode.
# Encoders write about ten.
MAX_JPEG_SCANS = 100

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
)

# The decoders of these two hold several canvases at once (measured: 16 and 9 bytes a pixel against the 4 of the
# others), so they get fewer pixels out of the same memory.
PIXEL_LIMITS = {"WEBP": 25_000_000, "AVIF": 45_000_000}

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
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"SQLite format 3", "a database"),
)

_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


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
            return name
    raise PhotoError(f"not an image ({_describe(data)})")


def check_pixels(width: int, height: int, *, photo_format: str) -> None:
    """Raise TooLargeError when a header announces more pixels than its format may have."""
    limit = PIXEL_LIMITS.get(photo_format, MAX_PIXELS)
    if width * height > limit:
        kind = f" for {photo_format}" if photo_format in PIXEL_LIMITS else ""
        raise TooLargeError(f"{width} x {height} pixels is over the limit of {limit // 1_000_000} megapixels{kind}")


def check_before_opening(data: bytes, *, photo_format: str) -> None:
    """What must be refused before Pillow looks: opening a WebP takes its whole canvas, many JPEG scans take hours."""
    if photo_format in _SIZES:
        width, height = _SIZES[photo_format](data)
        check_pixels(width, height, photo_format=photo_format)
    elif photo_format == "JPEG" and data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise PhotoError(f"more than {MAX_JPEG_SCANS} scans in one JPEG")


def _iso_media(data: bytes) -> str:
    """AVIF and HEIF share a container with MP4 video; the brands after `ftyp` tell them apart (ISO 14496-12, 4.3)."""
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(data[3], 64), 4))}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if brands & set(_HEIF_BRANDS):
        raise PhotoError("HEIF photos cannot be read here; save them as JPEG, PNG, WebP or AVIF")
    raise PhotoError("not an image (a video)")


def _png_size(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _gif_size(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _webp_size(data: bytes) -> tuple[int, int]:
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


_SIZES: dict[str, Callable[[bytes], tuple[int, int]]] = {"PNG": _png_size, "GIF": _gif_size, "WEBP": _webp_size}


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
