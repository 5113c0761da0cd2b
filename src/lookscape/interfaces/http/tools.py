"""Every tool becomes POST /api/v1/GROUP/TOOL with its OpenAPI entry, read off its Params; slow ones become jobs."""

import json
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from lookscape.engine import Engine
from lookscape.errors import RefusedError, UsageError
from lookscape.interfaces.http.jobs import JobBody, job_body
from lookscape.renamed import TOOLS as RENAMED
from lookscape.services.inputs import MAX_UPLOAD
from lookscape.tools._tool import Tool, every_tool

JSON = "application/json"
FORM = "multipart/form-data"
PROBLEM = {"description": "Problem details (RFC 9457)", "content": {"application/problem+json": {}}}


def router(engine: Engine, *, local: bool) -> APIRouter:
    """Endpoints of all tools; `local` says whether tools that touch this machine's files are allowed."""
    routes = APIRouter(prefix="/api/v1")
    for tool in every_tool():
        _add(routes, engine, tool, local=local)
    for old, new in RENAMED.items():
        _add_old(routes, old, new)
    return routes


def _add_old(routes: APIRouter, old: str, new: str) -> None:
    """The path of before a renaming sends callers on, with method and body as they are."""

    def moved() -> Response:
        return RedirectResponse(f"{routes.prefix}/{new}", HTTPStatus.PERMANENT_REDIRECT, {"deprecation": "true"})

    routes.add_api_route(f"/{old}", moved, methods=["POST"], name=old, include_in_schema=False)


def _add(routes: APIRouter, engine: Engine, tool: Tool, *, local: bool) -> None:
    async def answer(request: Request) -> Response:
        if tool.local and not local:
            raise RefusedError(f"{tool.path} reads files of the server, which is allowed only when it serves 127.0.0.1")
        given = await _given(request, tool)
        return await run_in_threadpool(_answer, engine, tool, given)

    routes.add_api_route(
        f"/{tool.path}",
        answer,
        methods=["POST"],
        name=tool.path,
        operation_id=tool.path.replace("/", "_").replace("-", "_"),
        tags=[tool.group],
        summary=tool.summary,
        description=tool.docstring,
        response_model=JobBody if tool.slow else tool.result,
        status_code=HTTPStatus.ACCEPTED if tool.slow else HTTPStatus.OK,
        responses=dict.fromkeys((403, 404, 409, 413, 422, 503), PROBLEM),
        openapi_extra={"requestBody": _body_schema(tool)},
    )


def _answer(engine: Engine, tool: Tool, given: Mapping[str, Any]) -> Response:
    params = tool.validate(given)
    if not tool.slow:
        return Response(tool.run(engine, params).model_dump_json(), media_type=JSON)
    job = engine.catalogue.jobs.submit(tool.path, params.model_dump_json())
    headers = {"location": f"/api/v1/jobs/{job.id}"}
    return Response(job_body(job).model_dump_json(), status_code=202, media_type=JSON, headers=headers)


async def _given(request: Request, tool: Tool) -> Mapping[str, Any]:
    """The parameters, from JSON or from a form with files."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FORM:
        return await _form(request, tool)
    body = await request.body()
    if not body:
        return {}
    if kind not in (JSON, ""):
        raise UsageError(f"content type {kind!r} is not {JSON} or {FORM}")
    try:
        given = json.loads(body)
    except ValueError as error:
        raise UsageError(f"the request is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise UsageError("the request is not a JSON object")
    return given


async def _form(request: Request, tool: Tool) -> Mapping[str, Any]:
    given: dict[str, Any] = {}
    fields = tool.params.model_fields
    async with request.form(max_files=1, max_fields=200, max_part_size=MAX_UPLOAD) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                given[name] = await value.read()
            elif name in fields and "tuple" in str(fields[name].annotation):
                given[name] = (*given.get(name, ()), value)
            else:
                given[name] = value
    return given


@cache
def _body_schema(tool: Tool) -> dict[str, Any]:
    schema = tool.params.model_json_schema()
    kinds = [JSON]
    if any((info.json_schema_extra or {}).get("photo") for info in tool.params.model_fields.values()):  # type: ignore[union-attr]
        kinds.append(FORM)
    return {"required": True, "content": {kind: {"schema": schema} for kind in kinds}}
