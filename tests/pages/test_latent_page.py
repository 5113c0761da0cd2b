"""The latent studio in a browser: every mode, by mouse, keys and touch, in every look."""

import json
import re
from collections.abc import Callable, Sequence
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from lookscape.catalogue.records import JobState
from lookscape.engine import Engine

pytestmark = pytest.mark.page
LOOKS = ("wide-light", "wide-dark", "phone-light", "phone-dark")
UNLIKE_LOOKS = ("wide-light", "phone-dark")
SLIDERS = 12
LOADED_MS = 60_000
ADDRESS_MS = 400
"""Until the address holds what was moved."""

Open = Callable[..., Page]


@pytest.fixture
def products(engine_of_trained_studio: Engine) -> list[str]:
    """Four products' ids, unlike each other."""
    return [
        engine_of_trained_studio.search.find(offset=offset, limit=1).products[0].product_id
        for offset in (0, 60, 120, 180)
    ]


@pytest.fixture
def open_studio(browse, trained_studio: str) -> Open:
    def open_studio(
        mode: str = "steer", look: str = "wide-light", *, products: Sequence[str] = (), **more: str
    ) -> Page:
        query = urlencode([("mode", mode), *(("product", name) for name in products), *more.items()])
        page = browse(f"/latent?{query}", look, at=trained_studio)
        _settled(page)
        return page

    return open_studio


def _settled(page: Page) -> None:
    """A model's first answer waits until it is loaded, which takes long on a machine that has other work."""
    expect(page.locator("[role=tabpanel][aria-busy=true]")).to_have_count(0, timeout=LOADED_MS)


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"


def _query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def _made(page: Page) -> str:
    """The address of the decoded image of the mode in use, without its size; it has one once nothing moves any more."""
    image = page.locator("[role=tabpanel]:not([hidden]) .frame[id$=-made] img")
    expect(image).to_have_attribute("src", re.compile("^/decoded/"))
    return str(image.get_attribute("src")).partition("?")[0]


def _names(page: Page) -> list[str]:
    return page.locator("[role=tabpanel]:not([hidden]) .matches .name").all_inner_texts()


def _slider(page: Page, place: int) -> Locator:
    return page.locator("#steer-sliders .slider").nth(place)


@pytest.mark.parametrize("look", LOOKS)
def test_a_slider_changes_the_product_and_the_matches(
    open_studio: Open, engine_of_trained_studio: Engine, products: list[str], look: str
) -> None:
    page = open_studio(products=products[:1], look=look)
    _fits(page)
    before = _made(page)
    slider = _slider(page, 0).locator("input")
    slider.press("End")
    _settled(page)
    value = slider.evaluate("slider => slider.valueAsNumber")
    asked = engine_of_trained_studio.latent.steer(products[0], model="pca", factors=(f"1={value}",), limit=6)
    assert _made(page) == asked.drawn_url != before
    assert _names(page) == [match.name for match in asked.matches]
    expect(_slider(page, 0).locator(".slider-value")).to_have_text(f"+{value:.1f} sd")
    _fits(page)
    page.reload()
    _settled(page)
    assert _made(page) == asked.drawn_url, "the address holds what was moved"


def test_sliders_go_by_keys_and_back(open_studio: Open, products: list[str]) -> None:
    page = open_studio(products=products[:1])
    before = _made(page)
    first, second = (_slider(page, place).locator("input") for place in (0, 1))
    rest = first.evaluate("slider => slider.valueAsNumber")
    first.press("ArrowRight")
    assert first.evaluate("slider => slider.valueAsNumber") == pytest.approx(rest + 0.1)
    second.press("PageDown")
    _settled(page)
    assert _made(page) != before
    expect(page.locator("#steer-made figcaption")).to_contain_text("2 sliders moved")
    first.press("Delete")
    second.dblclick()
    _settled(page)
    assert _made(page) == before
    expect(page.locator("#steer-reset")).to_be_disabled()
    first.press("Home")
    second.press("End")
    _settled(page)
    moved = _made(page)
    page.locator("#steer-reset").click()
    _settled(page)
    assert _made(page) == before
    page.get_by_role("button", name="Undo").click()
    _settled(page)
    assert _made(page) == moved
    page.locator("#steer-reset").click()
    page.wait_for_timeout(ADDRESS_MS)
    assert "set" not in _query(page)


def test_a_dragged_slider_ends_at_what_it_shows(
    open_studio: Open, engine_of_trained_studio: Engine, products: list[str]
) -> None:
    page = open_studio(products=products[:1])
    slider = _slider(page, 2).locator("input")
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(box["x"] + box["width"] * step / 40, middle)
    page.mouse.up()
    _settled(page)
    value = slider.evaluate("slider => slider.valueAsNumber")
    asked = engine_of_trained_studio.latent.steer(products[0], model="pca", factors=(f"3={value}",), limit=6)
    assert _made(page) == asked.drawn_url
    assert _names(page) == [match.name for match in asked.matches]


