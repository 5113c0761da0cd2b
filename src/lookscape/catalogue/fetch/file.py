"""One file from the web, fetched as if the link came from an enemy.

http and https only; no private addresses, on no hop of a redirect; no cookies, no passwords, no proxy from the
environment; limits on bytes (also once decompressed), on time as a whole and on redirects. What comes is called a
photo only by the decoder, whatever type the server says; a page is refused early, because the reason is clearer.

What is known already is asked for politely (RFC 9110, 13.1): If-None-Match and If-Modified-Since, which a server
answers with 304 where nothing changed. One that gives neither ETag nor Last-Modified is asked how long the file is.
"""

import contextlib
import io
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import httpcore
import httpx

from lookscape.catalogue.fetch.answer import (
    Known,
    Sink,
    TransientError,
    UnconnectedError,
    check_status,
    conditions,
    copy,
    is_same,
    suggested_name,
)
from lookscape.catalogue.fetch.network import CheckedBackend, deadline
from lookscape.errors import PhotoError, RefusedError
from lookscape.version import __version__

USER_AGENT = f"lookscape/{__version__}"

_REDIRECTS = (301, 302, 303, 307, 308)
_UNASKABLE = (400, 403, 404, 405, 501)
_HEADERS = (("Accept", "image/*,*/*;q=0.5"), ("Accept-Encoding", "identity"))


@dataclass(frozen=True, kw_only=True)
class FetchPolicy:
    """What may be fetched, and in whose name. `allow_private` opens intranets and this machine: only for trusted links.

    allows: a reason to leave an address alone, asked on every hop, or None. pages: pages are wanted, not only photos.
    """

    allow_private: bool = False
    max_redirects: int = 5
    user_agent: str = ""
    allows: Callable[[str], str | None] | None = None
    pages: bool = False


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What came. `content_type` is without parameters; `file_name` is the server's suggestion; empty if not given."""

    data: bytes
    num_bytes: int
    content_type: str
    final_url: str
    file_name: str
    etag: str
    last_modified: str


class _Unchanged(Exception):  # noqa: N818 - no error
    """The file is as known."""


class _Unaskable(Exception):  # noqa: N818 - no error
    """The server knows no HEAD."""


@dataclass(frozen=True, kw_only=True)
class _Request:
    """One request, the same on every hop."""

    max_bytes: int
    into: Sink | None
    known: Known | None
    method: str = "GET"


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

    def fetch(self, url: str, *, max_bytes: int, timeout: float, into: Sink | None = None) -> Fetched:
        """The file at `url`, of at most `max_bytes`, within `timeout` seconds for everything but the name server.

        With `into` the bytes are written there and not held. Raises RefusedError, TooLargeError, PhotoError (the answer
        is a page), UnavailableError, and its kinds StatusError and TransientError, when trying again may help.
        """
        fetched = self._within(url, _Request(max_bytes=max_bytes, into=into, known=None), timeout=timeout)
        assert fetched is not None
        return fetched

    def ask(self, url: str, known: Known, *, max_bytes: int, timeout: float, into: Sink) -> Fetched | None:
        """The file as `fetch` gives it, or None if it is the known one. Raises as `fetch`."""
        request = _Request(max_bytes=max_bytes, into=into, known=known)
        if known.by_size and not known.etag and not known.last_modified:
            with contextlib.suppress(_Unaskable):
                if self._within(url, replace(request, method="HEAD"), timeout=timeout) is None:
                    return None
        return self._within(url, request, timeout=timeout)

    def _within(self, url: str, request: _Request, *, timeout: float) -> Fetched | None:
        token = deadline.set(time.monotonic() + timeout)
        try:
            return self._follow(url, request)
        except _Unchanged:
            return None
        except httpcore.TimeoutException as error:
            raise TransientError(f"not finished within {timeout:g} seconds") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise UnconnectedError(f"the connection failed: {str(error) or type(error).__name__}") from error
        finally:
            deadline.reset(token)

    def _follow(self, url: str, request: _Request) -> Fetched:
        start = here = _parsed(url)
        for _ in range(self._policy.max_redirects + 1):
            if self._policy.allows is not None and (reason := self._policy.allows(str(here))):
                raise RefusedError(reason)
            try:
                answer = self._once(here, request)
            except PhotoError as error:
                sent = "" if here == start else f", sent on to {str(here)[:200]}"
                raise PhotoError(f"{error}{sent}") from error
            if isinstance(answer, Fetched):
                return answer
            here = _parsed(answer, base=here)
        raise RefusedError(f"more than {self._policy.max_redirects} redirects")

    def _once(self, url: httpx.URL, request: _Request) -> Fetched | str:
        """The file, or where it has moved to. Raises _Unchanged."""
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        name = self._policy.user_agent or USER_AGENT
        headers = [("Host", url.netloc.decode("ascii")), ("User-Agent", name), *_HEADERS, *conditions(request.known)]
        with self._pool.stream(request.method, target, headers=headers) as response:
            answer = httpx.Headers(response.headers)
            if response.status in _REDIRECTS and "location" in answer:
                return answer["location"]
            if request.method == "HEAD" and response.status in _UNASKABLE:
                raise _Unaskable
            if request.known is not None and is_same(response.status, answer, request.known):
                raise _Unchanged
            check_status(response.status, answer)
            return self._fetched(response, answer, url, request)

    def _fetched(
        self, response: httpcore.Response, answer: httpx.Headers, url: httpx.URL, request: _Request
    ) -> Fetched:
        content_type = answer.get("content-type", "").partition(";")[0].strip().lower()
        held = io.BytesIO()
        num_bytes = copy(
            response,
            answer,
            request.into or held,
            max_bytes=request.max_bytes,
            content_type=None if self._policy.pages else content_type,
        )
        return Fetched(
            data=held.getvalue(),
            num_bytes=num_bytes,
            content_type=content_type,
            final_url=str(url),
            file_name=suggested_name(answer),
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
