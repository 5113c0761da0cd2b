"""The clusters page in a browser: plots and cards, a group named and the name taken back, work started and followed."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lookscape.catalogue.records import JobState
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.settings import Settings

pytestmark = pytest.mark.page


@pytest.fixture
def grouped(engine_of_studio: Engine, tmp_path: Path) -> Iterator[Engine]:
    folder = tmp_path / "grouped"
    shutil.copytree(engine_of_studio.folder, folder)
    opened = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    opened.atlas.clusters(most=5)
    yield opened
    opened.catalogue.close()


@pytest.fixture
def page(serve: Callable[[Engine], str], grouped: Engine, browse: Callable[..., Page]) -> Page:
    return browse("/clusters", at=serve(grouped))


def test_plots_and_cards_show_what_was_found(page: Page, grouped: Engine) -> None:
    facets = {facet.name: facet for facet in grouped.catalogue.facets()}
    sizes = sorted((value.count for value in facets["cluster"].values), reverse=True)
    expect(page.locator(".plot")).to_have_count(2)
    assert page.locator(".plot-dot").count() == 8
    assert page.locator(".plot-dot.chosen").count() == 2
    expect(page.locator(".cluster")).to_have_count(len(sizes))
    expect(page.locator(".cluster-size a").first).to_have_text(f"{sizes[0]} products")
    for picture in page.locator(".cluster-looks img").all()[:4]:
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.locator(".cluster-size a").first.click()
    expect(page).to_have_url(re.compile("where=cluster"))
    expect(page.locator("body")).to_contain_text(str(sizes[0]))


def test_a_group_is_named_by_keyboard_and_the_name_taken_back(page: Page, grouped: Engine) -> None:
    card = page.locator(".cluster").nth(1)
    before = card.locator(".cluster-name").text_content()
    card.get_by_role("textbox").fill("high tops")
    page.keyboard.press("Enter")
    expect(card.locator(".cluster-name")).to_have_text("high tops")
    named = {facet.name: facet for facet in grouped.catalogue.facets()}["group"].values
    assert [value.value for value in named] == ["high tops"]
    page.get_by_role("button", name="Undo").click()
    expect(card.locator(".cluster-name")).to_have_text(before or "")
    assert "group" not in {facet.name for facet in grouped.catalogue.facets()}


def test_work_is_started_and_followed(page: Page, grouped: Engine) -> None:
    page.get_by_role("spinbutton", name="Groups").fill("3")
    page.get_by_role("button", name="Group again").click()
    expect(page.locator(".job")).to_be_visible()
    [job] = [job for job in grouped.catalogue.jobs.latest() if job.tool == "atlas/clusters"]
    assert job.state is JobState.QUEUED
    assert '"k":3' in job.params.replace(" ", "")
    page.locator(".job .cancel").click()
    expect(page.locator(".job .pill")).to_have_text("cancelled")


@pytest.mark.parametrize("look", ["wide-light", "phone-dark"])
def test_nothing_is_wider_than_the_window(
    serve: Callable[[Engine], str], grouped: Engine, browse: Callable[..., Page], look: str
) -> None:
    page = browse("/clusters", look, at=serve(grouped))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
