"""Search by photo in a browser, and the whole way from a photo to a product, in every look."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from lookscape.engine import Engine

pytestmark = pytest.mark.page
LOOKS = ("wide-light", "wide-dark", "phone-light", "phone-dark")


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"


def _drag(page: Page, what: Locator, begin: tuple[float, float], end: tuple[float, float]) -> None:
    box = what.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + begin[0] * box["width"], box["y"] + begin[1] * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=6)
    page.mouse.up()


@pytest.mark.parametrize("look", LOOKS)
def test_from_a_photo_to_a_product(browse, engine_of_studio: Engine, photo_file: Path, look: str) -> None:
    first = engine_of_studio.search.find(limit=1).products[0]
    page = browse("/search", look)
    _fits(page)
    page.locator("#file").set_input_files(photo_file)
    expect(page.locator("#hits .name").first).to_have_text(first.name)
    expect(page.locator("#hits .score").first).to_have_text("100\u202f% match")
    _drag(page, page.locator("#crop-stage"), (0.1, 0.15), (0.9, 0.9))
    expect(page.locator("#whole")).to_be_enabled()
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "false")
    assert "crop=0.1" in page.url
    _fits(page)
    _filter(page, first.attributes["brand"], narrow=look.startswith("phone"))
    expect(page.locator("#hits .name").first).to_contain_text(first.attributes["brand"])
    page.locator("#hits a").first.click()
    expect(page.locator("h1")).to_contain_text(first.attributes["brand"])
    expect(page.locator(".alike")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".alike .cell")).to_have_count(12)
    _fits(page)
    for path in ("/jobs", "/api", "/"):
        page.goto(path)
        _fits(page)


def _filter(page: Page, brand: str, *, narrow: bool) -> None:
    if narrow:
        page.locator("#open-filters").click()
    page.locator(f'[value="brand={brand}"]').check()
    if narrow:
        page.get_by_role("button", name="Show results").click()
    expect(page.locator(".chip")).to_have_text(f"Brand: {brand}")
    brands = page.locator("#hits .name")
    expect(brands.filter(has_not_text=brand)).to_have_count(0)


def test_the_crop_that_is_drawn_is_the_crop_that_is_asked(browse, engine_of_studio: Engine, photo_file: Path) -> None:
    page = browse("/search")
    page.locator("#file").set_input_files(photo_file)
    expect(page.locator("#hits .cell").first).to_be_visible()
    _drag(page, page.locator("#crop-stage"), (0.25, 0.25), (0.75, 0.5))
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "false")
    assert _crop(page) == pytest.approx([0.25, 0.25, 0.75, 0.5], abs=0.01)
    asked = engine_of_studio.search.by_photo(photo_file, crop="0.25,0.25,0.75,0.5", limit=3).hits
    expect(page.locator("#hits .name").first).to_have_text(asked[0].name)
    expect(page.locator("#hits .name").nth(1)).to_have_text(asked[1].name)
    _drag(page, page.locator("#crop-box"), (0.5, 0.5), (0.5, 1.0))
    assert _crop(page) == pytest.approx([0.25, 0.375, 0.75, 0.625], abs=0.01)
    page.locator("#whole").click()
    assert "crop" not in page.url


def test_the_crop_box_works_by_keyboard(browse, photo_file: Path) -> None:
    page = browse("/search?crop=0.2,0.2,0.8,0.8")
    page.locator("#file").set_input_files(photo_file)
    expect(page.locator("#hits .cell").first).to_be_visible()
    page.locator("#crop-box").focus()
    page.keyboard.press("Shift+ArrowLeft")
    assert "crop" in page.url
    before = _crop(page)
    page.keyboard.press("ArrowDown")
    assert _crop(page) == pytest.approx([before[0], before[1] + 0.02, before[2], min(1, before[3] + 0.02)], abs=0.021)
    page.get_by_label("Move the top left corner").focus()
    page.keyboard.press("ArrowRight")
    assert _crop(page)[0] == pytest.approx(before[0] + 0.02, abs=1e-3)


def _crop(page: Page) -> list[float]:
    return [float(part) for part in page.url.partition("crop=")[2].split("&")[0].replace("%2C", ",").split(",")]


def test_a_large_photo_is_made_small_before_it_is_sent(browse, photo_bytes, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(photo_bytes(3, size=(3000, 2000), kind="PNG"))
    page = browse("/search")
    page.locator("#file").set_input_files(path)
    expect(page.locator("#hits .cell").first).to_be_visible()
    size = page.locator("#photo").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert size == [1024, 683]


def test_nothing_like_it_is_said_so(browse, tmp_path: Path, photo_bytes) -> None:
    path = tmp_path / "noise.png"
    path.write_bytes(photo_bytes(9, size=(200, 200), kind="PNG"))
    page = browse("/search")
    page.locator("#file").set_input_files(path)
    expect(page.get_by_text("Nothing like this here.")).to_be_visible()


def test_a_format_that_only_the_server_reads_is_shown_too(browse, tmp_path: Path, photo_bytes) -> None:
    path = tmp_path / "scan.tiff"
    path.write_bytes(photo_bytes(5, size=(120, 90), kind="TIFF"))
    page = browse("/search")
    page.locator("#file").set_input_files(path)
    expect(page.locator("#hits .cell").first).to_be_visible()
    assert page.locator("#photo").evaluate("image => image.naturalWidth") == 120


def test_more_results_and_another_distance(browse, engine_of_studio: Engine) -> None:
    first = engine_of_studio.search.find(limit=1).products[0]
    page = browse(f"/search?photo={first.photo_id}")
    expect(page.locator("#hits .cell")).to_have_count(24)
    page.locator("#more").click()
    expect(page.locator("#hits .cell")).to_have_count(48)
    page.get_by_text("How to compare").click()
    page.locator("#metric").select_option("l1")
    first_use = 30_000  # milliseconds: what distances mean in another metric is learned once
    expect(page.locator("#hits .distance").first).to_contain_text("l1 distance", timeout=first_use)
    assert "metric=l1" in page.url


def test_coming_back_finds_the_photo_and_its_crop_again(browse, photo_file: Path) -> None:
    page = browse("/search")
    page.locator("#file").set_input_files(photo_file)
    _drag(page, page.locator("#crop-stage"), (0.1, 0.1), (0.8, 0.8))
    expect(page.locator("#hits .cell").first).to_be_visible()
    page.locator("#hits a").first.click()
    expect(page.locator("h1")).not_to_have_text("Search")
    page.go_back()
    expect(page.locator("#hits .cell").first).to_be_visible()
    expect(page.locator("#whole")).to_be_enabled()


def test_pasted_and_dropped_photos_are_taken(browse, photo_file: Path) -> None:
    give = """async ([type, name, bytes]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "shoe.jpg", { type: "image/jpeg" }));
        const event = type === "paste" ? new ClipboardEvent(type, { clipboardData: data, bubbles: true })
                                       : new DragEvent(type, { dataTransfer: data, bubbles: true });
        document.body.dispatchEvent(event);
    }"""
    for kind in ("paste", "drop"):
        page = browse("/search")
        page.evaluate(give, [kind, "shoe.jpg", list(photo_file.read_bytes())])
        expect(page.locator("#hits .cell").first).to_be_visible()
