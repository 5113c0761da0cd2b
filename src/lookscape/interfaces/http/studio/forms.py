"""Forms for tools, read off the JSON schema of their Params: one field for each parameter."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lookscape.tools._tool import Tool

KINDS = {"boolean": "checkbox", "integer": "number", "number": "number", "array": "list"}


class FormField(BaseModel):
    """One parameter. `kind` is text, number, checkbox or list (values separated by commas)."""

    model_config = ConfigDict(frozen=True)
    name: str
    kind: str
    help: str
    required: bool
    default: str = Field(description="the value a form starts with; `true` ticks a checkbox")
    main: bool = Field(description="shown at once; the others are folded away")


class Form(BaseModel):
    """A tool and its parameters."""

    model_config = ConfigDict(frozen=True)
    tool: str = Field(description="group/name, as in the API")
    name: str
    summary: str
    fields: list[FormField]


def form_of(tool: Tool) -> Form:
    """A tool's form; its positional parameters come first."""
    schema = tool.params.model_json_schema()
    required = set(schema.get("required", ()))
    names = [*tool.positionals, *(name for name in schema["properties"] if name not in tool.positionals)]
    fields = [
        _field(name, schema["properties"][name], required=name in required, main=name in tool.positionals)
        for name in names
    ]
    return Form(tool=tool.path, name=tool.command, summary=tool.summary, fields=fields)


def _field(name: str, schema: Mapping[str, Any], *, required: bool, main: bool) -> FormField:
    kinds = {part.get("type") for part in schema.get("anyOf", [schema])} - {"null"}
    default = schema.get("default")
    return FormField(
        name=name,
        kind=next((KINDS[kind] for kind in kinds if kind in KINDS), "text"),
        help=schema.get("description", ""),
        required=required,
        default="" if default is None or isinstance(default, list) else str(default).lower(),
        main=main,
    )
