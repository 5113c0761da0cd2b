"""The pages' names: all of them at the top of a wide window; on a phone a few at the bottom, all in a sheet."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lookscape.interfaces.http.studio.page import GROUPS, every_page

pytestmark = pytest.mark.page

SHOWN = [page for page in every_page() if page.nav is not None]


@pytest.mark.parametrize("look", ["wide-light", "wide-dark"])
def test_every_page_can_be_reached_at_1280_pixels(browse: Callable[..., Page], look: str) -> None:
    page = browse("/", look)
    nav = page.locator(".nav")
    assert nav.evaluate("nav => nav.scrollWidth <= nav.clientWidth + 1")
    assert page.locator(".nav a:visible").all_inner_texts() == [
        one.title for one in sorted(SHOWN, key=lambda one: one.nav)
    ]
    expect(page.locator("#more-pages")).to_be_hidden()


@pytest.mark.parametrize("look", ["phone-light", "phone-dark"])
def test_on_a_phone_a_sheet_leads_to_every_page(browse: Callable[..., Page], look: str) -> None:
    page = browse("/api", look)
    names = page.locator(".nav > :visible").all_inner_texts()
    assert names == ["Catalogue", "Search", "Map", "Clusters", "API", "More"]
    assert page.locator(".nav").evaluate("nav => nav.scrollWidth <= nav.clientWidth")
    page.locator("#more-pages").tap()
    sheet = page.locator("#pages")
    assert sheet.locator("h2").all_inner_texts() == list(GROUPS.values())
    assert sheet.locator("a").count() == len(SHOWN)
    small = sheet.locator("a").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().height < 43.5).length"
    )
    assert small == 0
    sheet.get_by_role("link", name="Jobs").tap()
    expect(page).to_have_url("/jobs")
