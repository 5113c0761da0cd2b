"""The map in a browser: lasso, box, label, undo, colour, filters, photos when close, the product, touch, 3D, no map."""

import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.services.maps import file
from lookscape.services.maps.file import About, Map
from lookscape.settings import Settings
from lookscape.tools.atlas.near import within

pytestmark = pytest.mark.page

MARGIN = 0.92
"""Share of the stage that the whole map fills, as in map/camera.js."""

Open = Callable[..., Page]


@pytest.fixture
def atlas(engine_of_studio: Engine, tmp_path: Path) -> Iterator[Engine]:
    """Two maps of made-up coordinates, `map` and `3d`, without three photos each, so that they are behind."""
    folder = tmp_path / "atlas"
    shutil.copytree(engine_of_studio.folder, folder)
    engine = Engine(Catalogue(Settings(catalogue=folder, workers=1, user="ada")))
    ids = tuple(sorted(engine.catalogue.photo_ids())[:-3])
    for name, dimensions in (("map", 2), ("3d", 3)):
        space = engine.space()
        about = About(
            space=space.name, key=space.info.key, metric="cosine", method="tsne", dimensions=dimensions, seed=0
        )
        points_ND = np.random.default_rng(3).uniform(-40, 40, (len(ids), dimensions)).astype(np.float32)
        placed_N = np.zeros(len(ids), np.bool_)
        made = Map(about=about, ids=ids, points_ND=points_ND, placed_N=placed_N)
        file.write_map(file.map_path(engine, name), made)
    yield engine
    engine.catalogue.close()


@pytest.fixture
def show(atlas: Engine, serve: Callable[[Engine], str], browse: Callable[..., Page]) -> Open:
    """show(path, look) -> the map, ready."""
    address = serve(atlas)

    def show(path: str = "/map", look: str = "wide-light") -> Page:
        page = browse(path, look, at=address)
        expect(page.locator("#stage[data-ready]")).to_be_attached(timeout=20_000)
        return page

    return show


def places(page: Page, engine: Engine) -> np.ndarray:
    """Where each point of the flat map is on the stage when all of it is shown, in pixels of the page."""
    stage = page.locator("#stage").bounding_box()
    assert stage
    points_N2 = file.open_map(engine, "map").points_ND.astype(np.float64)
    low, high = points_N2.min(axis=0), points_N2.max(axis=0)
    size = np.array([stage["width"], stage["height"]])
    scale = MARGIN * (size / (high - low)).min()
    from_middle = (points_N2 - (low + high) / 2) * scale * (1, -1)
    return from_middle + size / 2 + (stage["x"], stage["y"])


def products(engine: Engine, inside_N: np.ndarray) -> set[str]:
    photo_ids = [photo for photo, inside in zip(file.open_map(engine, "map").ids, inside_N, strict=True) if inside]
    return {owners[0] for owners in engine.catalogue.products_of_photos(photo_ids).values()}


def labelled(engine: Engine, value: str) -> set[str]:
    from lookscape.catalogue.records import Filter

    return set(engine.catalogue.matching(Filter(where={"style": (value,)})))


def draw(page: Page, corners: list[tuple[float, float]]) -> None:
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=4)
    page.mouse.up()


def write(page: Page, name: str, value: str) -> None:
    page.locator("#label-name").fill(name)
    page.locator("#label-value").fill(value)


def test_a_lasso_is_labelled_counted_and_undone(show: Open, atlas: Engine) -> None:
    page = show()
    corners = [(400.0, 250.0), (820.0, 220.0), (900.0, 600.0), (640.0, 420.0), (420.0, 640.0)]
    wanted = products(atlas, within(places(page, atlas).astype(np.float32), corners=corners))
    assert 20 < len(wanted) < 200
    page.keyboard.press("l")
    expect(page.locator("#lasso")).to_have_attribute("aria-pressed", "true")
    draw(page, [*corners, corners[0]])
    expect(page.locator("#chosen-words")).to_have_text(f"{len(wanted)} products selected")
    expect(page.locator("#chosen-grid .cell")).to_have_count(min(48, len(wanted)))
    write(page, "style", "retro")
    expect(page.locator("#shifts")).to_contain_text(f"retro 0 → {len(wanted)}")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator(".toast").last).to_contain_text(f"Style set to retro on {len(wanted)} products")
    assert labelled(atlas, "retro") == wanted
    page.locator("#label-undo").click()
    expect(page.locator(".toast").last).to_contain_text("Undone")
    assert labelled(atlas, "retro") == set()


