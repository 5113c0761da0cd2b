"""A real server with a real browser before it.

studio    its address; 224 products, the first 24 with two photos each
engine_of_studio    what it serves, to look at and to play the worker of jobs
trained_studio, engine_of_trained_studio    the same with a model trained on it, `pca`, and another, `small`
serve     serve(engine) -> the address of a server of its own
browse    browse(path, look) -> a page in one of LOOKS; at the end of the test no page may have logged an error
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app
from lookscape.settings import Settings
from made_once import MadeOnce

LOOKS = {
    "wide-light": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "wide-dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone-light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
    "phone-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True},
}
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is there. The shell has no window to draw, which costs .4 s of processor time a test."""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # WebGL in software, for the map
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HARMLESS = "GPU stall due to ReadPixels"
"""What Chromium says of every WebGL canvas that it draws in software."""

PATIENCE_MS = 20_000
"""Longest wait for what is expected: a machine that does other things too must not fail a test."""

MORE = "rendered:224,size=32"
Browse = Callable[..., Page]
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def studio_folder(made_once: MadeOnce, engine: Engine) -> Path:
    def make(folder: Path) -> None:
        shutil.copytree(engine.folder, folder)
        opened = _open(folder)
        ingest(opened.catalogue, MORE, progress=lambda done, total, stage: None)
        opened.manage.embed()
        opened.catalogue.close()

    return made_once("studio", make)


@pytest.fixture(scope="session")
def engine_of_studio(studio_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return _open(shutil.copytree(studio_folder, tmp_path_factory.mktemp("studio") / "catalogue"))


def _open(folder: Path) -> Engine:
    return Engine(Catalogue(Settings(catalogue=folder, workers=1)))


@pytest.fixture(scope="session")
def studio(engine_of_studio: Engine) -> Iterator[str]:
    yield from _serve(engine_of_studio)


@pytest.fixture(scope="session")
def engine_of_trained_studio(
    made_once: MadeOnce, studio_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Engine:
    def make(folder: Path) -> None:
        trained = _open(shutil.copytree(studio_folder, folder))
        for name in ("pca", "small"):
            trained.manage.train("pca", name=name)
        trained.catalogue.close()

    made = made_once("trained-studio", make)
    return _open(shutil.copytree(made, tmp_path_factory.mktemp("trained") / "catalogue"))


@pytest.fixture(scope="session")
def trained_studio(engine_of_trained_studio: Engine) -> Iterator[str]:
    yield from _serve(engine_of_trained_studio)


@pytest.fixture
def empty_studio(empty_catalogue: Catalogue) -> Iterator[str]:
    yield from _serve(Engine(empty_catalogue))


@pytest.fixture
def serve() -> Iterator[Callable[[Engine], str]]:
    """serve(engine) -> the address of a server of its own, for tests that change what they look at."""
    running = list[Iterator[str]]()

    def serve(engine: Engine) -> str:
        running.append(_serve(engine))
        return next(running[-1])

    yield serve
    for server in running:
        next(server, None)


def _serve(engine: Engine) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(engine, worker=False), log_level="warning", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """LOOKSCAPE_BROWSER or the Chromium of the system; without one the tests of pages are skipped."""
    path = os.environ.get("LOOKSCAPE_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("there is no Chromium to drive the pages with")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture
def browse(browser: Browser, studio: str) -> Iterator[Browse]:
    contexts, errors = [], list[str]()

    def log(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and HARMLESS not in message.text:
            errors.append(f"{message.text} ({message.location.get('url')})")

    def browse(path: str = "/", look: str = "wide-light", *, at: str = studio) -> Page:
        context = browser.new_context(base_url=at, **LOOKS[look])  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", log)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield browse
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def photo_file(engine_of_studio: Engine, tmp_path: Path) -> Path:
    """The photo of the first product, as a person would have it."""
    first = engine_of_studio.search.find(limit=1).products[0]
    path = tmp_path / "shoe.jpg"
    path.write_bytes(engine_of_studio.catalogue.read_photo(first.photo_id))
    return path
