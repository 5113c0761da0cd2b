"""The menu: six groups at the top of a wide window, each a list of pages; on a phone a few pages and a sheet of all."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lookscape.interfaces.http.studio.page import GROUPS, every_page

pytestmark = pytest.mark.page

SHOWN = sorted((page for page in every_page() if page.nav is not None), key=lambda page: page.nav or 0)
WIDE = ["wide-light", "wide-dark"]
PHONE = ["phone-light", "phone-dark"]


@pytest.mark.parametrize("look", WIDE)
def test_every_page_can_be_reached_at_1280_pixels(browse: Callable[..., Page], look: str) -> None:
    page = browse("/", look)
    assert page.locator(".nav button").all_inner_texts() == list(GROUPS.values())
    expect(page.locator("#more-pages")).to_be_hidden()
    assert page.locator(".nav a:visible").count() == 0
    seen = list[str]()
    for group in GROUPS.values():
        button = page.get_by_role("button", name=group, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-expanded", "true")
        seen += page.locator(".nav a:visible").all_inner_texts()
        box = page.locator(".nav ul:visible").bounding_box()
        assert box
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 860
    assert seen == [one.title for one in SHOWN]


@pytest.mark.parametrize("look", WIDE)
def test_the_menu_says_where_one_is(browse: Callable[..., Page], look: str) -> None:
    page = browse("/jobs", look)
    here = page.locator(".nav button[aria-current]")
    expect(here).to_have_text("Train & measure")
    here.click()
    expect(page.locator(".nav a[aria-current='page']:visible")).to_have_text("Jobs")
    page.get_by_role("link", name="Training", exact=True).click()
    expect(page).to_have_title("Training · Lookscape")
    expect(page.locator("main h1")).to_have_text("Training")


def test_one_menu_is_open_at_a_time_and_closes_on_a_click_beside_it(browse: Callable[..., Page]) -> None:
    page = browse("/jobs")
    find, clean = (page.get_by_role("button", name=name, exact=True) for name in ("Find", "Clean"))
    find.click()
    clean.click()
    expect(find).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".nav ul:visible")).to_have_count(1)
    clean.click()
    expect(page.locator(".nav ul:visible")).to_have_count(0)
    clean.click()
    page.mouse.click(640, 700)
    expect(page.locator(".nav ul:visible")).to_have_count(0)


def test_the_menu_by_keys_alone(browse: Callable[..., Page]) -> None:
    page = browse("/jobs")
    find = page.get_by_role("button", name="Find", exact=True)
    find.focus()
    page.keyboard.press("Enter")
    expect(find).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(find).to_have_attribute("aria-expanded", "false")
    expect(find).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".nav a", has_text="Search")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Clean", exact=True)).to_be_focused()
    expect(page.locator(".nav a:visible").first).to_have_text("Review")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".nav a:visible").last).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".nav ul:visible")).to_have_count(1)  # still within the menu
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clean", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Review · Lookscape")


def test_between_phone_and_desk_the_menu_fits_its_bar(browse: Callable[..., Page]) -> None:
    page = browse("/jobs")
    for width in (1080, 941, 768):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        rows = page.locator(".top > *:visible").evaluate_all(
            "all => all.map((one) => one.getBoundingClientRect().right)"
        )
        assert max(rows) <= width
        assert page.locator(".nav").evaluate("nav => nav.scrollWidth <= nav.clientWidth + 1")


@pytest.mark.parametrize("look", PHONE)
def test_on_a_phone_a_sheet_leads_to_every_page(browse: Callable[..., Page], look: str) -> None:
    page = browse("/api", look)
    names = page.locator(".main-pages > :visible").all_inner_texts()
    assert names == ["Catalogue", "Search", "Map", "API", "More"]
    expect(page.locator(".nav")).to_be_hidden()
    assert page.locator(".main-pages").evaluate("nav => nav.scrollWidth <= nav.clientWidth")
    page.locator("#more-pages").tap()
    sheet = page.locator("#pages")
    assert sheet.locator("h2").all_inner_texts() == list(GROUPS.values())
    assert sheet.locator("a").all_inner_texts() == [one.title for one in SHOWN]
    small = sheet.locator("a").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().height < 43.5).length"
    )
    assert small == 0
    sheet.get_by_role("link", name="Jobs").tap()
    expect(page).to_have_url("/jobs")