def test_a_box_adds_to_what_is_selected_and_escape_lets_go(show: Open, atlas: Engine) -> None:
    page = show()
    where_N2 = places(page, atlas)

    def boxed(left: float, top: float, right: float, bottom: float) -> set[str]:
        return products(atlas, ((where_N2 >= (left, top)) & (where_N2 <= (right, bottom))).all(axis=1))

    first = boxed(450, 300, 640, 480)
    page.locator("#box").click()
    draw(page, [(450, 300), (640, 480)])
    expect(page.locator("#picked")).to_have_text(f"{len(first)} selected")
    narrower = page.locator("#stage").bounding_box()
    assert narrower
    assert narrower["width"] < 1000
    page.keyboard.press("Escape")
    expect(page.locator("#chosen")).to_be_hidden()
    draw(page, [(450, 300), (640, 480)])
    page.locator("#more").click()
    shift = (narrower["width"] - 1280) / 2  # the middle of the map stays in the middle of the narrower stage
    draw(page, [(700 + shift, 300), (850 + shift, 480)])
    both = first | boxed(700, 300, 850, 480)
    expect(page.locator("#picked")).to_have_text(f"{len(both)} selected")
    assert len(both) > len(first)


def test_colour_by_an_attribute_and_one_value_of_the_legend(show: Open, atlas: Engine) -> None:
    page = show("/map?by=attribute%3Asilhouette")
    legend = page.locator("#legend button")
    facet = next(facet for facet in atlas.catalogue.facets() if facet.name == "silhouette")
    expect(legend).to_have_count(facet.num_values)
    page.locator("#by").select_option("attribute:material")
    expect(page).to_have_url(re.compile("by=attribute%3Amaterial"))
    materials = next(facet for facet in atlas.catalogue.facets() if facet.name == "material")
    expect(legend.first).to_contain_text(materials.values[0].value)
    shown = int(legend.first.locator(".tally").inner_text().replace(",", ""))
    legend.first.click()
    expect(page.locator("#found")).to_contain_text(f"{shown} of ")
    legend.first.click()
    expect(page.locator("#found")).to_contain_text(f"{len(file.open_map(atlas, 'map').ids)} photos")


def test_filters_by_attribute_and_by_words(show: Open, atlas: Engine) -> None:
    page = show()
    page.get_by_role("button", name="Filters").click()
    page.locator("#groups input[value='silhouette=low']").check()
    low = atlas.search.find(where=("silhouette=low",)).total
    expect(page).to_have_url(re.compile("where=silhouette%3Dlow"))
    expect(page.locator("#found")).to_contain_text(" of ")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+a")
    count = int(page.locator("#picked").inner_text().split()[0])
    assert 0 < count <= low


def test_a_click_shows_what_is_there_and_leads_to_the_product(show: Open, atlas: Engine) -> None:
    page = show()
    where_N2 = places(page, atlas)
    apart_N = np.array([np.sort(np.hypot(*(where_N2 - one).T))[1] for one in where_N2])
    free_N = (np.abs(where_N2 - (640, 490)) < (300, 250)).all(axis=1)
    row = int(np.argmax(np.where(free_N, apart_N, 0)))
    page.mouse.click(*where_N2[row])
    photo = file.open_map(atlas, "map").ids[row]
    [[product, *_]] = atlas.catalogue.products_of_photos([photo]).values()
    name = atlas.catalogue.product(product).name
    expect(page.locator("#card-name")).to_have_text(name)
    page.get_by_role("button", name="Show similar").click()
    expect(page.locator("#found")).to_contain_text("61 products ringed")
    expect(page).to_have_url(re.compile("like="))
    page.locator("#found button").click()
    expect(page.locator("#found")).not_to_contain_text("ringed")
    page.locator("#card-link").click()
    expect(page).to_have_url(re.compile("/products/"))
    expect(page.locator("h1")).to_contain_text(name)


def test_photos_appear_when_close_and_a_link_shows_the_same_view(show: Open) -> None:
    page = show()
    expect(page.locator("#near img:visible")).to_have_count(0)
    page.mouse.move(640, 480)
    for _ in range(6):
        page.mouse.wheel(0, -200)
    expect(page.locator("#near img:visible").first).to_be_visible()
    expect(page).to_have_url(re.compile("at="))
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    at = parse_qs(urlsplit(page.url).query)["at"]
    again = show(page.url)
    again.keyboard.press("+")
    again.keyboard.press("-")
    again.wait_for_timeout(500)
    moved = parse_qs(urlsplit(again.url).query)["at"]
    assert np.allclose(*(np.array(one[0].split(","), float) for one in (at, moved)), rtol=1e-3)


def test_three_dimensions_turn_and_can_be_lassoed(show: Open) -> None:
    page = show()
    page.get_by_role("link", name="3D").click()
    expect(page.locator("#stage[data-ready]")).to_be_attached(timeout=20_000)
    expect(page.locator("#map")).to_have_attribute("data-dimensions", "3")
    draw(page, [(600, 400), (760, 460)])
    page.wait_for_timeout(400)
    yaw, pitch = map(float, parse_qs(urlsplit(page.url).query)["at"][0].split(",")[3:])
    assert (yaw, pitch) == pytest.approx((160 * 0.008, 60 * 0.008), abs=0.06)
    page.keyboard.press("b")
    draw(page, [(300, 200), (1000, 800)])
    expect(page.locator("#picked")).to_have_text(re.compile(r"^\d+ selected$"))