def test_pictures_at_the_ends_of_a_slider_lead_there(open_studio: Open, products: list[str]) -> None:
    page = open_studio(products=products[:1])
    high = _slider(page, 0).locator(".high")
    expect(high).to_have_attribute("aria-label", "Factor 1: +2.5 sd")
    high.click()
    expect(_slider(page, 0).locator(".slider-value")).to_have_text("+2.5 sd")


def test_finer_sliders_are_folded_away(open_studio: Open, products: list[str]) -> None:
    page = open_studio(products=products[:1])
    shown = page.locator("#steer-sliders .slider:visible")
    expect(shown).to_have_count(SLIDERS)
    page.locator("#steer-more").click()
    expect(shown).to_have_count(3 * SLIDERS)
    expect(_slider(page, SLIDERS).locator("input")).to_be_focused()


def test_the_shelf_says_which_product_is_reshaped(open_studio: Open, products: list[str]) -> None:
    page = open_studio(products=products[:3])
    picks = page.locator(".pick-photo")
    expect(picks.nth(0)).to_have_attribute("aria-pressed", "true")
    first = _made(page)
    picks.nth(1).click()
    _settled(page)
    expect(picks.nth(1)).to_have_attribute("aria-pressed", "true")
    assert _made(page) != first
    assert _query(page)["at"] == ["1"]
    page.locator(".pick-remove").nth(1).click()
    expect(picks).to_have_count(2)
    assert _query(page)["product"] == [products[0], products[2]]
    page.go_back()
    expect(picks).to_have_count(3)
    picks.nth(0).press("Shift+ArrowRight")
    assert _query(page)["product"] == [products[1], products[0], products[2]]


@pytest.mark.parametrize("look", UNLIKE_LOOKS)
def test_products_blend_into_each_other(
    open_studio: Open, engine_of_trained_studio: Engine, products: list[str], look: str
) -> None:
    page = open_studio("interpolate", look, products=products[:2])
    steps = engine_of_trained_studio.latent.interpolate(products[:2], model="pca", steps=13).steps
    expect(page.locator(".step")).to_have_count(len(steps))
    _fits(page)
    at = page.locator("#blend-at")
    at.press("Home")
    expect(page.locator("#blend-words")).to_have_text("A itself")
    at.press("ArrowRight")
    expect(page.locator("#blend-made img")).to_have_attribute("src", steps[1].drawn_url)
    expect(page.locator("#blend-real img")).to_have_attribute("src", steps[1].image_url)
    page.locator(".step button").nth(9).click()
    expect(page.locator("#blend-made img")).to_have_attribute("src", steps[9].drawn_url)
    for name in ("blend-animation", "blend-strip-save"):
        answer = page.request.get(str(page.locator(f"#{name}").get_attribute("href")))
        assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")
    _fits(page)


def test_a_blend_plays_and_stops(open_studio: Open, products: list[str]) -> None:
    page = open_studio("interpolate", products=products[:3], step="0")
    play = page.get_by_role("button", name="Play")
    play.click()
    expect(page.locator("#blend-words")).not_to_have_text("A itself")
    page.get_by_role("button", name="Pause").click()
    words = page.locator("#blend-words").inner_text()
    page.wait_for_timeout(400)
    assert page.locator("#blend-words").inner_text() == words
    page.get_by_text("Arc", exact=True).click()
    _settled(page)
    assert _query(page)["route"] == ["spherical"]


@pytest.mark.parametrize("look", UNLIKE_LOOKS)
def test_products_are_mixed(
    open_studio: Open, engine_of_trained_studio: Engine, products: list[str], look: str
) -> None:
    page = open_studio("arithmetic", look, products=products[:3])
    _fits(page)
    page.get_by_role("button", name="A − B + C").click()
    _settled(page)
    asked = engine_of_trained_studio.latent.arithmetic(
        plus=(products[0], products[2]), minus=(products[1],), model="pca", limit=6
    )
    assert _made(page) == asked.drawn_url
    assert _names(page) == [match.name for match in asked.matches]
    expect(page.locator("#mix-formula")).to_have_text("A−B+C")
    page.locator("#mix-sliders input").nth(1).press("End")
    _settled(page)
    assert _made(page) != asked.drawn_url
    page.wait_for_timeout(ADDRESS_MS)
    assert _query(page)["weights"] == ["1,1.5,1"]
    for place in range(3):
        page.locator("#mix-sliders input").nth(place).press("Home")
    expect(page.locator("#mix-kept")).to_contain_text("above 0 %")


@pytest.mark.parametrize("look", UNLIKE_LOOKS)
def test_products_are_invented(open_studio: Open, engine_of_trained_studio: Engine, look: str) -> None:
    page = open_studio("sample", look)
    made = page.locator("#sample-list .made:not(.waiting)")
    expect(made).to_have_count(12)
    asked = engine_of_trained_studio.latent.sample(model="pca", count=12, seed=0).samples
    expect(made.locator(".name")).to_have_text([sample.name for sample in asked])
    _fits(page)
    page.get_by_role("button", name="Invent others").click()
    again = engine_of_trained_studio.latent.sample(model="pca", count=12, seed=1).samples
    expect(made.locator("> .tile img").first).to_have_attribute("src", f"{again[0].drawn_url}?side=320")
    page.locator("#sample-seed").fill("0")
    page.locator("#sample-seed").press("Enter")
    expect(made.locator("> .tile img").first).to_have_attribute("src", f"{asked[0].drawn_url}?side=320")
    _fits(page)


