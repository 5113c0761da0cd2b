"""The page of classifiers in a browser: learning the first, judging it, its report in every look, the file."""

import json
import shutil
from pathlib import Path

import pytest
from _waiting import until
from playwright.sync_api import expect

from lookscape.catalogue.records import JobState
from lookscape.engine import Engine
from lookscape.reports.classifier.kept import last_report
from lookscape.tools._tool import find_tool
from told_catalogue import QUICK, open_told

pytestmark = pytest.mark.page

SECTIONS = ["Against simple baselines", "Value by value", "What is mistaken for what", "Most confident mistakes"]


@pytest.fixture(scope="module")
def learned(told_folder: Path) -> Path:
    return told_folder


@pytest.fixture(scope="module")
def judged(learned: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("judged") / "catalogue"
    shutil.copytree(learned, folder)
    engine = open_told(folder)
    engine.predict.report(linear=False)
    return engine


@pytest.fixture
def fresh(learned: Path, tmp_path: Path) -> Engine:
    shutil.copytree(learned, tmp_path / "catalogue")
    return open_told(tmp_path / "catalogue")


@pytest.fixture
def at(judged: Engine, serve) -> str:
    return serve(judged)


@pytest.mark.parametrize("point", ["wide-light", "wide-dark", "phone-light", "phone-dark"])
def test_it_shows_every_part_and_fits_the_screen(browse, at: str, point: str) -> None:
    page = browse("/classifiers", point, at=at)
    for title in SECTIONS:
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    until(page, "[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ink, paper = page.locator(".confusion td.h5, .confusion td.h4").first.evaluate(
        "(one) => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor].map((colour) => "
        "colour.match(/[0-9.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0))"
    )
    assert (ink > paper) == point.endswith("dark")
    assert abs(ink - paper) > 250
    small = page.locator(".classifiers a.choice, .classifiers summary, .classifiers .button").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().height < 43.5).length"
    )
    assert small == 0


def test_figures_can_be_read_without_eyes(browse, at: str, judged: Engine) -> None:
    report = last_report(judged.folder, "tone").result
    page = browse("/classifiers?name=tone", at=at)
    row = page.get_by_role("region", name="Baselines, table").get_by_role("row", name="this classifier")
    expect(row).to_contain_text(f"{report.accuracy.value:.0%}".replace("%", "\u202f%"))
    values = page.get_by_role("region", name="Value by value, table")
    values.focus()
    expect(values).to_be_focused()
    for one in report.classes:
        expect(values.get_by_role("row", name=one.value).get_by_role("cell").first).to_have_text(str(one.support))
    expect(page.get_by_role("img", name="Share correct against confidence", exact=False)).to_be_visible()
    expect(page.locator(".report .dot")).to_have_count(len(report.calibration))


def test_its_mistakes_lead_to_their_products(browse, at: str) -> None:
    page = browse("/classifiers", at=at)
    link = page.locator(".wrong a").first
    product = link.get_attribute("data-product")
    link.click()
    expect(page).to_have_url(f"{at}/products/{product}")
    page.wait_for_load_state("networkidle")


def test_the_file_is_the_same_report_and_asks_no_server(browse, at: str, judged: Engine, tmp_path: Path) -> None:
    page = browse("/classifiers", at=at)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save as a file").click()
    path = tmp_path / "report.html"
    waiting.value.save_as(path)
    assert path.read_text(encoding="utf-8") == Path(last_report(judged.folder, "tone").result.file).read_text("utf-8")
    asked = list[str]()
    alone = page.context.new_page()
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(path.as_uri())
    for title in SECTIONS:
        expect(alone.get_by_role("heading", name=title, exact=True)).to_be_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def finish(engine: Engine) -> str:
    """Play the worker: do the next job. Gives its parameters."""
    job = engine.catalogue.jobs.claim("test")
    assert job is not None
    tool = find_tool(job.tool)
    made = tool.run(engine, tool.validate({**json.loads(job.params), **_quickly(job.tool)}))
    engine.catalogue.jobs.finish(job, "test", JobState.DONE, result=made.model_dump_json())
    return job.params


def _quickly(tool: str) -> dict:
    return QUICK if tool == "predict/train" else {"linear": False}


def test_the_first_one_is_learned_and_judged(browse, fresh: Engine, serve) -> None:
    shutil.rmtree(fresh.folder / "classifiers")
    page = browse("/classifiers", "phone-light", at=serve(fresh))
    expect(page.get_by_role("heading", name="Predict attributes from photos")).to_be_visible()
    page.locator("#learn select").select_option("tone")
    page.locator("#learn input[name=name]").fill("mine")
    page.get_by_role("button", name="Learn").click()
    expect(page.locator(".job")).to_contain_text("Waiting for its turn")
    expect(page.get_by_role("button", name="Learn")).to_be_disabled()
    asked = json.loads(finish(fresh))
    assert (asked["attribute"], asked["name"], asked["epochs"]) == ("tone", "mine", 30)
    expect(page.locator(".choice")).to_contain_text("not evaluated yet")
    expect(page).to_have_url(page.url.partition("/classifiers")[0] + "/classifiers?name=mine")
    page.get_by_role("button", name="Evaluate").click()
    expect(page.locator(".job")).to_contain_text("Waiting for its turn")
    assert json.loads(finish(fresh))["name"] == "mine"
    expect(page.locator(".report h1")).to_have_text("mine")
    expect(page.locator(".choice")).to_contain_text("correct")


def test_a_newer_training_is_told(browse, fresh: Engine, serve) -> None:
    fresh.predict.report(linear=False)
    at = serve(fresh)
    expect(browse("/classifiers", at=at).locator(".notice")).to_have_count(0)
    fresh.predict.train("tone", **{**QUICK, "seed": 1, "epochs": 1.0})
    expect(browse("/classifiers", at=at).locator(".notice")).to_contain_text("retrained since")


def test_without_photos_it_asks_for_some(browse, empty_studio: str) -> None:
    page = browse("/classifiers", at=empty_studio)
    expect(page.get_by_role("link", name="Bring in some photos")).to_be_visible()
