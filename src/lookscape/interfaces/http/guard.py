"""What every request passes: size limit, host and origin check, security headers, counting. Plain ASGI."""

import re
import time
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from http import HTTPStatus
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

from lookscape.errors import TooLargeError
from lookscape.interfaces.http.errors import problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 28_000_000
"""Bytes of a request: a photo of 20 MB as base64, and its envelope."""
TOO_LARGE = "the request is over the limit of 20 MB for a photo"

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        b"frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
)


class Guard:
    """The outermost layer. `hosts` are the names this server answers to; empty means any."""

    def __init__(self, app: App, *, hosts: Collection[str], registry: CollectorRegistry) -> None:
        self.app, self.hosts = app, frozenset(hosts)
        labels = ("method", "route", "status")
        self.requests = Counter("lookscape_requests", "Requests answered", labels, registry=registry)
        self.seconds = Histogram("lookscape_request_seconds", "Time to answer", ("method", "route"), registry=registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, answer, count."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                there = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(pair for pair in HEADERS if pair[0] not in there)]
            await send(message)

        try:
            await self._answer(scope, receive, send_with_headers)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self.requests.labels(scope["method"], route, str(status)).inc()
            self.seconds.labels(scope["method"], route).observe(time.perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            status, detail = refusal
            await problem(status, detail, instance=scope["path"])(scope, receive, send)
            return
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise TooLargeError(TOO_LARGE)
            return message

        await self.app(scope, limited, send)

    def _refusal(self, method: str, headers: dict[str, str]) -> tuple[HTTPStatus, str] | None:
        host = headers.get("host", "")
        if self.hosts and _hostname(host) not in self.hosts:
            return HTTPStatus.MISDIRECTED_REQUEST, f"this server does not answer to the name {host!r}"
        origin = headers.get("origin")
        if method not in SAFE_METHODS and origin is not None and origin.split("://", 1)[-1] != host:
            return HTTPStatus.FORBIDDEN, f"requests from pages of {origin} are not accepted"
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length) > MAX_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_LARGE
        return None


def _hostname(host: str) -> str:
    """The Host header without its port; an IPv6 address keeps its brackets."""
    return re.sub(r":\d+$", "", host).lower()
