"""The language page in a browser: names changed in place, factors merged, hidden, brought back; a product in words."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Page, expect

from lookscape.catalogue.records import JobState
from lookscape.engine import Engine
from lookscape.errors import UsageError

pytestmark = pytest.mark.page


@pytest.fixture
def speaking(engine_of_trained_studio: Engine) -> Iterator[Engine]:
    """What is served, with nothing done to its factors before and after."""
    yield engine_of_trained_studio
    with suppress(UsageError):  # there is nothing left to undo
        while True:
            engine_of_trained_studio.latent.undo()


@pytest.fixture
def page(browse, speaking: Engine, trained_studio: str) -> Page:
    return browse("/language", at=trained_studio)


def names(speaking: Engine) -> list[str]:
    return [factor.factor for factor in speaking.latent.factors(limit=4).factors]


def test_a_name_is_changed_where_it_stands(page: Page, speaking: Engine) -> None:
    first = page.locator(".factor").first
    before = names(speaking)
    first.locator(".factor-name").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("no, not this")
    page.keyboard.press("Escape")
    expect(first.locator(".factor-name")).to_be_focused()
    assert names(speaking) == before
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Name", exact=True).fill("toe: slim ... tall")
    page.keyboard.press("Enter")
    expect(first.locator(".factor-name")).to_have_text("toe")
    expect(first.locator(".low .end-word")).to_have_text("slim")
    assert names(speaking)[0] == "toe"
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    expect(page.locator(".factor").first.locator(".factor-name")).to_have_text(before[0])
    assert names(speaking) == before


def test_hiding_merging_and_bringing_back(page: Page, speaking: Engine) -> None:
    before = names(speaking)
    page.locator(".factor").first.get_by_role("button", name="Hide").click()
    expect(page.locator(".factor").first).to_be_hidden()
    page.reload()
    expect(page.locator(".factor").first.locator(".factor-name")).to_have_text(before[1])
    page.get_by_text("1 hidden factor").press("Enter")  # by key: pictures that load late move the page
    page.get_by_role("button", name=f"Show {before[0]} again").click()
    expect(page.locator(".factor").first.locator(".factor-name")).to_have_text(before[0])
    for place in (0, 2):
        page.locator(".to-merge").nth(place).check()
    expect(page.locator("#merging-words")).to_have_text("2 factors become one")
    page.get_by_label("Name of the merged factor").fill("bulk")
    page.locator("#merging").get_by_role("button", name="Merge").click()
    expect(page.locator(".factor").first.locator(".factor-name")).to_have_text("bulk")
    assert names(speaking)[:2] == ["bulk", before[1]]


@pytest.mark.parametrize("look", ["wide-dark", "phone-light"])
def test_it_fits_and_leads_on(browse, speaking: Engine, trained_studio: str, look: str) -> None:
    product = speaking.catalogue.find(limit=1).products[0]
    page = browse(f"/language?product={product.id}", look, at=trained_studio)
    expect(page.get_by_text(f"Shown on {product.name}")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    strip = page.locator(".strip-of img").first
    assert strip.evaluate("image => image.decode().then(() => image.naturalWidth / image.naturalHeight)") > 6
    first = speaking.latent.factors(limit=1).factors[0].factor
    page.get_by_role("link", name="Try it").first.click()
    expect(page).to_have_url(re.compile("/latent"))
    expect(page.locator("#steer-sliders .slider-name").first).to_have_text(first)
    expect(page.locator("#steer-sliders .slider-value").first).to_have_text("+2.0 sd")


def test_a_job_writes_them_to_the_products_which_then_say_it_in_words(page: Page, speaking: Engine) -> None:
    speaking.latent.rename("1", "bulk: light ... heavy")
    page.get_by_role("button", name="Write to products").click()
    expect(page.locator(".job .pill")).to_have_text("queued")
    job = speaking.catalogue.jobs.claim("tester")
    assert (job.tool, json.loads(job.params)["store"]) == ("latent/language", True)
    result = speaking.latent.language()
    speaking.catalogue.jobs.finish(job, "tester", JobState.DONE, result=result.model_dump_json())
    page.wait_for_selector("#language[data-stored=yes]")
    page.get_by_role("link", name="heavy").click()
    expect(page.locator("#chips")).to_contain_text("bulk: heavy")
    page.locator("#grid .card").first.click()
    expect(page.locator("#described .sentence")).to_contain_text("eavy")
    page.get_by_text("Where it sits in the catalogue").click()
    expect(page.locator(".place-name").first).to_have_text("bulk")
    speaking.catalogue.undo(result.act)
