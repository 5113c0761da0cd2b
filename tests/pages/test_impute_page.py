"""The page of gaps in a browser: the curve follows the slider, work starts, predictions and picks are handed on."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lookscape.catalogue.records import Attribute, JobState, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.settings import Settings

pytestmark = pytest.mark.page

KNOWN = 150


@pytest.fixture(scope="module")
def filled(engine_of_studio: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The studio's catalogue with a `tone` on most products and predictions for the others."""
    folder = tmp_path_factory.mktemp("gaps") / "catalogue"
    shutil.copytree(engine_of_studio.folder, folder)
    engine = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    products = engine.catalogue.products(engine.catalogue.ids())
    dark = {one: "dark" if int(product.photo_ids[0][:2], 16) % 2 else "light" for one, product in products.items()}
    known = sorted(dark)[:KNOWN]
    given = [Attribute(product_id=one, name="shade", value=dark[one], origin=Origin.HUMAN) for one in known]
    engine.catalogue.annotate(given, by="Kim")
    engine.predict.impute("shade", method="logistic", threshold=0)
    engine.catalogue.close()
    return folder


@pytest.fixture
def gappy(filled: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(filled, tmp_path / "catalogue")
    opened = Engine(Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1)))
    yield opened
    opened.catalogue.close()


@pytest.fixture
def page(serve: Callable[[Engine], str], gappy: Engine, browse: Callable[..., Page]) -> Page:
    return browse("/impute?name=shade", at=serve(gappy))


def people_of(engine: Engine) -> int:
    shown = engine.catalogue.shown(engine.catalogue.ids(), ["shade"])
    return sum(item.origin is Origin.HUMAN for item in shown)


def test_the_forecast_follows_the_slider(page: Page) -> None:
    expect(page.locator("#words")).to_contain_text("predicted values of shade were written")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("#sure")).to_have_text(re.compile(r"^0\s%$"))
    expect(page.locator("#forecast")).to_contain_text("should be correct")
    page.keyboard.press("End")
    expect(page.locator("#forecast")).to_have_text("Fills nothing.")
    expect(page.locator("#write")).to_be_disabled()
    assert page.locator(".methods li").count() == 2


def test_filling_is_a_job_with_the_threshold(page: Page, gappy: Engine) -> None:
    page.get_by_role("slider").fill("0.2")
    page.locator("#write").click()
    expect(page.locator(".job")).to_be_visible()
    [job] = [job for job in gappy.catalogue.jobs.latest() if job.tool == "predict/impute"]
    assert job.state is JobState.QUEUED
    asked = json.loads(job.params)
    assert (asked["name"], asked["threshold"]) == ("shade", 0.2)
    page.locator(".job .cancel").click()
    expect(page.locator(".job .pill")).to_have_text("cancelled")


def test_predictions_are_taken_over_and_given_back(page: Page, gappy: Engine) -> None:
    assert people_of(gappy) == KNOWN
    page.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect(page.locator(".guess.accepted")).to_have_count(1)
    assert people_of(gappy) == KNOWN + 1
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".guess.accepted")).to_have_count(0)
    assert people_of(gappy) == KNOWN
    page.get_by_role("button", name="All of these are correct").click()
    expect(page.locator(".guess.accepted")).to_have_count(12)
    assert people_of(gappy) == KNOWN + 12


def test_what_was_filled_is_taken_back(page: Page, gappy: Engine) -> None:
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".guess")).to_have_count(0)
    assert gappy.predict.show("shade").total == 0


def test_the_least_sure_are_handed_to_the_page_that_labels(page: Page) -> None:
    ids = [one.get_attribute("data-id") for one in page.locator(".guess").all()[:12]]
    page.locator(".check-all").click()
    expect(page).to_have_url(re.compile("/annotate"))
    expect(page.locator("#found")).to_contain_text("12 products with the least sure shade")
    assert len(set(ids)) == 12


def test_picks_of_the_work_are_shown_and_handed_on(page: Page, gappy: Engine) -> None:
    page.get_by_role("button", name="Find 20").click()
    expect(page.locator(".job")).to_be_visible()
    job = gappy.catalogue.jobs.claim("test")
    assert job is not None
    told = gappy.predict.next("shade", num=7)
    gappy.catalogue.jobs.finish(job, "test", JobState.DONE, result=told.model_dump_json())
    expect(page.locator("#next .cell")).to_have_count(7)
    page.get_by_role("button", name="Label these 7").click()
    expect(page.locator("#found")).to_contain_text("7 products to label with shade")


@pytest.mark.parametrize("look", ["wide-light", "phone-dark"])
def test_nothing_is_wider_than_the_window(
    serve: Callable[[Engine], str], gappy: Engine, browse: Callable[..., Page], look: str
) -> None:
    page = browse("/impute?name=shade", look, at=serve(gappy))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
