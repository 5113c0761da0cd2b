"""The map page at 100,000 and 1,000,000 points: first paint, memory, colours, frames while panning, label and undo.

    python benchmarks/map_page.py [--points 100000 1000000] [--chosen 5000] [--seconds 5] [--draw webgl]

Starts the real server as its own process over a catalogue of as many products as the smallest number of points; its
points are a mixture of Gaussians, one for each product. What the larger map has beyond is photos without a product, so
that only what is drawn is timed there. Chromium without a window only imitates WebGL on the processor (SwiftShader),
which the page sees, so it draws the points itself; `--draw webgl` makes it draw by that WebGL all the same. The window
is 1280 x 860 pixels. A pan is one pointer that moves with every frame, sent to the page itself. Frames per second, by
the times of requestAnimationFrame, are one over the median interval (p50), and over the interval that 95 % stay below
(p5). First paint is from the request to the mark that the page sets after its first draw call. Memory is what the
page's process holds (resident). A colour is timed from the choice to its legend. The box goes around as many points as
`--chosen`; labelling and undoing are timed from the click to the message, and the requests alone beside them. Undo
is clicked when the page has read again what the label changed.
"""

import argparse
import hashlib
import os
import random
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright

import lookscape
from _many_products import BATCH, PHOTOS, _row
from _serving import server
from lookscape.catalogue.store.files import Landed
from lookscape.engine import Engine
from lookscape.services.maps import file as maps_file
from lookscape.services.maps.file import About, Map

BAR_FPS, BAR_S = 15, 1.0
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--no-first-run", "--disable-quic")
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
HEAPS = 40

PAN = """async ([seconds, zoomed]) => {
  const canvas = document.getElementById("points");
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const send = (kind, x, y) => canvas.dispatchEvent(new PointerEvent(kind, {
    pointerId: 7, pointerType: "mouse", button: 0, buttons: 1, clientX: x, clientY: y, bubbles: true }));
  canvas.setPointerCapture = () => {};
  const middle = [left + width / 2, top + height / 2];
  for (let step = 0; step < zoomed; step += 1)
    canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: -200, clientX: middle[0], clientY: middle[1] }));
  send("pointerdown", ...middle);
  const times = [];
  await new Promise((done) => {
    const frame = (now) => {
      times.push(now);
      const turn = (now - times[0]) / 600;
      send("pointermove", middle[0] + 160 * Math.sin(turn), middle[1] + 110 * Math.cos(turn * 1.3));
      if (now - times[0] < 1000 * seconds) requestAnimationFrame(frame);
      else done();
    };
    requestAnimationFrame(frame);
  });
  send("pointerup", ...middle);
  return times;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", type=Path, help="where to keep the catalogue")
    parser.add_argument("--points", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--chosen", type=int, default=5000)
    parser.add_argument("--draw", choices=("webgl",), help="draw by WebGL even where it is imitated")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each pan lasts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        engine = _make(options.catalogue or Path(scratch) / "catalogue", min(options.points))
        names = [_lay_out(engine, count) for count in options.points]
        path = os.environ.get("LOOKSCAPE_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)))
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        print(f"Chromium {browser.version}, load of the machine {psutil.getloadavg()[0]:.1f}")
        with server(engine.folder) as url:
            for count, name in zip(options.points, names, strict=True):
                page = browser.new_page(viewport={"width": 1280, "height": 860})
                page.set_default_timeout(240_000)
                _open(page, f"{url}/map?map={name}&by=attribute:brand&draw={options.draw or ''}", count=count)
                _colour(page)
                _pan(page, options.seconds)
                if count == min(options.points):
                    _label(page, engine, name, options.chosen)
                page.close()
        browser.close()


def _make(folder: Path, count: int) -> Engine:
    """A catalogue of so many products, each with a photo of its own, of which a few share a picture."""
    engine = lookscape.open(folder)
    if engine.catalogue.counts().products >= count:
        return engine
    engine.manage.ingest(PHOTOS)
    catalogue, rng = engine.catalogue, random.Random(0)
    drawn = catalogue.photos(catalogue.photo_ids())
    for start in range(0, count, BATCH):
        numbers = range(start, min(count, start + BATCH))
        photos = [replace(drawn[number % len(drawn)], id=_photo_id(number)) for number in numbers]
        rows = [_row(number, rng) for number in numbers]
        catalogue.put_files("many", [Landed(file=row, photo=photo) for row, photo in zip(rows, photos, strict=True)])
    return engine


def _photo_id(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def _lay_out(engine: Engine, count: int) -> str:
    """Write a map of so many points."""
    rng = np.random.default_rng(0)
    centres_HD = rng.normal(0, 30, (HEAPS, 2))
    points_ND = (centres_HD[rng.integers(HEAPS, size=count)] + rng.normal(0, 4, (count, 2))).astype(np.float32)
    ids = tuple(sorted(_photo_id(number) for number in range(count)))
    about = About(space="rows", key="", metric="l2", method="tsne", dimensions=2, seed=0)
    name = f"points-{count}"
    made = Map(about=about, ids=ids, points_ND=points_ND, placed_N=np.zeros(count, np.bool_))
    maps_file.write_map(maps_file.map_path(engine, name), made)
    return name


def _open(page: Page, url: str, *, count: int) -> None:
    for what in ("first", "again"):
        page.goto(url, wait_until="commit")
        page.wait_for_selector("#loading", state="attached")
        page.wait_for_selector("#loading", state="hidden")
        painted = page.evaluate("performance.getEntriesByName('map-painted')[0].startTime") / 1000
        started = time.perf_counter()
        page.wait_for_selector("#stage[data-ready]")
        later = time.perf_counter() - started
        print(f"{count:,} points, {what}: first paint {painted:.2f} s, all else {later:.2f} s later", flush=True)
    print(f"    memory of the page {_memory() / 1e6:.0f} MB")


def _memory() -> int:
    """Resident bytes of the process that runs the page: the largest renderer among the browser's."""
    every = psutil.Process().children(recursive=True)
    held: list[int] = [process.memory_info().rss for process in every if "--type=renderer" in process.cmdline()]
    return max(held)


