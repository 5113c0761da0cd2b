"""Bodies that a server packed though it was asked not to (Content-Encoding), in small steps so that a bomb is noticed.

What is called gzip or deflate is unpacked if it is; what was only called so, or called after something that packs
nothing (`aws-chunked`, `utf-8`), is taken as it came: storage keeps such names beside files that were put there plain.
"""

import itertools
import zlib
from collections.abc import Iterator

from lookscape.errors import UnavailableError

_STEP = 65536
_OTHERS = {"br", "zstd", "compress", "x-compress", "dcb", "dcz", "bzip2", "xz"}
_GZIP = b"\x1f\x8b"


def unpacked(parts: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """The body itself. `encoding` is the header's, empty if there is none.

    Raises UnavailableError when it is packed in a way that is not read here, damaged, or ends too early.
    """
    names = {name.strip().lower() for name in encoding.split(",")}
    if unread := names & _OTHERS:
        raise UnavailableError(f"the server sent it compressed as {min(unread)!r}, though asked not to")
    if names.isdisjoint({"gzip", "x-gzip", "deflate"}):
        yield from parts
        return
    head = b""
    for part in parts:
        head += part
        if len(head) >= len(_GZIP):
            break
    whole = itertools.chain([head], parts)
    wbits = _wbits(head)
    yield from whole if wbits is None else _inflated(whole, wbits)


def _wbits(head: bytes) -> int | None:
    """How zlib is to read what begins so: gzip (RFC 1952) or zlib (RFC 1950); None for neither."""
    if head.startswith(_GZIP):
        return zlib.MAX_WBITS | 16
    is_zlib = (
        len(head) > 1 and head[0] & 0x0F == zlib.DEFLATED and head[0] >> 4 <= 7 and int.from_bytes(head[:2]) % 31 == 0
    )
    return zlib.MAX_WBITS if is_zlib else None


def _inflated(parts: Iterator[bytes], wbits: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(wbits=wbits)
    try:
        for part in parts:
            rest = part
            while rest:
                yield inflater.decompress(rest, _STEP)
                rest = inflater.unconsumed_tail
                if inflater.eof and (rest := inflater.unused_data):  # gzip may have several members
                    inflater = zlib.decompressobj(wbits=wbits)
    except zlib.error as error:
        raise UnavailableError("the server sent damaged gzip data") from error
    if not inflater.eof:
        raise UnavailableError("the server sent gzip data that ends too early")
