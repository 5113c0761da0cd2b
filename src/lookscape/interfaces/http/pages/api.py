"""The API for people: every tool with its parameters, and how to call it from three places."""

import json
import shlex
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.forms import FormField, form_of
from lookscape.interfaces.http.studio.page import Asked
from lookscape.tools._tool import TOP_LEVEL, Tool, every_tool

PATH = "/api"
TITLE = "API"
NAV = 69

EXAMPLES = {"photo": "shoe.jpg", "source": "photos/"}
"""Values for parameters that have no default; a product is taken from the catalogue."""


class Endpoint(BaseModel):
    """One tool as an endpoint."""

    model_config = ConfigDict(frozen=True)
    path: str
    summary: str
    description: str
    slow: bool = Field(description="answers 202 with a job")
    fields: list[FormField]
    curl: str
    python: str
    command: str


class Group(BaseModel):
    """The tools of one folder."""

    model_config = ConfigDict(frozen=True)
    name: str
    endpoints: list[Endpoint]


class Context(page.Context):
    """All tools by group, and the endpoints that are not tools."""

    groups: list[Group] = Field(description="tools by group")
    others: dict[str, str] = Field(description="further endpoints and what they answer")


def view(engine: Engine, asked: Asked) -> Context:
    """Describe every tool."""
    first = engine.search.find(limit=1).products
    product = first[0].product_id if first else "PRODUCT"
    found: dict[str, list[Endpoint]] = {}
    for tool in every_tool():
        found.setdefault(tool.group, []).append(_endpoint(tool, {**EXAMPLES, "product": product}))
    return Context(groups=[Group(name=name, endpoints=tools) for name, tools in found.items()], others=OTHERS)


OTHERS = {
    "GET /photos/{photo_id}.jpg": "a photo, standardised to a square",
    "GET /photos/{photo_id}/{side}.webp": "a thumbnail of 96, 160, 320 or 640 pixels",
    "GET /api/v1/jobs": "the latest jobs, newest first",
    "GET /api/v1/jobs/{job_id}": "one job: stage, steps done, result",
    "POST /api/v1/jobs/{job_id}/cancel": "stop a job; what was finished is kept",
    "GET /healthz": "is the server able to answer?",
    "GET /metrics": "figures for Prometheus",
}


def _endpoint(tool: Tool, examples: dict[str, str]) -> Endpoint:
    form = form_of(tool)
    given = {field.name: examples.get(field.name, field.name.upper()) for field in form.fields if field.required}
    _, _, more = tool.docstring.partition("\n")
    return Endpoint(
        path=f"/api/v1/{tool.path}",
        summary=tool.summary,
        description=more.strip(),
        slow=tool.slow,
        fields=form.fields,
        curl=_curl(tool, given),
        python=f"engine.{tool.group}.{tool.name}({', '.join(map(_quoted, given.values()))})",
        command=" ".join(["lookscape", *_words(tool), *map(shlex.quote, given.values())]),
    )


def _words(tool: Tool) -> list[str]:
    return [tool.command] if tool.group == TOP_LEVEL else [tool.group, tool.command]


def _curl(tool: Tool, given: dict[str, Any]) -> str:
    url = f"http://127.0.0.1:8765/api/v1/{tool.path}"
    if "photo" in given:
        return f"curl {url} \\\n  -F photo=@{given['photo']}"
    return f"curl {url} \\\n  -H 'content-type: application/json' \\\n  -d {shlex.quote(json.dumps(given))}"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
