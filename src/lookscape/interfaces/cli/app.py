"""Wiring of the command line: groups of tools, the top-level commands, errors."""

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from lookscape import __version__, parts
from lookscape.interfaces.cli import errors
from lookscape.interfaces.cli.tools import command
from lookscape.renamed import TOOLS as RENAMED
from lookscape.tools._tool import PACKAGE, TOP_LEVEL, groups, tools

COMMANDS = "lookscape.interfaces.cli.commands"


class ToolGroup(TyperGroup):
    """The commands of one folder of tools."""

    tool_group = TOP_LEVEL

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of the tools."""
        return [tool.command for tool in tools(self.tool_group)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One tool's command, None when there is no such tool."""
        now = RENAMED.get(f"{self.tool_group}/{cmd_name}", f"{self.tool_group}/{cmd_name}")
        found = next((command(tool) for tool in tools(self.tool_group) if tool.path == now), None)
        if found is not None and found.name != cmd_name:
            old, new = (f"{self.tool_group} {name}" for name in (cmd_name, found.name))
            print(f"lookscape: {old} is called {new} now; the old name goes with the next version", file=sys.stderr)  # noqa: T201 - messages go to stderr
        return found


class Root(ToolGroup):
    """`lookscape`: first the commands of daily use, then groups of tools."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Commands, then groups."""
        return [*parts.names(COMMANDS), *super().list_commands(ctx), *(name for name in groups() if name != TOP_LEVEL)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command, a group, or None."""
        if cmd_name in parts.names(COMMANDS):
            return _own_command(cmd_name)
        if cmd_name in groups() and cmd_name != TOP_LEVEL:
            return _group(cmd_name)
        return super().get_command(ctx, cmd_name)


app = typer.Typer(
    cls=Root,
    help="Learn the visual language of a product catalogue from its photos.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if value:
        typer.echo(f"lookscape {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """Learn the visual language of a product catalogue from its photos."""


def main() -> None:
    """Run the command line; an error we know ends in one sentence and its exit code."""
    try:
        app()
    except BaseException as error:
        code = errors.exit_code(error)
        if code is None:
            raise
        if sentence := errors.sentence(error):
            print(f"lookscape: {sentence}", file=sys.stderr)  # noqa: T201 - messages go to stderr
        sys.exit(code)


def _group(name: str) -> TyperGroup:
    kind = type("Group", (ToolGroup,), {"tool_group": name})
    return kind(name=name, help=parts.summary(PACKAGE, name), no_args_is_help=True)  # type: ignore[no-any-return]


def _own_command(name: str) -> TyperCommand:
    from lookscape.interfaces.cli.tools import LazyCommand

    def build() -> TyperCommand:
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        single.command(name=name, help=parts.docstring(COMMANDS, name))(parts.load(COMMANDS, name).main)
        built = typer.main.get_command(single)
        assert isinstance(built, TyperCommand)
        return built

    return LazyCommand(name, parts.summary(COMMANDS, name), build)
