"""Make docs/screenshots/*.webp: every page of the studio on a drawn catalogue, wide and on a phone, light or dark.

    python docs/screenshots.py [--photos SOURCE] [--catalogue FOLDER] [--looks LOOK ...] [--out FOLDER]

LOOK is wide-light, wide-dark, phone-light or phone-dark; the first and the last are kept in the repository.

The catalogue is drawn, so that no photo of anybody's is shown; some copies in it are spoiled for the checks to find,
and some labels taken away to be filled in. With `--catalogue` it is kept, and made only once. Needs playwright and a
Chromium (LOOKSCAPE_BROWSER, or Debian's `chromium-headless-shell` or `chromium`).
"""

import argparse
import io
import os
import shutil
import socket
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
import uvicorn
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

import lookscape
from lookscape.catalogue.ballots import NOBODY, Answer, Ballot, Vote
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app
from lookscape.tools._worker import Worker

WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
LOOKS: dict[str, tuple[ViewportSize, Literal["light", "dark"]]] = {
    "wide-light": (WIDE, "light"),
    "wide-dark": (WIDE, "dark"),
    "phone-light": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
}
BROWSERS = ("chromium-headless-shell", "chromium")
BROWSER = ("--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader")
QUALITY = 80
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

PLAIN = (
    "review",
    "annotate",
    "clusters",
    "report",
    "impute?name=material",
    "language",
    "training?run=language",
    "board",
    "match",
    "classifiers?name=hype",
    "tuning?name=hype",
    "compare",
    "leaderboard?game=round",
    "taste?team=ada",
    "jobs",
    "api",
)
"""Pages that show something by themselves."""

LIKED = {"high", "boot"}
"""Silhouettes that the person of the taste likes."""

CROP = (0.1, 0.2, 0.9, 0.84)
LASSO = ((0.42, 0.28), (0.62, 0.24), (0.7, 0.5), (0.56, 0.66), (0.4, 0.52))
"""Corners, as shares of the map."""

