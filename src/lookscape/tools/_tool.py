"""What a tool is: one file in `tools/GROUP/` with a docstring, `Params`, `Result` and `run`.

    class Params(tool.Params): ...          flat; a field marked `positional` may be given without its name
    class Result(tool.Result): ...          ids, numbers and URLs of images, never pixels
    SLOW = True                             optional: runs as a job, shows progress, goes on after being killed
    CREATES = True                          optional: makes the catalogue when there is none yet
    LOCAL = True                            optional: touches this machine's files, so HTTP allows it on loopback only
    def run(engine, params, progress) -> Result

From that file come the Python call, the command, the endpoint, the docs page and the contract test.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from lookscape import parts
from lookscape.errors import UsageError
from lookscape.renamed import PARAMS, TOOLS, today
from lookscape.services.records import MACHINES_ONLY, Params, Progress, Record, positional, silent

if TYPE_CHECKING:
    from lookscape.engine import Engine

PACKAGE = "lookscape.tools"
TOP_LEVEL = "manage"
"""The group whose tools are commands of their own: `lookscape ingest`, not `lookscape manage ingest`."""

Result = Record
"""What a tool answers: ids, numbers and URLs of images."""

__all__ = [
    "MACHINES_ONLY",
    "PACKAGE",
    "TOP_LEVEL",
    "Params",
    "Progress",
    "Result",
    "Tool",
    "bind",
    "every_tool",
    "find_tool",
    "groups",
    "positional",
    "silent",
    "tools",
]


@dataclass(frozen=True)
class Tool:
    """One tool. Its summary and docstring are read without importing it."""

    group: str
    name: str

    @cached_property
    def module(self) -> ModuleType:
        """The tool's file, imported."""
        return parts.load(f"{PACKAGE}.{self.group}", self.name)

    @property
    def path(self) -> str:
        """As in URLs and commands: `search/by-photo`."""
        return f"{self.group}/{self.command}"

    @property
    def command(self) -> str:
        """The name with dashes; `import_` cannot be called `import` in Python, but here it is."""
        return self.name.rstrip("_").replace("_", "-")

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return parts.summary(f"{PACKAGE}.{self.group}", self.name)

    @property
    def docstring(self) -> str:
        """All of its docstring."""
        return parts.docstring(f"{PACKAGE}.{self.group}", self.name)

    @property
    def params(self) -> type[Params]:
        """Its Params class."""
        found: type[Params] = self.module.Params
        return found

    @property
    def result(self) -> type[Result]:
        """Its Result class."""
        found: type[Result] = self.module.Result
        return found

    @property
    def slow(self) -> bool:
        """Does it run as a job?"""
        return bool(getattr(self.module, "SLOW", False))

    @property
    def local(self) -> bool:
        """Does it touch files of this machine?"""
        return bool(getattr(self.module, "LOCAL", False))

    @property
    def creates(self) -> bool:
        """Does it make the catalogue when there is none?"""
        return bool(getattr(self.module, "CREATES", False))

    @property
    def positionals(self) -> list[str]:
        """Fields that a command and a Python call take without their names, in order."""
        fields = self.params.model_fields.items()
        return [name for name, info in fields if (info.json_schema_extra or {}).get("positional")]  # type: ignore[union-attr]

    @property
    def renamed(self) -> Mapping[str, str]:
        """Parameters' names of before that are still understood, and what they are called now."""
        return PARAMS.get(self.path, {})

    def validate(self, values: Mapping[str, Any], *, local: bool = False) -> Params:
        """Check what was asked; `local` lets a photo be a path. Raises UsageError with the first problem."""
        if twice := [old for old, new in self.renamed.items() if old in values and new in values]:
            raise UsageError(f"{twice[0]} is called {self.renamed[twice[0]]} now, and both were given")
        try:
            return self.params.model_validate(today(values, self.renamed), context={"local": local})
        except ValidationError as error:
            raise UsageError(_sentence(error, known=self.params.model_fields)) from error

    def run(self, engine: "Engine", params: Params, progress: Progress = silent) -> Result:
        """Do the work."""
        run: Callable[[Engine, Params, Progress], Result] = self.module.run
        return run(engine, params, progress)


def groups() -> tuple[str, ...]:
    """The folders in `tools/`."""
    return parts.names(PACKAGE)


def tools(group: str) -> list[Tool]:
    """The tools of a group, by name."""
    return [Tool(group, name) for name in parts.names(f"{PACKAGE}.{group}")]


def every_tool() -> Iterator[Tool]:
    """All tools of all groups."""
    for group in groups():
        yield from tools(group)


def find_tool(path: str) -> Tool:
    """The tool named `group/name`, also by a name of before a renaming. Raises UnknownNameError."""
    from lookscape.errors import UnknownNameError

    known = {tool.path: tool for tool in every_tool()}
    now = TOOLS.get(path, path)
    if now not in known:
        raise UnknownNameError("tool", path, known)
    return known[now]


def bind(engine: "Engine", group: str, name: str) -> Callable[..., Result]:
    """The tool as a Python function: positional fields first, the rest by name, `progress` to watch it."""
    tool = Tool(group, name)

    def call(*args: Any, progress: Progress = silent, **values: Any) -> Result:
        if len(args) > len(tool.positionals):
            raise UsageError(f"{group}.{name} takes {len(tool.positionals)} positional arguments, not {len(args)}")
        given = dict(zip(tool.positionals, args, strict=False))
        if twice := sorted(set(given) & set(values)):
            raise UsageError(f"{group}.{name} got {twice[0]} twice")
        return tool.run(engine, tool.validate({**given, **values}, local=True), progress)

    call.__name__, call.__doc__ = name, tool.docstring
    return call


def _sentence(error: ValidationError, *, known: Mapping[str, Any]) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "parameters"
    if first["type"] == "extra_forbidden":
        return f"{where} is not a parameter; there are: {', '.join(known) or 'none'}"
    given = first["input"]
    shown = "" if first["type"] == "missing" or not isinstance(given, (str, int, float)) else f" (given: {given!r:.80})"
    return f"{where}: {first['msg'][0].lower()}{first['msg'][1:]}{shown}"