@pytest.mark.parametrize("look", UNLIKE_LOOKS)
def test_photos_are_rebuilt(
    open_studio: Open, engine_of_trained_studio: Engine, products: list[str], look: str
) -> None:
    page = open_studio("reconstruct", look, products=products[:2])
    asked = engine_of_trained_studio.latent.reconstruct(products[:2], model="pca").rebuilt
    expect(page.locator(".rebuilt .psnr")).to_have_text([f"{item.psnr:.1f} dB" for item in asked])
    expect(page.locator(".rebuilt img")).to_have_count(4)
    _fits(page)


def test_it_begins_with_a_choice_of_products(open_studio: Open) -> None:
    page = open_studio("interpolate")
    expect(page.locator("#begin-title")).to_have_text("Pick two products to begin")
    page.locator("[data-pick]").nth(0).click()
    expect(page.locator("#begin-title")).to_have_text("Pick one more product")
    page.locator("[data-pick]").nth(3).click()
    expect(page.locator("#begin")).to_be_hidden()
    expect(page.locator(".step").first).to_be_visible()


@pytest.mark.parametrize("look", UNLIKE_LOOKS)
def test_products_are_picked_by_words_and_by_photo(
    open_studio: Open, engine_of_trained_studio: Engine, photo_file, look: str
) -> None:
    first = engine_of_trained_studio.search.find(limit=1).products[0]
    page = open_studio(look=look)
    page.locator("#add").click()
    cells = page.locator("#picker-grid .cell")
    expect(cells).to_have_count(60)
    _fits(page)
    page.locator("#picker-text").fill(first.attributes["brand"])
    expect(cells.locator(".name").filter(has_not_text=first.attributes["brand"])).to_have_count(0)
    page.locator("#picker-photo").set_input_files(photo_file)
    expect(cells.locator(".name").first).to_have_text(first.name)
    cells.locator("button").first.click()
    expect(cells.locator("button").first).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".pick")).to_have_count(1)
    assert _query(page)["product"] == [first.product_id]


def test_a_match_is_put_on_the_shelf(open_studio: Open, products: list[str]) -> None:
    page = open_studio(products=products[:1])
    name = _names(page)[1]
    page.locator("#steer-matches .cell").nth(1).hover()
    page.locator("#steer-matches .match-add").nth(1).click()
    expect(page.locator(".pick-name").nth(1)).to_have_text(name)


def test_tabs_go_by_arrows_and_models_are_chosen(open_studio: Open, products: list[str]) -> None:
    page = open_studio(products=products[:2])
    page.get_by_role("tab", name="Reshape").press("ArrowRight")
    expect(page.get_by_role("tab", name="Blend")).to_be_focused()
    expect(page.locator("#panel-interpolate")).to_be_visible()
    page.locator("#model").select_option("small")
    _settled(page)
    assert _query(page)["model"] == ["small"]
    image = page.locator("[role=tabpanel]:not([hidden]) .frame[id$=-made] img")
    expect(image).to_have_attribute("src", re.compile("^/decoded/small/"), timeout=LOADED_MS)


def test_a_link_to_products_that_are_gone_says_so(open_studio: Open, products: list[str]) -> None:
    page = open_studio(products=["nobody", products[0]])
    expect(page.locator(".toast")).to_contain_text("1 product of this link is no longer here")
    expect(page.locator(".pick")).to_have_count(1)


def test_a_product_page_leads_here(browse, trained_studio: str, products: list[str]) -> None:
    page = browse(f"/products/{products[1]}", at=trained_studio)
    page.get_by_role("link", name="Open in the workshop").click()
    expect(page.locator("#steer-made img")).to_have_count(1)
    assert _query(page)["product"] == [products[1]]


@pytest.mark.parametrize("look", UNLIKE_LOOKS)
def test_before_the_first_training_it_offers_to_train(browse, engine_of_studio: Engine, look: str) -> None:
    jobs = engine_of_studio.catalogue.jobs
    page = browse("/latent", look)
    _fits(page)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(".job")).to_contain_text("Waiting for its turn")
    job = jobs.claim("test")
    assert job is not None
    assert json.loads(job.params)["recipe"] == "pca"
    jobs.report(job, "test", stage="learning", done=1, total=4)
    expect(page.locator(".job")).to_contain_text("Learning: 1 of 4")
    page.reload()
    expect(page.locator(".job")).to_contain_text("Learning: 1 of 4")
    jobs.finish(job, "test", JobState.FAILED, message="the disk is full")
    expect(page.locator(".job")).to_contain_text("the disk is full")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    jobs.clear_ended()
