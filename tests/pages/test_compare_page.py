"""The page that compares two groups in a browser: choosing, the job, what was found in every look, the file."""

import json
import shutil
from pathlib import Path

import pytest
from _waiting import until
from playwright.sync_api import expect

from lookscape.catalogue.records import JobState
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.reports.comparison.page import last_comparison
from lookscape.settings import Settings
from lookscape.tools._tool import find_tool

pytestmark = pytest.mark.page


@pytest.fixture(scope="module")
def compared(engine_of_studio: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder: Path = tmp_path_factory.mktemp("compared") / "catalogue"
    shutil.copytree(engine_of_studio.folder, folder)
    engine = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    engine.predict.compare("silhouette=low", second="silhouette=boot")
    return engine


@pytest.fixture
def at(compared: Engine, serve) -> str:
    return serve(compared)


@pytest.mark.parametrize("look", ["wide-light", "wide-dark", "phone-light", "phone-dark"])
def test_it_shows_what_was_found_and_fits_the_screen(browse, at: str, compared: Engine, look: str) -> None:
    found = last_comparison(compared.folder).result
    page = browse("/compare", look, at=at)
    expect(page.locator(".report h1")).to_have_text("silhouette=low and silhouette=boot")
    for sentence in found.in_short:
        expect(page.locator(".short")).to_contain_text(sentence)
    until(page, "[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    first = page.get_by_role("region", name="What differs, table").get_by_role("row").nth(1)
    expect(first).to_contain_text(found.differences[0].name)
    expect(page.get_by_label("First group")).to_have_value("low")
    expect(page.get_by_label("Second group")).to_have_value("boot")


def test_photos_lead_to_products(browse, at: str) -> None:
    page = browse("/compare", at=at)
    link = page.locator("a[data-product]").first
    product = link.get_attribute("data-product")
    link.click()
    expect(page).to_have_url(f"{at}/products/{product}")
    page.wait_for_load_state("networkidle")


def test_groups_are_chosen_and_compared_as_a_job(browse, compared: Engine, serve, tmp_path: Path) -> None:
    shutil.copytree(compared.folder, tmp_path / "catalogue", ignore=shutil.ignore_patterns("reports"))
    engine = Engine(Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1)))
    page = browse("/compare", "phone-light", at=serve(engine))
    page.get_by_label("Attribute").select_option("hype")
    page.wait_for_url("**/compare?by=hype")
    values = page.get_by_label("First group").locator("option").all_inner_texts()
    assert len(values) == 2
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".job")).to_contain_text("Waiting for its turn")
    job = engine.catalogue.jobs.claim("test")
    assert job is not None
    asked = json.loads(job.params)
    assert (asked["first"], asked["second"]) == (f"hype={values[0]}", f"hype={values[1]}")
    tool = find_tool(job.tool)
    made = tool.run(engine, tool.validate(asked))
    engine.catalogue.jobs.finish(job, "test", JobState.DONE, result=made.model_dump_json())
    expect(page.locator(".report h1")).to_have_text(f"hype={values[0]} and hype={values[1]}")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save as a file").click()
    assert Path(waiting.value.path()).read_text("utf-8") == Path(made.file).read_text("utf-8")


def test_without_photos_it_asks_for_some(browse, empty_studio: str) -> None:
    page = browse("/compare", at=empty_studio)
    expect(page.get_by_role("link", name="Bring in some photos")).to_be_visible()