def _colour(page: Page) -> None:
    started = time.perf_counter()
    page.locator("#by").select_option("attribute:material")
    page.locator("#legend", has_text="leather").wait_for()
    print(f"    coloured by another attribute in {time.perf_counter() - started:.2f} s")


def _pan(page: Page, seconds: float) -> None:
    for words, zoomed in (("the whole map", 0), ("five times as close", 5)):
        times_F = np.array(page.evaluate(PAN, [seconds, zoomed]))
        apart_F = np.diff(times_F) / 1000
        middle, slow = 1 / np.median(apart_F), 1 / np.quantile(apart_F, 0.95)
        print(
            f"    pan, {words}: {middle:.0f} frames a second p50, {slow:.0f} p5 (bar: {BAR_FPS}), {len(apart_F)} frames"
        )


def _label(page: Page, engine: Engine, name: str, chosen: int) -> None:
    page.keyboard.press("f")
    page.wait_for_timeout(800)
    page.keyboard.press("b")
    corners = _around(page, maps_file.open_map(engine, name).points_ND, chosen)
    started = time.perf_counter()
    page.mouse.move(*corners[0])
    page.mouse.down()
    page.mouse.move(*corners[1], steps=4)
    page.mouse.up()
    page.wait_for_selector("#chosen-grid .cell")
    print(f"    {page.locator('#picked').inner_text()} in {time.perf_counter() - started:.2f} s, grid included")
    page.locator("#label-name").fill("style")
    page.locator("#label-value").fill("lassoed")
    page.wait_for_timeout(1500)
    acts = (("label", "#label-set", "set", "Style set to"), ("undo", "#label-undo", "undo", "Undone"))
    for words, button, tool, said in acts:
        page.wait_for_load_state("networkidle")
        with page.expect_response(lambda answer, tool=tool: answer.url.endswith(f"annotate/{tool}")) as answered:  # type: ignore[misc]
            started = time.perf_counter()
            page.locator(button).click()
        asked = time.perf_counter() - started
        page.locator(".toast", has_text=said).wait_for()
        took = time.perf_counter() - started
        timing: dict[str, Any] = dict(answered.value.request.timing)
        alone = timing["responseEnd"] / 1000 if timing["responseEnd"] > 0 else asked
        print(f"    {words}: {took:.2f} s from click to message, request {alone:.2f} s (bar: {BAR_S:g})")


def _around(page: Page, points_ND: NDArray[np.float32], chosen: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two corners on the screen, around the middle, with about so many points between them."""
    stage = page.locator("#stage").bounding_box()
    assert stage
    low, high = points_ND.min(axis=0), points_ND.max(axis=0)
    size = np.array([stage["width"], stage["height"]])
    scale = 0.92 * (size / (high - low)).min()
    from_middle = (points_ND - (low + high) / 2) * scale
    half = float(np.sort(np.abs(from_middle).max(axis=1))[min(chosen, len(points_ND)) - 1])
    x, y = stage["x"] + size[0] / 2, stage["y"] + size[1] / 2
    return (float(x - half), float(y - half)), (float(x + half), float(y + half))


if __name__ == "__main__":
    main()
