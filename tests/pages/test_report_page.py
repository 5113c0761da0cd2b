"""The report in a browser: before the first one, as it is made, a photo beside its groups, and as a file on its own."""

import json
import shutil
from pathlib import Path

import pytest
from _waiting import until
from playwright.sync_api import expect

from lookscape.catalogue.records import JobState
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.reports import kept as reports_kept
from lookscape.settings import Settings
from lookscape.tools._tool import find_tool

pytestmark = pytest.mark.page

SECTIONS = ["The groups", "Class balance", "Widths and heights", "Missing values", "Colours", "Eigenimages"]


@pytest.fixture(scope="module")
def reported(catalogue_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("reported") / "catalogue"
    shutil.copytree(catalogue_folder, folder)
    engine = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    engine.report.catalogue(by="hype")
    return engine


@pytest.fixture
def at(reported: Engine, serve) -> str:
    return serve(reported)


@pytest.fixture
def fresh(catalogue_copy: Catalogue) -> Engine:
    return Engine(catalogue_copy)


@pytest.mark.parametrize("look", ["wide-light", "wide-dark", "phone-light", "phone-dark"])
def test_it_shows_every_part_and_fits_the_screen(browse, at: str, look: str) -> None:
    page = browse("/report", look, at=at)
    for title in SECTIONS:
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.locator(".report .short")).to_contain_text("ordinary")
    until(page, "[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ink, paper = page.locator(".report h1").evaluate(
        "(one) => [getComputedStyle(one).color, getComputedStyle(document.documentElement).backgroundColor]"
    )
    assert (sum(rgb(ink)) > sum(rgb(paper))) == look.endswith("dark")


def rgb(colour: str) -> list[int]:
    return [int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]


def test_its_photos_lead_to_their_products(browse, at: str) -> None:
    page = browse("/report", at=at)
    link = page.locator("a[data-product]").first
    product = link.get_attribute("data-product")
    link.click()
    expect(page).to_have_url(f"{at}/products/{product}")
    page.wait_for_load_state("networkidle")


def test_plots_and_tables_can_be_read_without_eyes(browse, at: str) -> None:
    page = browse("/report", at=at)
    expect(page.get_by_role("img", name="Red: mean", exact=False).first).to_be_visible()
    table = page.get_by_role("region", name="Class balance, table")
    table.focus()
    expect(table).to_be_focused()
    expect(table.get_by_role("row", name="ordinary")).to_contain_text("16")


def test_a_photo_is_held_beside_the_groups(browse, at: str, reported: Engine, tmp_path: Path) -> None:
    path = tmp_path / "shoe.jpg"
    path.write_bytes(reported.catalogue.read_photo(reported.catalogue.photo_ids()[0]))
    page = browse("/report", "phone-light", at=at)
    page.locator("#compare").set_input_files(path)
    found = [one for one in reported.report.compare(photo=path.read_bytes()).groups if one.space == "lab"]
    expect(page.locator("#compared h2")).to_have_text(f"Nearest in colour: {found[0].second}")
    expect(page.locator("#compared li")).to_have_count(2)
    expect(page.locator("#compared li").first).to_contain_text(f"{found[0].mutual_information:.2f} bits")


def test_it_is_made_as_a_job_grouped_as_asked(browse, fresh: Engine, serve) -> None:
    page = browse("/report", "phone-light", at=serve(fresh))
    expect(page.locator("main")).to_contain_text("lookscape report catalogue")
    page.get_by_label("Group by").select_option("silhouette")
    page.get_by_role("button", name="Make the report").click()
    card = page.locator(".job")
    expect(card).to_contain_text("Waiting for its turn")
    expect(page.locator("#make")).to_be_disabled()
    job = fresh.catalogue.jobs.claim("test")
    assert job is not None
    fresh.catalogue.jobs.report(job, "test", stage="counting colours", done=8, total=24)
    expect(card).to_contain_text("Counting colours: 8 of 24")
    tool = find_tool(job.tool)
    made = tool.run(fresh, tool.validate(json.loads(job.params)))
    fresh.catalogue.jobs.finish(job, "test", JobState.DONE, result=made.model_dump_json())
    expect(page.locator(".report .lead")).to_contain_text("grouped by silhouette")
    expect(page.get_by_label("Group by")).to_have_value("silhouette")


def test_a_change_of_the_catalogue_is_told(browse, fresh: Engine, serve) -> None:
    fresh.report.catalogue()
    at = serve(fresh)
    expect(browse("/report", at=at).locator(".notice")).to_have_count(0)
    fresh.annotate.set("fit", "wide", products=(fresh.catalogue.ids()[0],))
    expect(browse("/report", at=at).locator(".notice")).to_contain_text("changed since")


def test_the_file_is_the_same_report_and_asks_no_server(browse, at: str, reported: Engine, tmp_path: Path) -> None:
    page = browse("/report", at=at)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save as a file").click()
    path = tmp_path / "report.html"
    waiting.value.save_as(path)
    kept = reports_kept.latest(reported.folder)
    assert kept is not None
    assert path.read_text(encoding="utf-8") == Path(kept.result.file).read_text(encoding="utf-8")
    asked = list[str]()
    alone = page.context.new_page()
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(path.as_uri())
    for title in SECTIONS:
        expect(alone.get_by_role("heading", name=title, exact=True)).to_be_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len(alone.pdf()) > 50_000


def test_without_photos_it_asks_for_some(browse, empty_studio: str) -> None:
    page = browse("/report", at=empty_studio)
    expect(page.get_by_role("link", name="Bring in some photos")).to_be_visible()
    assert page.request.get(f"{empty_studio}/report.html").status == 404