@pytest.mark.parametrize("look", ["phone-light", "phone-dark"])
def test_touch_lassoes_labels_and_undoes_and_nothing_is_wider_than_the_phone(
    show: Open, atlas: Engine, look: str
) -> None:
    page = show(look=look)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#later").tap()
    page.locator("#lasso").tap()
    touch = page.context.new_cdp_session(page)
    corners = [(60, 300), (320, 300), (320, 480), (60, 480), (60, 310)]
    wanted = products(atlas, within(places(page, atlas).astype(np.float32), corners=corners[:4]))
    for kind, (x, y) in zip(["touchStart", *["touchMove"] * 4], corners, strict=True):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#chosen-words")).to_have_text(f"{len(wanted)} products selected")
    bar, grid = page.locator("#label-bar").bounding_box(), page.locator("#chosen-grid").bounding_box()
    assert bar
    assert grid
    assert bar["y"] + bar["height"] <= grid["y"]
    write(page, "style", "court")
    page.get_by_role("button", name="Set", exact=True).tap()
    expect(page.locator(".toast").last).to_contain_text(f"{len(wanted)} products")
    assert labelled(atlas, "court") == wanted
    page.locator("#label-undo").tap()
    expect(page.locator(".toast").last).to_contain_text("Undone")
    assert labelled(atlas, "court") == set()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.locator(".map-bar button:visible, .map-tools button:visible, .label-bar button:visible").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().height < 43.5).map((one) => one.id || one.textContent)"
    )
    assert small == []


def test_two_fingers_pinch(show: Open) -> None:
    page = show(look="phone-light")
    touch = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 30), ("touchMove", 45), ("touchMove", 90)):
        fingers = [{"x": 195 - apart, "y": 400, "id": 1}, {"x": 195 + apart, "y": 400, "id": 2}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(500)
    span = float(parse_qs(urlsplit(page.url).query)["at"][0].split(",")[2])
    assert span == pytest.approx(80 / MARGIN / 3, rel=0.12)


def test_a_map_that_is_behind_says_so_and_starts_the_work(show: Open, atlas: Engine) -> None:
    page = show()
    expect(page.locator("#stale-words")).to_contain_text("3 photos are not on this map yet")
    page.get_by_role("button", name="Add them").click()
    expect(page.locator(".job")).to_be_visible()
    [job] = atlas.catalogue.jobs.latest()
    assert (job.tool, '"name":"map"' in job.params.replace(" ", "")) == ("atlas/map", True)
    page.locator(".job .cancel").click()
    expect(page.locator(".job .pill")).to_have_text("cancelled")


def test_without_a_map_a_button_makes_one(
    atlas: Engine, serve: Callable[[Engine], str], browse: Callable[..., Page]
) -> None:
    for name in file.map_names(atlas):
        file.map_path(atlas, name).unlink()
    page = browse("/map", "phone-light", at=serve(atlas))
    expect(page.locator("main")).to_contain_text("lookscape atlas map")
    page.get_by_role("button", name="Make the map").click()
    expect(page.locator(".job .pill")).to_have_text("queued")
    assert atlas.catalogue.jobs.latest()[0].tool == "atlas/map"
    page.locator(".job .cancel").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_empty_catalogue_says_so(browse: Callable[..., Page], empty_studio: str) -> None:
    page = browse("/map", at=empty_studio)
    expect(page.locator("main")).to_contain_text("There are no photos to map")


def picture(page: Page) -> np.ndarray:
    page.wait_for_timeout(300)
    return np.asarray(Image.open(io.BytesIO(page.locator("#stage").screenshot())).convert("RGB"), np.float64)


@pytest.mark.parametrize("path", ["/map?by=attribute%3Asilhouette", "/map?map=3d&by=&at=0,0,150,0.7,0.4"])
@pytest.mark.parametrize("look", ["wide-light", "wide-dark"])
def test_the_page_draws_what_webgl_draws(show: Open, path: str, look: str) -> None:
    drawn = []
    for how in ("", "&draw=webgl"):
        page = show(path + how, look)
        page.keyboard.press("Control+a") if look == "wide-dark" else None
        drawn.append(picture(page))
    ours, theirs = drawn
    apart = np.abs(ours - theirs).max(axis=2)
    inked = np.abs(theirs - np.median(theirs, axis=(0, 1))).max(axis=2) > 20
    assert inked.mean() > 0.01
    assert apart[inked].mean() < 25
    assert (apart > 100).mean() < 0.1 * inked.mean()


def test_a_browser_without_webgl_draws_the_map_too(
    atlas: Engine, serve: Callable[[Engine], str], browse: Callable[..., Page]
) -> None:
    page = browse("/clusters", at=serve(atlas))
    page.add_init_script(
        "const get = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, options) {"
        "  return kind === '2d' ? get.call(this, kind, options) : null; }"
    )
    page.goto("/map")
    expect(page.locator("#stage[data-ready]")).to_be_attached(timeout=20_000)
    page.keyboard.press("b")
    draw(page, [(300, 200), (1000, 800)])
    expect(page.locator("#picked")).to_have_text(re.compile(r"^\d+ selected$"))
