"""Bodies that come packed, or are only called so."""

import gzip
import zlib

import pytest

from lookscape.catalogue.fetch.file import FetchPolicy, fetch
from lookscape.errors import UnavailableError
from server import body, running

PIXELS = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40
GZIP = gzip.compress(PIXELS)


def get(data, encoding):
    with running() as server:
        server.answers["/a"] = body(data, Content_Encoding=encoding)
        return fetch(server.url("/a"), max_bytes=100_000, timeout=5.0, policy=FetchPolicy(allow_private=True)).data


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (GZIP, "gzip"),
        (GZIP, "x-gzip"),
        (GZIP, "GZIP"),
        (gzip.compress(PIXELS[:99]) + gzip.compress(PIXELS[99:]), "gzip"),
        (zlib.compress(PIXELS), "deflate"),
        (zlib.compress(PIXELS), "gzip"),
        (GZIP, "aws-chunked, gzip"),
        (PIXELS, "gzip"),
        (PIXELS, "deflate"),
        (PIXELS, "aws-chunked"),
        (PIXELS, "utf-8"),
        (PIXELS, "identity"),
        (PIXELS, "none"),
        (PIXELS, None),
    ],
)
def test_the_bytes_say_whether_they_are_packed(data, encoding):
    assert get(data, encoding) == PIXELS


@pytest.mark.parametrize(
    ("data", "encoding", "reason"),
    [
        (GZIP[:-20], "gzip", "ends too early"),
        (GZIP[:40] + bytes(200), "gzip", "damaged"),
        (PIXELS, "br", "compressed as 'br'"),
        (PIXELS, "gzip, zstd", "compressed as 'zstd'"),
    ],
)
def test_what_cannot_be_unpacked_is_said(data, encoding, reason):
    with pytest.raises(UnavailableError, match=reason):
        get(data, encoding)


def test_an_empty_body_is_empty():
    assert get(b"", "gzip") == b""
