"""What a server's answer says: the file, the same file as before, or why not; and its bytes, within limits."""

import time
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Protocol

import httpcore
import httpx

from lookscape.catalogue.fetch.pages import HEAD, page_reason
from lookscape.catalogue.fetch.unpacking import unpacked
from lookscape.errors import PhotoError, TooLargeError, UnavailableError

_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
_UNWELCOME = (401, 403)


class TransientError(UnavailableError):
    """It may work later; `retry_after` is how many seconds the server asks to be left alone, if it says so."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnconnectedError(TransientError):
    """No answer at all: the connection could not be made, or broke."""


class StatusError(UnavailableError):
    """The server answered with this status, and trying again will not help."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Known:
    """A file as it was when last fetched; with `by_size` the same length is taken for the same file where the server
    gives neither ETag nor Last-Modified.
    """

    etag: str
    last_modified: str
    num_bytes: int
    by_size: bool = True


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object:
        """Take the next bytes."""


def conditions(known: Known | None) -> list[tuple[str, str]]:
    """Headers that ask for the file only if it is another one; a weak ETag goes back as it came (RFC 9110, 13.1.2)."""
    if known is None:
        return []
    headers = [("If-None-Match", known.etag), ("If-Modified-Since", known.last_modified)]
    return [(name, value) for name, value in headers if value]


def is_same(status: int, headers: httpx.Headers, known: Known) -> bool:
    """Whether this answer says that the file is the known one. Some servers say so without ever sending 304."""
    if status == HTTPStatus.NOT_MODIFIED:
        return True
    if status != HTTPStatus.OK or _length(headers) != known.num_bytes:
        return False
    if known.etag:
        return bool(headers.get("etag", "").removeprefix("W/") == known.etag.removeprefix("W/"))
    if known.last_modified:
        return bool(headers.get("last-modified") == known.last_modified)
    return known.by_size


def check_status(status: int, headers: httpx.Headers) -> None:
    """Raises TransientError or StatusError unless the answer is the file."""
    if status == HTTPStatus.OK:
        return
    is_known = status in HTTPStatus.__members__.values()
    message = f"the server answered {status} {HTTPStatus(status).phrase if is_known else ''}".rstrip()
    if status in _TRANSIENT:
        raise TransientError(message, retry_after=seconds(headers.get("retry-after", "")))
    if status in _UNWELCOME:
        message += "; it may serve only those who log in, or only some programs (--user-agent names another)"
    raise StatusError(message, status=status)


def seconds(retry_after: str) -> float | None:
    """Retry-After is a number of seconds or a date (RFC 9110, 10.2.3); None if it is neither."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def suggested_name(headers: httpx.Headers) -> str:
    """The file name that the server gives, or an empty one."""
    message = Message()
    message["content-disposition"] = headers.get("content-disposition", "")
    return str(message.get_filename(""))


def copy(
    response: httpcore.Response, headers: httpx.Headers, into: Sink, *, max_bytes: int, content_type: str | None
) -> int:
    """Write the body as it comes and return how many bytes it has.

    With a `content_type`, the server's, a page is refused after its first bytes. Raises TooLargeError, PhotoError and
    UnavailableError; what was written by then is to be thrown away.
    """
    if (announced := _length(headers)) is not None and announced > max_bytes:
        raise TooLargeError(f"{announced:,} bytes is over the limit of {max_bytes:,}")
    num_bytes, head = 0, b""
    for part in unpacked(response.iter_stream(), headers.get("content-encoding", "")):
        num_bytes += len(part)
        if num_bytes > max_bytes:
            raise TooLargeError(f"more than the limit of {max_bytes:,} bytes")
        into.write(part)
        if content_type is not None and len(head) < HEAD:
            head += part[:HEAD]
            _refuse_page(head, content_type, is_whole=False)
    if content_type is not None:
        _refuse_page(head, content_type, is_whole=True)
    return num_bytes


def _refuse_page(head: bytes, content_type: str, *, is_whole: bool) -> None:
    """Once there is enough to tell."""
    if (is_whole or len(head) >= HEAD) and (reason := page_reason(head[:HEAD], content_type)):
        raise PhotoError(reason)


def _length(headers: httpx.Headers) -> int | None:
    announced: str = headers.get("content-length", "")
    return int(announced) if announced.isdecimal() else None
