"""Makes a folder of good photos and of files that only look like photos, the same for the same seed.

Used by damaged.py and by the tests. A JPEG carries no checksum and one flipped bit often leaves no trace but a slightly
wrong picture, so files are flipped in two hundred places.
"""

import gzip
import io
import os
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

_ODD_NAMES = (
    b"-rf %s",
    b"new\nline %s",
    b"tab\there %s",
    b"caf\xe9 latin-1 %s",
    b"\xff\xfe not utf-8 %s",
    b"\xf0\x9f\x91\x9f %s",
    b"\xe2\x80\xae right to left %s",
    b"quote\"s and 'ticks' %s",
    b"back\\slash %s",
    b"100%% $HOME `x` %s",
    b" leading and trailing %s ",
    b"n" * 200 + b"%s",
)
_EXTENSIONS = (b".jpg", b".JPEG", b".png", b".webp", b".gif", b".tif", b".bmp", b".avif")


@dataclass(frozen=True, kw_only=True)
class Folder:
    """What was written: photos that must come in, and paths that must be reported."""

    good: list[Path]
    damaged: list[Path]


def write(folder: Path, *, num_good: int = 200, num_damaged: int = 2000, seed: int = 0) -> Folder:
    """Fill `folder` with `num_good` photos and `num_damaged` other things, every kind about equally often."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    good = []
    for number in range(num_good):
        path = folder / f"good {number:04}.jpg"
        path.write_bytes(encode(photo(rng), "JPEG", quality=90))
        good.append(path)
    makers = [*KINDS.values(), *_LINKS]
    damaged = [_make(makers[number % len(makers)], _path(folder, rng, number), rng) for number in range(num_damaged)]
    return Folder(good=good, damaged=damaged)


def photo(rng: random.Random, *, side: int = 160) -> Image.Image:
    """A soft coloured shape on a light ground; no two are alike."""
    image = Image.new("RGB", (side, rng.randint(side // 2, side)), tuple(rng.choices(range(225, 256), k=3)))
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        box = sorted(rng.choices(range(side), k=2)) + sorted(rng.choices(range(image.height), k=2))
        draw.ellipse((box[0], box[2], box[1], box[3]), fill=tuple(rng.choices(range(256), k=3)))
    noise = Image.effect_noise(image.size, 20).convert("RGB")
    return Image.blend(image, noise, 0.1)


def encode(image: Image.Image, photo_format: str, **options: object) -> bytes:
    """The file bytes of an image."""
    out = io.BytesIO()
    image.save(out, photo_format, **options)
    return out.getvalue()


def png(width: int, height: int, *chunks: tuple[bytes, bytes], depth: int = 8, colour: int = 2) -> bytes:
    """A PNG with this header and these chunks, all checksums right; `depth` is 8 or 16 bits, `colour` 0 grey, 2 RGB."""
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    parts = [b"\x89PNG\r\n\x1a\n"]
    for name, body in (header, *chunks, (b"IEND", b"")):
        parts += [struct.pack(">I", len(body)), name, body, struct.pack(">I", zlib.crc32(name + body))]
    return b"".join(parts)


def tiff(*entries: tuple[int, int]) -> bytes:
    """A little-endian TIFF with one directory of these (tag, value) pairs, and 64 bytes of data at byte 8."""
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(entries))
    return b"II*\0" + struct.pack("<I", 72) + bytes(64) + struct.pack("<H", len(entries)) + directory + bytes(4)


@cache
def _zeros(num_bytes: int) -> bytes:
    """That many zero bytes, deflated a thousandfold."""
    return zlib.compress(bytes(num_bytes), 9)


def _make(maker: Callable[..., bytes | None], path: bytes, rng: random.Random) -> Path:
    made = maker(rng, path) if maker in _LINKS else maker(rng)
    if made is not None:
        with open(path, "xb") as file:
            file.write(made)
    return Path(os.fsdecode(path))


def _path(folder: Path, rng: random.Random, number: int) -> bytes:
    stem = b"bad %04d" % number
    if rng.random() < 0.2:
        stem = rng.choice(_ODD_NAMES) % stem
    subfolder = folder / f"shelf {number % 7}"
    subfolder.mkdir(exist_ok=True)
    return os.path.join(os.fsencode(subfolder), stem + rng.choice(_EXTENSIONS))


def _cut(photo_format: str, **options: object) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        data = encode(photo(rng), photo_format, **options)
        return data[: int(len(data) * rng.uniform(0.05, 0.98))]

    return make


def _flipped(photo_format: str, **options: object) -> Callable[[random.Random], bytes]:
    def make(rng: random.Random) -> bytes:
        data = bytearray(encode(photo(rng), photo_format, **options))
        for _ in range(200):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        return bytes(data)

    return make


def _fixed(data: bytes) -> Callable[[random.Random], bytes]:
    return lambda rng: data + b" " * rng.randrange(64)


def _jpeg_bomb(rng: random.Random) -> bytes:
    """The header announces 65,500 x 65,500 pixels."""
    data = bytearray(encode(photo(rng), "JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 65500, 65500)
    return bytes(data)


def _link_loop(_: random.Random, path: bytes) -> None:
    os.symlink(os.path.basename(path), path)


def _link_nowhere(_: random.Random, path: bytes) -> None:
    os.symlink(b"not there.jpg", path)


_LINKS: tuple[Callable[..., bytes | None], ...] = (_link_loop, _link_nowhere)

KINDS: dict[str, Callable[[random.Random], bytes]] = {
    "empty": lambda _: b"",
    "zero bytes": lambda rng: bytes(rng.randrange(1, 5000)),
    "noise": lambda rng: rng.randbytes(rng.randrange(1, 5000)),
    "cut jpeg": _cut("JPEG"),
    "cut progressive jpeg": _cut("JPEG", progressive=True),
    "cut png": _cut("PNG"),
    "cut gif": _cut("GIF"),
    "cut webp": _cut("WEBP"),
    "cut avif": _cut("AVIF", speed=10),
    "cut tiff": _cut("TIFF"),
    "cut bmp": _cut("BMP"),
    "flipped jpeg": _flipped("JPEG"),
    "flipped png": _flipped("PNG"),
    "flipped gif": _flipped("GIF"),
    "flipped tiff": _flipped("TIFF", compression="tiff_lzw"),
    "jpeg without an end": lambda rng: encode(photo(rng), "JPEG")[:-200],
    "html": _fixed(b"<!DOCTYPE html><html><body><h1>404 Not Found</h1></body></html>"),
    "svg": _fixed(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    "text": _fixed(b"Just a note, saved under the wrong name.\n"),
    "utf-16 text": _fixed("Ein Zettel unter falschem Namen".encode("utf-16")),
    "pdf": _fixed(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <<>> endobj"),
    "zip": _fixed(b"PK\x03\x04" + bytes(40)),
    "gzip": _fixed(gzip.compress(b"x" * 1000, mtime=0)),
    "video": _fixed(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(100)),
    "heif": _fixed(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100)),
    "program": _fixed(b"\x7fELF\x02\x01\x01" + bytes(60)),
    "postscript": _fixed(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
    "png of 60,000 pixels": lambda _: png(60000, 60000, (b"IDAT", _zeros(1_000_000))),
    "png bomb": lambda _: png(20000, 20000, (b"IDAT", _zeros(200_000_000))),
    "png profile bomb": lambda _: png(1, 1, (b"iCCP", b"p\0\0" + _zeros(100_000_000)), (b"IDAT", _zeros(4))),
    "png text bomb": lambda _: png(1, 1, (b"zTXt", b"t\0\0" + _zeros(100_000_000)), (b"IDAT", _zeros(4))),
    "png too short": lambda _: png(2000, 2000, (b"IDAT", _zeros(4000))),
    "jpeg bomb": _jpeg_bomb,
    "jpeg scan bomb": lambda rng: encode(photo(rng), "JPEG", progressive=True).replace(b"\xff\xda", b"\xff\xda" * 200),
    "gif bomb": lambda _: b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;",
    "webp bomb": lambda _: b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x3f\0\xff\x3f\0" + bytes(8),
    "bmp bomb": lambda _: b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 60000, 60000, 1, 24, *[0] * 6),
    "tiff bomb": lambda _: tiff((256, 60000), (257, 60000), (258, 8), (262, 1), (273, 8), (278, 60000), (279, 64)),
    "tiff strip bomb": lambda _: tiff(
        (256, 9000), (257, 9000), (258, 8), (259, 5), (262, 1), (273, 8), (278, 4_000_000_000), (279, 4_000_000_000)
    ),
    "tiff tile bomb": lambda _: tiff(
        (256, 64), (257, 64), (258, 8), (259, 5), (262, 1), (322, 12992), (323, 12992), (324, 8), (325, 64)
    ),
}
