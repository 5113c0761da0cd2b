"""Errors become RFC 9457 problem details, in one table; a browser asking for a page gets a page."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lookscape.errors import (
    CancelledError,
    ConflictError,
    LookscapeError,
    NotFoundError,
    PhotoError,
    RefusedError,
    TooLargeError,
    TooManyError,
    UnavailableError,
    UnknownNameError,
    UsageError,
)

STATUS: tuple[tuple[type[LookscapeError], HTTPStatus], ...] = (
    (UnknownNameError, HTTPStatus.NOT_FOUND),
    (UsageError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (PhotoError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (TooManyError, HTTPStatus.TOO_MANY_REQUESTS),
    (RefusedError, HTTPStatus.FORBIDDEN),
    (ConflictError, HTTPStatus.CONFLICT),
    (UnavailableError, HTTPStatus.SERVICE_UNAVAILABLE),
    (CancelledError, HTTPStatus.CONFLICT),
    (LookscapeError, HTTPStatus.INTERNAL_SERVER_ERROR),
)

MEDIA_TYPE = "application/problem+json"
PageOfError = Callable[[Request, HTTPStatus, str], Response]


def problem(status: HTTPStatus, detail: str, *, instance: str) -> JSONResponse:
    """An RFC 9457 document; `type` is about:blank, so the title is the status in words."""
    code = status.value
    body = {"type": "about:blank", "title": status.phrase, "status": code, "detail": detail, "instance": instance}
    return JSONResponse(body, status_code=status.value, media_type=MEDIA_TYPE)


def install(app: FastAPI, *, page: PageOfError) -> None:
    """Answer every error of ours, of validation and of routing; `page` draws it for browsers."""

    def answer(request: Request, status: HTTPStatus, detail: str) -> Response:
        if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/"):
            return page(request, status, detail)
        return problem(status, detail, instance=request.url.path)

    async def on_ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, LookscapeError)
        return answer(request, status_of(error), " ".join(str(error).split()))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        response = answer(request, HTTPStatus(error.status_code), str(error.detail))
        response.headers.update(error.headers or {})
        return response

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, f"{where}: {first['msg']}")

    async def on_bug(request: Request, error: Exception) -> Response:
        detail = "something went wrong on the server; its log has the details"
        return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)

    handlers: tuple[tuple[type[Exception], Callable[[Request, Exception], Awaitable[Response]]], ...] = (
        (LookscapeError, on_ours),
        (HTTPException, on_http),
        (RequestValidationError, on_validation),
        (Exception, on_bug),
    )
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)


def status_of(error: LookscapeError) -> HTTPStatus:
    """The status of an error of ours: the first row of the table that fits."""
    return next(status for kind, status in STATUS if isinstance(error, kind))
