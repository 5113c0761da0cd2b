"""A product's page with classifiers: what it could be, where one looks, what would change the answer."""

import shutil
from pathlib import Path

import pytest
from _waiting import until
from playwright.sync_api import expect

from lookscape.engine import Engine
from told_catalogue import QUICK, open_told

pytestmark = pytest.mark.page


@pytest.fixture(scope="module")
def told(told_and_embedded: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("told") / "catalogue"
    shutil.copytree(told_and_embedded, folder)
    return open_told(folder)


@pytest.fixture
def at(told: Engine, serve) -> str:
    return serve(told)


def percent(share: float) -> str:
    return f"{round(100 * share)}\u202f%"


@pytest.mark.parametrize("look", ["wide-light", "phone-dark"])
def test_answer_heat_map_and_what_would_change_it(browse, at: str, told: Engine, look: str) -> None:
    flips = next(one for one in map(told.predict.counterfactual, told.catalogue.ids()) if one.covered)
    explained = told.predict.explain(flips.product_id)
    page = browse(f"/products/{flips.product_id}", look, at=at)
    first = page.locator(".guesses li").first
    expect(first).to_contain_text(explained.guesses[0].value)
    expect(first).to_contain_text(percent(explained.guesses[0].chance))
    heat = page.locator(".told-answer img")
    expect(heat).to_have_attribute("src", explained.heat_url)
    page.get_by_role("button", name="What would change the answer?").click()
    expect(page.locator(".changed-words")).to_contain_text(f"it predicts {flips.becomes}")
    expect(page.locator(".changed-words")).to_contain_text(f"Next most likely: {flips.runner_up}")
    expect(page.locator(".changed figure img")).to_have_attribute("src", flips.picture_url)
    expect(page.locator(".near li")).to_have_count(len(flips.like_value) + len(flips.like_runner_up))
    until(page, "[...document.querySelectorAll('.told img')].every((one) => one.complete && one.naturalWidth)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for_load_state("networkidle")


def test_another_classifier_may_be_asked(browse, told: Engine, serve, tmp_path: Path) -> None:
    shutil.copytree(told.folder, tmp_path / "catalogue")
    engine = open_told(tmp_path / "catalogue")
    engine.predict.train("tone", name="second", **{**QUICK, "epochs": 1.0})
    product = engine.catalogue.ids()[0]
    page = browse(f"/products/{product}", at=serve(engine))
    expect(page.locator(".guesses li")).to_have_count(2)
    page.locator("#teller").select_option("tone")
    answer = engine.predict.explain(product, name="tone")
    expect(page.locator(".told-answer img")).to_have_attribute("src", answer.heat_url)
    expect(page.get_by_role("link", name="How good the classifier is")).to_have_attribute(
        "href", "/classifiers?name=tone"
    )
    page.wait_for_load_state("networkidle")


def test_without_a_classifier_nothing_is_told(browse, studio: str, engine_of_studio: Engine) -> None:
    page = browse(f"/products/{engine_of_studio.catalogue.ids()[0]}", at=studio)
    expect(page.get_by_role("heading", name="Attributes")).to_be_visible()
    expect(page.locator("#told")).to_have_count(0)
    page.wait_for_load_state("networkidle")
