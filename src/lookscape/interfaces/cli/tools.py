"""Every tool becomes `lookscape GROUP TOOL --option`, read off its Params; nothing is written twice.

A tool's file is imported when its command runs, not when help lists it.
"""

import inspect
import types
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typer.core import TyperCommand

from lookscape.tools._tool import Tool

CATALOGUE = typer.Option("--catalogue", "-C", help="the catalogue's folder [LOOKSCAPE_CATALOGUE or ./catalogue]")
JSON = typer.Option("--json", help="print one JSON document")


class LazyCommand(TyperCommand):
    """A command that is listed by its docstring and built when it is called."""

    def __init__(self, name: str, summary: str, build: Callable[[], TyperCommand]) -> None:
        super().__init__(name, help=summary)
        self._build = build

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Hand over to the real command."""
        return self._build().make_context(*args, **kwargs)


def command(tool: Tool) -> LazyCommand:
    """The command of a tool."""
    return LazyCommand(tool.command, tool.summary, lambda: _build(tool))


def _build(tool: Tool) -> TyperCommand:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command(name=tool.command, help=tool.docstring)(_function(tool))
    built = typer.main.get_command(app)
    assert isinstance(built, TyperCommand)
    return built


def _function(tool: Tool) -> Callable[..., None]:
    """A function whose signature is the tool's Params, the way Typer reads commands."""

    def call(*, catalogue: Path | None, as_json: bool, **given: Any) -> None:
        from lookscape.interfaces.cli.run import run_tool

        values = {name: value for name, value in given.items() if value is not None}
        for old in tool.renamed.keys() & values.keys():
            _tell_renamed(old, tool.renamed[old])
        run_tool(tool, values, folder=catalogue, as_json=as_json)

    fields = tool.params.model_fields
    parameters = [_parameter(name, info, positional=name in tool.positionals) for name, info in fields.items()]
    parameters += [_parameter(old, fields[new], positional=False, hidden=True) for old, new in tool.renamed.items()]
    parameters.append(_keyword("catalogue", Annotated[Path | None, CATALOGUE], None))
    parameters.append(_keyword("as_json", Annotated[bool, JSON], default=False))
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return call


def _tell_renamed(old: str, new: str) -> None:
    was, now = (f"--{name.replace('_', '-')}" for name in (old, new))
    typer.echo(f"lookscape: {was} is called {now} now; the old name goes with the next version", err=True)


def _parameter(name: str, info: FieldInfo, *, positional: bool, hidden: bool = False) -> inspect.Parameter:
    kind, choices = _terminal_type(info)
    text = " ".join(filter(None, [info.description, choices and f"({choices})", _default_note(info)]))
    if positional:
        default = ... if info.is_required() else None
        return _keyword(
            name,
            Annotated[kind | None if default is None else kind, typer.Argument(help=text, metavar=name.upper())],
            default,
        )
    flag = f"--{name.replace('_', '-')}"
    if kind is bool:
        flag = f"{flag}/--no-{name.replace('_', '-')}"
    option = typer.Option(flag, help=text, show_default=False, hidden=hidden)
    return _keyword(name, Annotated[kind | None, option], ... if info.is_required() else None)


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    empty = inspect.Parameter.empty if default is ... else default
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=empty)


def _terminal_type(info: FieldInfo) -> tuple[Any, str]:
    """The type that the terminal parses, and the choices in words; pydantic does the real checking later."""
    kind = info.annotation
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(arm for arm in get_args(kind) if arm is not type(None))
    if get_origin(kind) is Literal:
        return str, " | ".join(map(str, get_args(kind)))
    if get_origin(kind) in (tuple, list):
        return list[str], ""
    return (kind if kind in (bool, int, float) else str), ""


def _default_note(info: FieldInfo) -> str:
    if info.default in (None, PydanticUndefined, "", ()):
        return ""
    return f"[default: {str(info.default).lower() if isinstance(info.default, bool) else info.default}]"
