"""The catalogue in a browser: scrolling, filters, words, keyboard, Back."""

import pytest
from playwright.sync_api import Page, expect

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import words as studio_words

pytestmark = pytest.mark.page
HEIGHT = "document.documentElement.scrollHeight"


def _names(page: Page) -> list[str]:
    return page.locator("#grid .name").all_inner_texts()


def test_scrolling_shows_every_product_in_order_and_keeps_few_in_the_page(browse, engine_of_studio: Engine) -> None:
    page = browse()
    wanted = [product.name for product in engine_of_studio.search.find(limit=500).products]
    height, seen = page.evaluate(HEIGHT), dict[int, str]()
    while True:
        expect(page.locator("#grid .waiting")).to_have_count(0)
        places = page.locator("#grid .cell").evaluate_all("cells => cells.map((cell) => Number(cell.ariaPosInSet) - 1)")
        assert len(places) <= 80
        seen.update(zip(places, _names(page), strict=True))
        if page.evaluate(f"scrollY + innerHeight >= {HEIGHT} - 1"):
            break
        page.evaluate("scrollBy(0, 1500)")
        page.wait_for_timeout(120)
    assert page.evaluate(HEIGHT) == height
    assert [seen[place] for place in sorted(seen)] == wanted


def test_captions_are_the_same_from_the_server_and_in_the_browser(browse, engine_of_studio: Engine) -> None:
    page = browse()
    items = engine_of_studio.search.find(limit=200).products
    script = page.locator('script[src$="theme.js"]').get_attribute("src") or ""
    words = script.replace("theme.js", "words.js")
    pairs = [[dict(item.attributes), item.name] for item in items]
    told = page.evaluate(
        "async ([url, pairs]) => { const w = await import(url); return pairs.map((pair) => w.caption(...pair)) }",
        [words, pairs],
    )
    assert told == [studio_words.caption(item.attributes, item.name) for item in items]


def test_a_filter_narrows_counts_and_is_taken_away_by_its_chip_or_by_back(browse, engine_of_studio: Engine) -> None:
    page = browse()
    brand = next(facet for facet in engine_of_studio.search.facets().facets if facet.name == "brand").values[0]
    page.locator(f'[value="brand={brand.value}"]').check()
    expect(page.locator("#found")).to_have_text(studio_words.counted(brand.count, "product"))
    expect(page.locator("#grid .cell").last).to_have_attribute("aria-setsize", str(brand.count))
    assert f"brand%3D{brand.value}" in page.url
    page.locator(".chip").click()
    expect(page.locator("#found")).to_have_text("224 products")
    page.go_back()
    expect(page.locator("#found")).to_have_text(studio_words.counted(brand.count, "product"))
    expect(page.locator(f'[value="brand={brand.value}"]')).to_be_checked()


def test_words_filter_while_typing_and_nothing_found_says_what_to_do(browse, engine_of_studio: Engine) -> None:
    page = browse()
    page.keyboard.press("/")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("boot")
    expect(page.locator("#found")).to_have_text(
        studio_words.counted(engine_of_studio.search.find(text="boot").total, "product")
    )
    page.keyboard.type("zzz")
    expect(page.get_by_text("No product matches")).to_be_visible()
    page.get_by_role("link", name="Clear all filters").click()
    expect(page.locator("#found")).to_have_text("224 products")


def test_values_beyond_the_first_are_found_by_typing(browse, engine_of_studio: Engine) -> None:
    page = browse()
    facet = max(engine_of_studio.search.facets(max_values=1000).facets, key=lambda facet: facet.name == "model")
    last = facet.values[-1]
    group = page.locator('.group[data-name="model"]')
    expect(group.get_by_text(last.value, exact=True)).to_have_count(0)
    group.get_by_role("searchbox").fill(last.value)
    group.get_by_label(last.value).check()
    expect(page.locator(".chip")).to_have_text(f"Model: {last.value}")


def test_the_keyboard_moves_opens_and_comes_back(browse, engine_of_studio: Engine) -> None:
    page = browse()
    products = engine_of_studio.search.find(limit=200).products
    page.keyboard.press("ArrowRight")
    columns = page.evaluate("getComputedStyle(document.querySelector('#grid')).gridTemplateColumns.split(' ').length")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    place = 12 * columns + 1
    expect(page.locator(":focus")).to_have_attribute("href", f"/products/{products[place].product_id}?at={place}")
    assert page.evaluate("scrollY") > 1000
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(products[place].name)
    expect(page.locator(".alike")).to_have_attribute("aria-busy", "false")
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_have_text(products[place + 1].name)
    page.go_back()
    page.go_back()
    expect(page.locator(f'a[href$="at={place}"]')).to_be_in_viewport()


def test_larger_photos_keep_the_place_and_are_remembered(browse) -> None:
    page = browse()
    page.evaluate("scrollTo(0, 2000)")
    page.wait_for_timeout(200)
    before = page.evaluate("getComputedStyle(document.querySelector('#grid')).gridTemplateColumns.split(' ').length")
    larger = "range => { range.value = 5; range.dispatchEvent(new Event('input')); }"
    page.locator("#density").evaluate(larger)
    assert (
        page.evaluate("getComputedStyle(document.querySelector('#grid')).gridTemplateColumns.split(' ').length")
        < before
    )
    assert page.evaluate("scrollY") > 2000
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-density", "5")


def test_light_and_dark_follow_the_system_until_chosen(browse) -> None:
    page = browse(look="wide-dark")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(paper)
    page.locator("#theme").click()
    assert page.evaluate(paper) != dark
    page.goto("/jobs")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert page.evaluate(paper) == browse(look="wide-light").evaluate(paper) != dark


def test_shortcuts_are_listed(browse) -> None:
    page = browse()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Open the product")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_empty_catalogue_starts_its_first_jobs(browse, empty_studio: str) -> None:
    page = browse("/", at=empty_studio)
    page.get_by_role("button", name="Draw products").click()
    expect(page).to_have_url(f"{empty_studio}/jobs")
    expect(page.locator(".job")).to_have_count(2)
    expect(page.locator(".job").last).to_contain_text("rendered:500")
