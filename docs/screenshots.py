"""Make docs/screenshots/*.png: the studio on a drawn catalogue, wide and on a phone, light and dark.

    python docs/screenshots.py [--photos SOURCE] [--out FOLDER]

Needs playwright and a Chromium (LOOKSCAPE_BROWSER, or `chromium` on the path).
"""

import argparse
import io
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import uvicorn
from PIL import Image, ImageEnhance
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

import lookscape
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app

WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
LOOKS: dict[str, tuple[ViewportSize, Literal["light", "dark"]]] = {
    "wide-light": (WIDE, "light"),
    "wide-dark": (WIDE, "dark"),
    "phone-light": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
}
SHOWN = 37
"""Which product of a drawn catalogue the pictures are about."""

PICKED = (SHOWN, 200, 410)
WORKSHOP = {
    "steer": "&set=1=1.5&set=3=-1",
    "interpolate": "",
    "arithmetic": "&weights=1,-0.5,1",
    "sample": "",
    "reconstruct": "",
}
"""Modes of the latent studio, and what each shows besides the products picked."""

CROP = (0.1, 0.2, 0.9, 0.84)


def main() -> None:
    """Draw or read a catalogue, serve it, and photograph its pages."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", default="rendered:600,size=384", help="what to show")
    parser.add_argument("--steps", type=int, default=300, help="steps of the training that is shown")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "screenshots")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        engine = lookscape.open(folder)
        engine.manage.ingest(given.photos)
        engine.manage.embed()
        engine.manage.gauge()
        engine.manage.train("pca", dim=64)
        engine.manage.train("language", steps=given.steps)
        engine.measure.board()
        path = os.environ.get("LOOKSCAPE_BROWSER") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        with _served(engine) as address:
            for look in LOOKS:
                _photograph(browser, address, engine, look=look, out=given.out)
        browser.close()


def _photograph(browser: Browser, address: str, engine: Engine, *, look: str, out: Path) -> None:
    size, scheme = LOOKS[look]
    context = browser.new_context(
        base_url=address, viewport=size, color_scheme=scheme, has_touch=size is PHONE, is_mobile=size is PHONE
    )
    page = context.new_page()
    page.goto("/")
    _save(page, out / f"catalogue-{look}.png")
    shown = engine.search.find(offset=SHOWN, limit=1).products[0]
    page.goto(f"/products/{shown.product_id}?at={SHOWN}")
    page.wait_for_selector(".alike[aria-busy=false]")
    _save(page, out / f"product-{look}.png")
    copy = _poor_copy(engine.catalogue.read_photo(shown.photo_id))
    page.goto("/search")
    page.set_input_files("#file", {"name": "shoe.jpg", "mimeType": "image/jpeg", "buffer": copy})
    page.wait_for_selector("#hits .cell")
    _crop(page)
    _save(page, out / f"search-{look}.png")
    for name in ("language", "training?run=language", "board"):
        page.goto(f"/{name}")
        _save(page, out / f"{name.partition('?')[0]}-{look}.png")
    _workshop(page, engine, look=look, out=out)
    context.close()


def _workshop(page: Page, engine: Engine, *, look: str, out: Path) -> None:
    """The latent studio in each of its modes."""
    picked = [engine.search.find(offset=offset, limit=1).products[0].product_id for offset in PICKED]
    shelf = "&".join(f"product={product_id}" for product_id in picked)
    for mode, more in WORKSHOP.items():
        page.goto(f"/latent?{shelf}&mode={mode}{more}")
        page.wait_for_selector(f"#panel-{mode}[aria-busy=false]")
        _save(page, out / f"workshop-{mode}-{look}.png")


def _poor_copy(photo: bytes) -> bytes:
    """A photo as it comes back from a chat: darker and squeezed."""
    dark = ImageEnhance.Brightness(Image.open(io.BytesIO(photo))).enhance(0.88)
    out = io.BytesIO()
    dark.save(out, "JPEG", quality=40)
    return out.getvalue()


def _crop(page: Page) -> None:
    box = page.locator("#crop-stage").bounding_box()
    assert box is not None
    left, top, right, bottom = CROP
    page.mouse.move(box["x"] + left * box["width"], box["y"] + top * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + right * box["width"], box["y"] + bottom * box["height"], steps=8)
    page.mouse.up()
    page.wait_for_timeout(600)


def _save(page: Page, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(path, optimize=True)


@contextmanager
def _served(engine: Engine) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(engine, worker=False), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


if __name__ == "__main__":
    main()
