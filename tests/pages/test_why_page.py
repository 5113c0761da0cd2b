"""From a product to what makes another one like it."""

import pytest
from _waiting import until
from playwright.sync_api import expect

from lookscape.engine import Engine

pytestmark = pytest.mark.page


@pytest.mark.parametrize("look", ["wide-light", "phone-dark"])
def test_a_hit_says_why_it_is_one(browse, engine_of_studio: Engine, look: str) -> None:
    first = engine_of_studio.search.find(limit=1).products[0]
    hit = engine_of_studio.search.like(first.product_id, limit=1).hits[0]
    page = browse(f"/products/{first.product_id}", look)
    page.locator(".why-link").first.click()
    page.wait_for_url("**/why?**")
    expect(page.locator(".pair figcaption")).to_have_text([first.name, hit.name])
    until(page, "[...document.querySelectorAll('.pair img')].every((one) => one.naturalWidth === 384)")
    expect(page.locator(".lead")).to_contain_text("Most alike at the")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_link_without_two_products_says_how_to_come_by_them(browse) -> None:
    page = browse("/why?product=one")
    expect(page.get_by_role("heading", level=1)).to_have_text("Why are two products alike?")
    page.get_by_role("link", name="Choose a product").click()
    expect(page.locator("body")).to_have_attribute("data-page", "catalogue")
