"""Which letters a text file is written in: UTF-8, UTF-16 or Windows-1252; gzipped or not."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lookscape.errors import UsageError

_GZIP = b"\x1f\x8b"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_UTF8 = ("utf-8", "utf-8-sig")
_STEP = 1 << 20
_BAD = re.compile("[\udc80-\udcff]")


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked. Raises UsageError when they cannot be read, also while they are."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            if packed:
                with gzip.open(raw) as file:
                    yield io.BufferedReader(file)
            else:
                yield raw
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path.name} cannot be read: {getattr(error, 'strerror', None) or error}") from error


@contextmanager
def opened_text(path: Path, encoding: str) -> Iterator[IO[str]]:
    """The file's letters; line breaks stay as they are. Raises UsageError, also while they are read.

    A byte that is no UTF-8 comes as half of a surrogate pair, which `bad_bytes` tells.
    """
    try:
        errors = "surrogateescape" if encoding in _UTF8 else "strict"
        with opened(path) as file, io.TextIOWrapper(file, encoding=encoding, errors=errors, newline="") as text:
            yield text
    except UnicodeDecodeError as error:
        raise UsageError(f"{path.name} cannot be read as {in_words(encoding)} text") from error


def find_encoding(path: Path) -> str:
    """Python's name of it. Raises UsageError with the line when it is none of them.

    A byte order mark decides, then every second byte being zero, then whether it is UTF-8, but for a few bytes.
    """
    with opened(path) as file:
        head = file.read(4096)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        if unmarked := _unmarked_utf16(head):
            return unmarked
        if _is_utf8(head, file):
            return "utf-8"
    with opened(path) as file:
        if _decodes(b"", file, "cp1252"):
            return "cp1252"
    raise UsageError(f"{path.name} is neither UTF-8, UTF-16 nor Windows-1252 text; save it as UTF-8")


def in_words(encoding: str) -> str:
    """As people call it."""
    return _NAMES.get(encoding, "Windows-1252")


def _unmarked_utf16(head: bytes) -> str | None:
    half = len(head) // 2
    if half < 2:
        return None
    if head[1::2].count(0) > 0.8 * half and not head[::2].count(0):
        return "utf-16-le"
    if head[::2].count(0) > 0.8 * half and not head[1::2].count(0):
        return "utf-16-be"
    return None


def bad_bytes(text: str) -> str:
    """What is wrong with a text in which bytes are no UTF-8, empty if none is."""
    if text.isascii() or not (found := _BAD.findall(text)):
        return ""
    what = "a byte of it is" if len(found) == 1 else f"{len(found)} bytes of it are"
    return f"{what} no UTF-8, as the rest of the file is"


def _is_utf8(head: bytes, rest: IO[bytes]) -> bool:
    """Are all bytes UTF-8, or letters of several bytes that are twice as many as bytes that are not?"""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    part = head
    while part:
        text = decoder.decode(part)
        if not text.isascii():
            wrong = len(_BAD.findall(text))
            bad += wrong
            good += sum(letter > "\x7f" for letter in text) - wrong
        part = rest.read(_STEP)
    bad += len(decoder.decode(b"", final=True))
    return good > 2 * bad or not bad


def _decodes(head: bytes, rest: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        decoder.decode(head)
        while part := rest.read(_STEP):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
