"""Every file in pages/ is a whole page: documented, with a Context that is just what its template uses."""

import re
from collections import Counter
from pathlib import Path
from posixpath import join, normpath

import pytest
from jinja2 import meta, nodes
from starlette.testclient import TestClient

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app
from lookscape.interfaces.http.studio import page as studio_page
from lookscape.interfaces.http.studio import studio
from lookscape.interfaces.http.studio.page import Page, every_page

PAGES = list(every_page())
MENU = sorted((page for page in PAGES if page.nav is not None), key=lambda page: page.nav or 0)
TEMPLATES = studio.environment()
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
NAV = re.compile(r'<nav class="nav"(.*?)</nav>', re.DOTALL)
MOST_FILES = 22
"""Most files of a folder of static or templates, templates of pages apart: these are the registry's."""
FAMILY = 3
"""Files of one first word that are a room of their own."""
ROOMS = sorted(
    folder for top in (studio.STATIC, studio.TEMPLATES) for folder in (top, *top.rglob("*")) if folder.is_dir()
)
LOADED = re.compile(r'<(?:link|script|img|source|use)\b[^>]*?\s(?:href|src)="([^"#]+)')
IMPORTED = re.compile(r'(?:from|import) "(\.{1,2}/[^"]+)"')


@pytest.fixture(params=PAGES, ids=lambda page: page.name)
def page(request: pytest.FixtureRequest) -> Page:
    return request.param


@pytest.fixture(scope="module")
def client(engine: Engine) -> TestClient:
    return TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1")


@pytest.fixture
def client_of_nothing(empty_catalogue: Catalogue) -> TestClient:
    """Of a catalogue without a photo: pages say there what to do first."""
    return TestClient(create_app(Engine(empty_catalogue), worker=False), base_url="http://127.0.0.1")


@pytest.fixture
def html(page: Page, engine: Engine, client: TestClient) -> str:
    product = engine.catalogue.find(limit=1).products[0]
    answer = client.get(page.path.replace("{product_id:path}", product.id))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    return answer.text


def test_it_says_what_it_is(page: Page) -> None:
    assert len((page.module.__doc__ or "").split("\n", 1)[0]) > 10
    assert page.path.startswith("/")
    assert page.title
    assert page.module.view.__doc__


def test_paths_and_places_in_the_navigation_are_taken_once() -> None:
    paths = [page.path for page in PAGES]
    places = [page.nav for page in PAGES if page.nav is not None]
    assert len(set(paths)) == len(paths)
    assert len(set(places)) == len(places)
    assert {place // 10 for place in places} == set(studio_page.GROUPS)


def test_the_menu_is_grouped_by_what_people_come_for(client: TestClient) -> None:
    assert list(studio_page.GROUPS.values()) == ["Find", "Clean", "Label", "Understand", "Create", "Train & measure"]
    menu = NAV.search(client.get("/").text)
    assert menu
    links = re.findall(r'<a href="([^"]+)"[^>]*>.*?<span>(.*?)</span>', menu[1])
    assert links == [(page.path, page.title) for page in MENU]


def test_every_field_of_its_context_is_described(page: Page) -> None:
    assert issubclass(page.context, studio_page.Context)
    assert {name for name, field in page.context.model_fields.items() if not field.description} == set()


def test_its_template_uses_just_what_its_context_holds(page: Page) -> None:
    given = set(page.context.model_fields) - {"title"}  # the frame shows it
    assert _used(f"{page.name}.html") - {studio.SHELL} == given


def test_it_has_no_inline_script_or_style(html: str) -> None:
    assert INLINE.findall(html) == []


def test_all_it_loads_is_on_this_server_and_there(html: str, client: TestClient) -> None:
    loaded = set(LOADED.findall(html))
    assert all(url.startswith("/") for url in loaded)
    assert {url: client.get(url).status_code for url in loaded if client.get(url).status_code != 200} == {}


def test_its_title_and_place_are_told(page: Page, html: str) -> None:
    if page.nav is None:
        assert 'aria-current="page"' not in html
    else:
        assert f"<title>{page.title} · Lookscape</title>" in html
        assert re.search(rf'href="{page.path}" aria-current="page"', html)


@pytest.mark.parametrize("page", MENU, ids=lambda page: page.name)
def test_its_heading_is_its_title(page: Page, html: str, client_of_nothing: TestClient) -> None:
    for shown in (html, client_of_nothing.get(page.path).text):
        headings = HEADING.findall(shown.partition("<main")[2])
        assert headings[0] == page.title
    for name in _reached(f"{page.name}.html"):
        assert set(HEADING.findall((studio.TEMPLATES / name).read_text())) <= {"{{ shell.title }}"}


@pytest.mark.parametrize("folder", ROOMS, ids=lambda folder: folder.relative_to(studio.HERE).as_posix())
def test_a_room_holds_few_files_and_no_family(folder: Path) -> None:
    public = {f"{page.name}.html" for page in PAGES} if folder == studio.TEMPLATES else set[str]()
    names = [path.name for path in folder.iterdir() if path.is_file() and path.name not in public]
    families = Counter(re.split(r"[-_.]", name.lstrip("_"))[0] for name in names)
    assert len(names) <= MOST_FILES
    assert {family for family, count in families.items() if count >= FAMILY} == set()


def test_every_template_and_script_belongs_to_a_page() -> None:
    names = {"error.html", *(f"{page.name}.html" for page in PAGES)}
    reached = set().union(*(_reached(name) for name in names))
    assert reached == _files(studio.TEMPLATES, "*.html")
    text = "".join((studio.TEMPLATES / name).read_text() for name in reached)
    scripts = _files(studio.STATIC / "js", "*.js")
    entries = {name for name in scripts if f"/js/{name}" in text}
    assert _imports(entries) == scripts
    sheets = _files(studio.STATIC / "css", "*.css")
    assert {name for name in sheets if f"/css/{name}" in text} == sheets


def test_every_icon_that_is_asked_for_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="(\w+)"', (studio.STATIC / "icons" / "sprite.svg").read_text()))
    text = "".join(path.read_text() for path in studio.TEMPLATES.rglob("*.html"))
    asked = set(re.findall(r'icon\("(\w+)"\)', text)) | {"left", "right"}
    asked |= {page.icon for page in PAGES if page.nav is not None}
    assert asked == drawn


def _used(template: str) -> set[str]:
    """Names that a template and those it extends, includes or imports take from outside."""
    names = set().union(*(_undeclared(name) for name in _reached(template)))
    return names - set(TEMPLATES.globals)


def _undeclared(template: str) -> set[str]:
    return meta.find_undeclared_variables(_tree(template)) - {"ui"}  # the small pieces, imported by base.html


def _reached(template: str) -> set[str]:
    reached, todo = set[str](), [template]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += [found for found in meta.find_referenced_templates(_tree(name)) if found]
    return reached


def _tree(template: str) -> nodes.Template:
    return TEMPLATES.parse((studio.TEMPLATES / template).read_text())


def _files(folder: Path, pattern: str) -> set[str]:
    """Files in a folder and its rooms, as paths below it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob(pattern)}


def _imports(entries: set[str]) -> set[str]:
    """Scripts that are reached from some, as paths below js/: an import is relative to the room it stands in."""
    reached, todo = set[str](), list(entries)
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            text = (studio.STATIC / "js" / name).read_text()
            todo += [normpath(join(Path(name).parent.as_posix(), found)) for found in IMPORTED.findall(text)]
    return reached
