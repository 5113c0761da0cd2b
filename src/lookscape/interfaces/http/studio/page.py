"""What a page is: one file with a docstring, PATH, TITLE, NAV, a documented Context, and `view`.

    PATH = "/products/{product_id:path}"    where it is; parts in braces arrive in `asked.path`
    TITLE = "Product"                       the default title of the tab
    NAV = 12                                place in the menu: its group, one of GROUPS, then its place among them,
                                            0 to 9; None keeps it out: a page about one thing, which others lead to
    ICON = "map"                            optional: a symbol of static/icons/sprite.svg; the one named like the file
    class Context(page.Context): ...        all that its template, NAME.html, is given; every field is described
    def view(engine, asked) -> Context

A page of the menu has one name: TITLE is its entry there, the title of its tab and its heading, `{{ shell.title }}`.

A page reads through the tools, so that whatever it shows can be had from the API too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import cast
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from lookscape import parts
from lookscape.engine import Engine

PACKAGE = "lookscape.interfaces.http.pages"

GROUPS = {1: "Find", 2: "Clean", 3: "Label", 4: "Understand", 5: "Create", 6: "Train & measure"}
"""Groups of the menu, in order, by the tens of NAV."""


class Context(BaseModel):
    """What a template gets."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a browser asked for: parts of the path, and the query with every value of each name."""

    path: Mapping[str, str]
    query: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, request: Request) -> "Asked":
        """Read a request."""
        query = request.query_params
        return cls(path=dict(request.path_params), query={name: tuple(query.getlist(name)) for name in query})

    def text(self, name: str) -> str:
        """One value, the last if there are several; empty without it."""
        return self.query.get(name, ("",))[-1]

    def number(self, name: str) -> int | None:
        """A whole number from 0, or None: a damaged link still shows its page."""
        value = self.text(name)
        return int(value) if value.isdecimal() and len(value) <= 9 else None

    def many(self, name: str) -> tuple[str, ...]:
        """All values that are not empty."""
        return tuple(value for value in self.query.get(name, ()) if value)

    def filters(self) -> tuple[str, ...]:
        """The `where` clauses that are like name=value; others are left out."""
        return tuple(clause for clause in self.many("where") if clause.partition("=")[0].strip() and "=" in clause)


@dataclass(frozen=True)
class Page:
    """One page, by the name of its file."""

    name: str

    @cached_property
    def module(self) -> ModuleType:
        """The page's file, imported."""
        return parts.load(PACKAGE, self.name)

    @property
    def path(self) -> str:
        """Its PATH."""
        return str(self.module.PATH)

    @property
    def title(self) -> str:
        """Its TITLE."""
        return str(self.module.TITLE)

    @property
    def nav(self) -> int | None:
        """Its place in the menu."""
        return cast("int | None", self.module.NAV)

    @property
    def icon(self) -> str:
        """Its symbol in the navigation."""
        return str(getattr(self.module, "ICON", self.name))

    @property
    def group(self) -> str | None:
        """The group of the menu that it is in."""
        return None if self.nav is None else GROUPS[self.nav // 10]

    @property
    def context(self) -> type[Context]:
        """Its Context class."""
        return cast("type[Context]", self.module.Context)

    @property
    def view(self) -> Callable[[Engine, Asked], Context]:
        """Its view."""
        return cast("Callable[[Engine, Asked], Context]", self.module.view)


def every_page() -> Iterator[Page]:
    """All pages, by name."""
    return (Page(name) for name in parts.names(PACKAGE))


def query_string(text: str, where: tuple[str, ...], **more: int | None) -> str:
    """`?text=...&where=...` for a link, without what is empty; empty when nothing is left."""
    pairs = [("text", text)] if text else []
    pairs += [("where", clause) for clause in where]
    pairs += [(name, str(value)) for name, value in more.items() if value is not None]
    return f"?{urlencode(pairs)}" if pairs else ""
