"""A slider moved in the studio: time until the decoded image and the matches are on the screen.

    python benchmarks/slider.py --catalogue DIR [--model NAME] [--moves 120] [--browser PATH]

DIR holds a catalogue with a trained model. The real server runs as its own process, Chromium shows the real page, and
sliders are moved by keys and by the mouse. A clock that is no part of the page starts with the browser's time of each
`input` event and stops after the frame that is painted when the page says that the move is on the screen; it then
looks whether the decoded image and the photos of all matches really are there, and a move without them is an error.

    fine    one key press, 0.1 standard deviations; the next one when it is shown
    coarse  a tenth of the slider's length at once
    ends    from one end to the other: nearly all matches change, and their photos come from the server
    drag    the slider is held and dragged over its length within two seconds; every event counts until the first
            picture that shows it or a later one

Bar: p95 within 100 ms. Beside it stands what the server alone takes for a move, its answer with the pictures in it.
"""

import argparse
import os
import shutil
import time
from pathlib import Path

import httpx
import numpy as np
from playwright.sync_api import Page, sync_playwright

import lookscape
from _serving import server
from lookscape.tools.search.find import Item

BAR_MS = 100
ANCHORS = 6
"""Products, spread over the catalogue, whose sliders are moved."""

SLIDERS = 12
MATCHES = 6
DRAG_S = 2.0
EVENT_S = 0.016
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]
KEYS = {"fine": ("ArrowRight", "ArrowLeft"), "coarse": ("PageUp", "PageDown"), "ends": ("End", "Home")}
"""Pressed below the middle of a slider, and above it."""

WATCH = """() => {
    const panel = document.getElementById("panel-steer");
    const first = Number(panel.dataset.shown);
    let asked = 0, waiting = [];
    window.took = [];
    window.missing = 0;
    const ask = ({ timeStamp: at }) => waiting.push({ place: first + (asked += 1), at });
    panel.addEventListener("input", ask, true);
    new MutationObserver(() => {
        const shown = Number(panel.dataset.shown);
        const done = waiting.filter(({ place }) => place <= shown);
        waiting = waiting.filter(({ place }) => place > shown);
        const images = [...panel.querySelectorAll("#steer-made img, #steer-matches img")];
        window.missing += images.filter((image) => !image.complete || !image.naturalWidth).length;
        requestAnimationFrame(() => setTimeout(() => {
            const now = performance.now();
            window.took.push(...done.map(({ at }) => now - at));
        }));
    }).observe(panel, { attributes: true, attributeFilter: ["data-shown"] });
}"""


def main() -> None:
    """Serve, move, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", type=Path, required=True, help="a catalogue with a trained model")
    parser.add_argument("--model", help="the trained model; the default one without it")
    parser.add_argument("--moves", type=int, default=120, help="moves of each kind")
    shell = os.environ.get("LOOKSCAPE_BROWSER") or shutil.which("chromium-headless-shell")
    parser.add_argument("--browser", default=shell)
    given = parser.parse_args()
    engine = lookscape.open(given.catalogue)
    model = engine.codec(given.model).name
    total = engine.catalogue.counts().products
    anchors = [engine.search.find(offset=total * place // ANCHORS, limit=1).products[0] for place in range(ANCHORS)]
    engine.catalogue.close()
    print(f"{total} products, model {model}")
    print(f"{'':8s} {'moves':>6s} {'p50':>8s} {'p95':>8s} {'worst':>8s}   ms from the event to the painted frame")
    with server(given.catalogue) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.browser, args=ARGUMENTS)
        page = browser.new_page(base_url=url, viewport={"width": 1280, "height": 860})
        for kind in (*KEYS, "drag"):
            _print(kind, np.concatenate([_moves(page, model, anchor, kind, given.moves) for anchor in anchors]))
        browser.close()
        _print("server", _alone(url, model, anchors, given.moves))


def _moves(page: Page, model: str, anchor: Item, kind: str, wanted: int) -> np.ndarray:
    """Milliseconds of each move on one product's sliders."""
    page.goto(f"/latent?model={model}&product={anchor.product_id}")
    page.wait_for_selector("#panel-steer[data-shown]")
    page.wait_for_load_state("networkidle")
    page.evaluate(WATCH)
    if kind == "drag":
        _drag(page, sliders=max(1, wanted // 120))
    else:
        _press(page, KEYS[kind], -(-wanted // ANCHORS))
    _until(page, "document.getElementById('panel-steer').ariaBusy === 'false'")
    page.wait_for_timeout(100)
    if page.evaluate("window.missing"):
        raise SystemExit("a move was said to be shown before its images were there")
    return np.asarray(page.evaluate("window.took"))


def _press(page: Page, keys: tuple[str, str], count: int) -> None:
    for number in range(count):
        slider = page.locator(".slider input").nth(number % SLIDERS)
        slider.focus()
        middle = slider.evaluate("slider => (Number(slider.min) + Number(slider.max)) / 2")
        before = page.evaluate("window.took.length")
        page.keyboard.press(keys[float(slider.input_value()) > middle])
        _until(page, f"window.took.length > {before}")


def _until(page: Page, condition: str) -> None:
    """Wait; Playwright's own way is forbidden by the pages' content-security policy."""
    for _ in range(2000):
        if page.evaluate(condition):
            return
        time.sleep(0.005)
    raise SystemExit(f"waited in vain for {condition}")


def _drag(page: Page, *, sliders: int) -> None:
    for number in range(sliders):
        box = page.locator(".slider input").nth(number).bounding_box()
        assert box is not None
        height = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] / 2, height)
        page.mouse.down()
        started = time.perf_counter()
        while (share := (time.perf_counter() - started) / DRAG_S) < 1:
            page.mouse.move(box["x"] + box["width"] * share, height)
            time.sleep(EVENT_S)
        page.mouse.up()


def _alone(url: str, model: str, anchors: list[Item], count: int) -> np.ndarray:
    """Milliseconds that the server takes for its answer with all pictures in it, without a browser."""
    took = []
    with httpx.Client(base_url=url, timeout=60) as client:
        for number in range(count):
            asked = {"model": model, "product": anchors[number % ANCHORS].product_id, "limit": MATCHES}
            started = time.perf_counter()
            value = -2 + 4 * number / count
            params = {**asked, "factors": [f"{1 + number % SLIDERS}={value}"]}
            client.post("/live/steer", json={"params": params}).raise_for_status()
            took.append(1000 * (time.perf_counter() - started))
    return np.asarray(took)


def _print(kind: str, took: np.ndarray) -> None:
    p50, p95 = np.percentile(took, (50, 95))
    print(f"{kind:8s} {len(took):6d} {p50:8.1f} {p95:8.1f} {took.max():8.1f}   (bar: p95 {BAR_MS})", flush=True)


if __name__ == "__main__":
    main()
