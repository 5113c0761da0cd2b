"""One file from the web, fetched as if the link came from an enemy.

http and https only; no private addresses, on no hop of a redirect; no cookies, no passwords, no proxy from the
environment; limits on bytes (also once decompressed), on time as a whole and on redirects. What comes is called a
photo only by the decoder; here an answer that says it is a page is refused early, because the reason is clearer.
"""

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpcore
import httpx

from lookscape.catalogue.fetch.network import CheckedBackend, deadline
from lookscape.errors import PhotoError, RefusedError, TooLargeError, UnavailableError
from lookscape.version import __version__

_REDIRECTS = (301, 302, 303, 307, 308)
_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
_HEADERS = (
    ("User-Agent", f"lookscape/{__version__}"),
    ("Accept", "image/*,*/*;q=0.5"),
    ("Accept-Encoding", "identity"),
)
_INFLATE_STEP = 65536


class TransientError(UnavailableError):
    """It may work later; `retry_after` is how many seconds the server asks to be left alone, if it says so."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True)
class FetchPolicy:
    """What may be fetched. `allow_private` opens intranets and this machine: only for links you trust."""

    allow_private: bool = False
    max_redirects: int = 5


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What came. `content_type` is without parameters; `file_name` is the server's suggestion; empty if not given."""

    data: bytes
    content_type: str
    final_url: str
    file_name: str
    etag: str
    last_modified: str


class Fetcher:
    """Fetches files over shared connections, from any number of threads."""

    def __init__(self, policy: FetchPolicy | None = None, *, max_connections: int = 16) -> None:
        self._policy = policy or FetchPolicy()
        self._pool = httpcore.ConnectionPool(
            network_backend=CheckedBackend(allow_private=self._policy.allow_private),
            max_connections=max_connections,
            keepalive_expiry=15,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def fetch(self, url: str, *, max_bytes: int, timeout: float) -> Fetched:
        """The file at `url`, of at most `max_bytes`, within `timeout` seconds for everything but the name server.

        Raises RefusedError, TooLargeError, PhotoError (the answer is no image), UnavailableError, and its kind
        TransientError when trying again may help.
        """
        token = deadline.set(time.monotonic() + timeout)
        try:
            return self._follow(url, max_bytes=max_bytes)
        except httpcore.TimeoutException as error:
            raise TransientError(f"not finished within {timeout:g} seconds") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise TransientError(f"the connection failed: {str(error) or type(error).__name__}") from error
        finally:
            deadline.reset(token)

    def _follow(self, url: str, *, max_bytes: int) -> Fetched:
        here = _parsed(url)
        for _ in range(self._policy.max_redirects + 1):
            answer = self._once(here, max_bytes=max_bytes)
            if isinstance(answer, Fetched):
                return answer
            here = _parsed(answer, base=here)
        raise RefusedError(f"more than {self._policy.max_redirects} redirects")

    def _once(self, url: httpx.URL, *, max_bytes: int) -> Fetched | str:
        """The file, or where it has moved to."""
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        headers = [("Host", url.netloc.decode("ascii")), *_HEADERS]
        with self._pool.stream("GET", target, headers=headers) as response:
            answer = httpx.Headers(response.headers)
            if response.status in _REDIRECTS and "location" in answer:
                return answer["location"]
            _check_status(response.status, answer)
            content_type = _check_type(answer)
            return Fetched(
                data=_read(response, answer, max_bytes=max_bytes),
                content_type=content_type,
                final_url=str(url),
                file_name=_suggested_name(answer),
                etag=answer.get("etag", ""),
                last_modified=answer.get("last-modified", ""),
            )


def fetch(url: str, *, max_bytes: int, timeout: float, policy: FetchPolicy | None = None) -> Fetched:
    """One file over a connection of its own; see Fetcher.fetch."""
    with Fetcher(policy, max_connections=1) as fetcher:
        return fetcher.fetch(url, max_bytes=max_bytes, timeout=timeout)


def _parsed(url: str, *, base: httpx.URL | None = None) -> httpx.URL:
    try:
        parsed = httpx.URL(url) if base is None else base.join(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedError(f"{url[:200]!r} is not a web address: {error}") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host or not 0 < (parsed.port or 80) < 65536:
        raise RefusedError(f"{url[:200]!r} is not an http or https address")
    if parsed.userinfo:
        raise RefusedError("a web address with a user name or password in it is not fetched")
    return parsed


def _check_status(status: int, headers: httpx.Headers) -> None:
    if status == HTTPStatus.OK:
        return
    known = status in HTTPStatus.__members__.values()
    message = f"the server answered {status} {HTTPStatus(status).phrase if known else ''}".rstrip()
    if status in _TRANSIENT:
        raise TransientError(message, retry_after=_seconds(headers.get("retry-after", "")))
    raise UnavailableError(message)


def _seconds(retry_after: str) -> float | None:
    """Retry-After is a number of seconds or a date (RFC 9110, 10.2.3); None if it is neither."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _check_type(headers: httpx.Headers) -> str:
    content_type: str = headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type and not content_type.startswith("image/") and not content_type.endswith("/octet-stream"):
        raise PhotoError(f"not an image: the server says {content_type[:80]}")
    return content_type


def _suggested_name(headers: httpx.Headers) -> str:
    message = Message()
    message["content-disposition"] = headers.get("content-disposition", "")
    return str(message.get_filename(""))


def _read(response: httpcore.Response, headers: httpx.Headers, *, max_bytes: int) -> bytes:
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise TooLargeError(f"{int(announced):,} bytes is over the limit of {max_bytes:,}")
    data = bytearray()
    for part in _unpacked(response.iter_stream(), headers.get("content-encoding", "identity").lower()):
        data += part
        if len(data) > max_bytes:
            raise TooLargeError(f"more than the limit of {max_bytes:,} bytes")
    return bytes(data)


def _unpacked(parts: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """The body in small steps, so that a bomb is noticed early; some servers compress even when asked not to."""
    if encoding in {"", "identity"}:
        yield from parts
        return
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise UnavailableError(f"the server sent it compressed as {encoding[:40]!r}, though asked not to")
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        for part in parts:
            rest = part
            while rest:
                yield inflater.decompress(rest, _INFLATE_STEP)
                rest = inflater.unconsumed_tail
    except zlib.error as error:
        raise UnavailableError("the server sent damaged gzip data") from error