SPOILED: dict[str, Callable[[Image.Image], Image.Image]] = {
    "mirrored": ImageOps.mirror,
    "turned": lambda photo: photo.rotate(17, expand=True, fillcolor="white"),
    "cut": lambda photo: photo.crop((0, 0, round(photo.width * 0.62), photo.height)),
    "blurred": lambda photo: photo.filter(ImageFilter.GaussianBlur(6)),
    "dark": lambda photo: ImageEnhance.Brightness(photo).enhance(0.3),
    "resaved": lambda photo: photo.resize((photo.width * 3 // 5, photo.height * 3 // 5)),
}


def main() -> None:
    """Draw a catalogue, serve it, and photograph its pages."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", default="rendered:600,size=384", help="what to show")
    parser.add_argument("--steps", type=int, default=300, help="steps of the training that is shown")
    parser.add_argument("--catalogue", type=Path, help="where to keep the catalogue")
    parser.add_argument("--looks", nargs="+", choices=LOOKS, default=["wide-light", "phone-dark"])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "screenshots")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = given.catalogue or Path(scratch) / "catalogue"
        engine = lookscape.open(folder)
        if not (folder / "maps" / "map.parquet").exists():
            _furnish(engine, given.photos, steps=given.steps)
        path = os.environ.get("LOOKSCAPE_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)))
        browser = playwright.chromium.launch(executable_path=path, args=list(BROWSER))
        with _served(engine) as address:
            for look in given.looks:
                _photograph(browser, address, engine, look=look, out=given.out)
        browser.close()


def _furnish(engine: Engine, photos: str, *, steps: int) -> None:
    """Fill the catalogue, so that every page has something to show; the map comes last."""
    engine.manage.ingest(photos)
    engine.manage.ingest(str(_spoil(engine, engine.folder / "returned")))
    engine.manage.embed()
    engine.manage.gauge()
    engine.manage.train("pca", dim=64)
    engine.manage.train("language", steps=steps)
    engine.latent.language()
    engine.measure.board()
    engine.clean.check()
    some = engine.search.find(limit=500).products[::3]
    engine.annotate.clear("material", products=[item.product_id for item in some], by="Ada")
    engine.predict.impute("material")
    engine.atlas.clusters()
    _judge(engine)
    _play(engine)
    engine.report.catalogue(by="silhouette")
    engine.atlas.map(dimensions=3)
    for tool in ("atlas/map", "manage/gauge"):
        engine.catalogue.jobs.submit(tool, "{}")
    Worker(engine).run(once=True)
    engine.catalogue.jobs.submit("measure/recall", "{}")


def _judge(engine: Engine) -> None:
    """A classifier with its report, a small study, two groups compared, and the match board."""
    engine.predict.train("hype", side=96, epochs=6)
    engine.predict.report(name="hype")
    engine.predict.tune("hype", side=64, trials=10, repeats=1, epochs=2, looks=2)
    engine.predict.compare("hype=hyped", without=["hype_chance"])
    engine.measure.match("silhouette", queries=200)


def _play(engine: Engine) -> None:
    """A game that twelve people voted in, who like the first contestant best, and one of what a single person likes."""
    engine.taste.game("round", queries=60, seed=1)
    engine.taste.game("likes", queries=120, single=True)
    rng = np.random.default_rng(0)
    game = engine.catalogue.games.get("round")
    num = len(game.contestants)
    given: list[tuple[Ballot, Answer]] = []
    for number in range(12):
        player = engine.catalogue.games.join(f"key {number}", team="shop").id
        for question in game.questions:
            left, right = (int(place) for place in rng.permutation(num)[:2])
            better = rng.random() < 1 / (1 + np.exp(left - right))
            given.append((_ballot(player, question.id, left, right), Answer.LEFT if better else Answer.RIGHT))
            liked = rng.random() < 0.8 - 0.1 * left
            given.append((_ballot(player, question.id, left), Answer.YES if liked else Answer.NO))
    _cast(engine, given)
    likes, ada = engine.catalogue.games.get("likes"), engine.catalogue.games.join("ada", team="ada").id
    tall = engine.catalogue.values_of("silhouette")
    owners = engine.catalogue.first_products()
    _cast(
        engine,
        [
            (_ballot(ada, one.id, 0), Answer.YES if tall.get(owners[one.photo_id]) in LIKED else Answer.NO)
            for one in likes.questions
        ],
    )


def _ballot(player: int, question: int, left: int, right: int = NOBODY) -> Ballot:
    return Ballot(id=uuid.uuid4().hex[:22], player_id=player, question_id=question, left=left, right=right)


def _cast(engine: Engine, given: list[tuple[Ballot, Answer]]) -> None:
    moment = datetime.now(UTC)
    votes = [Vote(id=str(uuid.uuid4()), ballot_id=one.id, answer=answer, at=moment) for one, answer in given]
    engine.catalogue.games.record([ballot for ballot, _ in given], votes)


def _spoil(engine: Engine, folder: Path) -> Path:
    """Copies of some photos with something wrong with each."""
    folder.mkdir(exist_ok=True)
    for number, item in enumerate(engine.search.find(offset=90, limit=36).products):
        name, spoil = list(SPOILED.items())[number % len(SPOILED)]
        photo = Image.open(io.BytesIO(engine.catalogue.read_photo(item.photo_id))).convert("RGB")
        spoil(photo).save(folder / f"{name}-{number:02d}.jpg", quality=88)
    return folder


def _photograph(browser: Browser, address: str, engine: Engine, *, look: str, out: Path) -> None:
    size, scheme = LOOKS[look]
    context = browser.new_context(
        base_url=address, viewport=size, color_scheme=scheme, has_touch=size is PHONE, is_mobile=size is PHONE
    )
    page = context.new_page()
    page.goto("/")
    _save(page, out / f"catalogue-{look}.webp")
    _product(page, engine, look=look, out=out)
    _search(page, engine, look=look, out=out)
    for name in PLAIN:
        page.goto(f"/{name}")
        _save(page, out / f"{name.partition('?')[0]}-{look}.webp")
    _why(page, engine, look=look, out=out)
    _playing(page, look=look, out=out)
    _map(page, look=look, out=out)
    _workshop(page, engine, look=look, out=out)
    context.close()


def _product(page: Page, engine: Engine, *, look: str, out: Path) -> None:
    shown = engine.search.find(offset=SHOWN, limit=1).products[0]
    page.goto(f"/products/{shown.product_id}?at={SHOWN}")
    page.wait_for_selector(".alike[aria-busy=false]")
    _save(page, out / f"product-{look}.webp")


def _why(page: Page, engine: Engine, *, look: str, out: Path) -> None:
    """A product and what is nearest to it."""
    shown = engine.search.find(offset=SHOWN, limit=1).products[0]
    near = engine.search.like(shown.product_id, limit=1).hits[0]
    page.goto(f"/why?product={shown.product_id}&other={near.product_id}")
    _save(page, out / f"why-{look}.webp")


def _playing(page: Page, *, look: str, out: Path) -> None:
    """The game, with a question on the table."""
    page.goto("/play?game=round")
    page.wait_for_selector("#play[data-ballot]")
    _save(page, out / f"play-{look}.webp")


def _search(page: Page, engine: Engine, *, look: str, out: Path) -> None:
    shown = engine.search.find(offset=SHOWN, limit=1).products[0]
    copy = _poor_copy(engine.catalogue.read_photo(shown.photo_id))
    page.goto("/search")
    page.set_input_files("#file", {"name": "shoe.jpg", "mimeType": "image/jpeg", "buffer": copy})
    page.wait_for_selector("#hits .cell")
    _crop(page)
    _save(page, out / f"search-{look}.webp")


def _map(page: Page, *, look: str, out: Path) -> None:
    """Coloured, with some products lassoed, and a label about to be given."""
    page.goto("/map?by=attribute%3Asilhouette")
    page.wait_for_selector("#stage[data-ready]")
    page.locator("#lasso").click()
    box = page.locator("#stage").bounding_box()
    assert box is not None
    corners = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in LASSO]
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in (*corners[1:], corners[0]):
        page.mouse.move(*corner, steps=4)
    page.mouse.up()
    page.wait_for_selector("#chosen-grid .cell")
    page.locator("#label-name").fill("style")
    page.locator("#label-value").fill("court")
    page.wait_for_timeout(700)
    _save(page, out / f"map-{look}.webp")


def _workshop(page: Page, engine: Engine, *, look: str, out: Path) -> None:
    """The latent studio in each of its modes."""
    picked = [engine.search.find(offset=offset, limit=1).products[0].product_id for offset in PICKED]
    shelf = "&".join(f"product={product_id}" for product_id in picked)
    for mode, more in WORKSHOP.items():
        page.goto(f"/latent?{shelf}&mode={mode}{more}")
        page.wait_for_selector(f"#panel-{mode}[aria-busy=false]")
        _save(page, out / f"workshop-{mode}-{look}.webp")


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
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(path, quality=QUALITY, method=6)


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
