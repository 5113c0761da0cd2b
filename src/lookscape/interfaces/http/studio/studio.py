"""The studio: pages for people, served from templates and static files. The folder `pages` is the registry.

Static files live under a path that holds the digest of all of them, so browsers keep them for ever and a new version
is seen at once. Pages hold no inline script or style: the content-security policy forbids both.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from lookscape import __version__
from lookscape.catalogue.records import Counts
from lookscape.engine import Engine
from lookscape.interfaces.http.images import preview
from lookscape.interfaces.http.images.photos import FOREVER, SIDES, photo_url, thumbnail_url
from lookscape.interfaces.http.studio import words
from lookscape.interfaces.http.studio.page import Asked, Page, every_page

HERE = Path(__file__).parents[1]
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"
SHELL = "shell"
"""The one name that every template gets besides the fields of its page's Context."""

MAIN = 3
"""Pages at the bottom of a phone's screen, besides the current one: the first of the menu."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """An entry of the menu; `icon` names a symbol of icons/sprite.svg."""

    label: str
    path: str
    icon: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class LinkGroup:
    """Entries of the menu that belong together."""

    title: str
    links: tuple[Link, ...]

    @property
    def current(self) -> bool:
        """Whether it holds the page that is shown."""
        return any(link.current for link in self.links)


@dataclass(frozen=True, kw_only=True)
class Shell:
    """What surrounds every page: `main` is what a phone shows of the menu, `counts` None where nothing can be asked."""

    title: str
    page: str
    menu: tuple[LinkGroup, ...]
    main: tuple[Link, ...]
    counts: Counts | None
    static: str
    version: str


class Studio:
    """Templates, the digest of the static files, and the pages."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.pages = sorted(every_page(), key=lambda page: (page.nav is None, page.nav or 0, page.name))
        self.static = f"/static/{digest(STATIC)}"
        self.templates = environment()

    def show(self, page: Page, asked: Asked) -> Response:
        """A page as HTML. Raises what its view raises."""
        context = page.view(self.engine, asked)
        values = {name: getattr(context, name) for name in type(context).model_fields}
        title = str(values.get("title", page.title))
        shell = self.shell(title=title, name=page.name, counts=self.engine.catalogue.counts())
        return self.render(f"{page.name}.html", {**values, SHELL: shell})

    def shell(self, *, title: str, name: str, counts: Counts | None) -> Shell:
        """The frame of a page."""
        groups: dict[str, list[Link]] = {}
        for page in self.pages:
            if page.group:
                link = Link(label=page.title, path=page.path, icon=page.icon, current=page.name == name)
                groups.setdefault(page.group, []).append(link)
        menu = tuple(LinkGroup(title=group, links=tuple(links)) for group, links in groups.items())
        links = [link for group in menu for link in group.links]
        main = tuple(link for place, link in enumerate(links) if place < MAIN or link.current)
        return Shell(
            title=title, page=name, menu=menu, main=main, counts=counts, static=self.static, version=__version__
        )

    def render(self, template: str, values: Mapping[str, Any], *, status: int = 200) -> Response:
        """A template as HTML; a browser asks again each time, since the catalogue may have changed."""
        body = self.templates.get_template(template).render(values)
        return HTMLResponse(body, status_code=status, headers={"cache-control": "private, no-cache"})


class Static(StaticFiles):
    """Static files that browsers keep for ever: their path changes with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file with its cache header."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = FOREVER
        return response


def mount(app: FastAPI, engine: Engine) -> None:
    """Add static files, the preview of photos to search by, and every page."""
    studio = Studio(engine)
    app.state.studio = studio
    app.mount(studio.static, Static(directory=STATIC), name="static")
    app.include_router(preview.router())
    for page in studio.pages:
        _add(app, studio, page)


def _add(app: FastAPI, studio: Studio, page: Page) -> None:
    def answer(request: Request) -> Response:
        return studio.show(page, Asked.of(request))

    app.add_route(page.path, answer, name=f"page:{page.name}", include_in_schema=False)


def error_page(request: Request, status: HTTPStatus, detail: str) -> Response:
    """An error for a person, with a way on. It asks nothing of the catalogue, which may be what failed."""
    studio: Studio = request.app.state.studio
    shell = studio.shell(title=status.phrase, name="error", counts=None)
    said = f"there is no page at {request.url.path}" if detail == HTTPStatus.NOT_FOUND.phrase else detail
    values = {SHELL: shell, "status": status.value, "heading": status.phrase, "detail": said}
    return studio.render("error.html", values, status=status.value)


def environment() -> Environment:
    """The templates, in which a name that is not there is an error."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update({name: getattr(words, name) for name in words.__all__})
    templates.globals.update(photo_url=photo_url, thumbnail_url=thumbnail_url, sides=SIDES)
    return templates


def digest(folder: Path) -> str:
    """12 hexadecimal digits that change when any file in a folder does."""
    hashed = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        hashed.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()[:12]
