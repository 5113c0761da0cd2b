"""The page of tuning in a browser: the first study, what it found in every look, the file, and going on."""

import json
import shutil
from pathlib import Path

import pytest
from _waiting import until
from playwright.sync_api import expect

from lookscape.catalogue.records import JobState
from lookscape.engine import Engine
from lookscape.tools._tool import find_tool
from told_catalogue import open_told

pytestmark = pytest.mark.page

QUICK = {"backbone": "encoder", "side": 16, "epochs": 4, "evaluations": 2}
PLOTS = ["History", "Intermediate values", "Parallel coordinates", "Slice", "Contour", "Importance"]


@pytest.fixture(scope="module")
def tuned(told_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tuned") / "catalogue"
    shutil.copytree(told_folder, folder)
    engine = open_told(folder)
    engine.predict.tune("tone", trials=6, repeats=0, **QUICK)
    engine.catalogue.close()
    return folder


@pytest.fixture
def study(tuned: Path, tmp_path: Path) -> Engine:
    shutil.copytree(tuned, tmp_path / "catalogue")
    return open_told(tmp_path / "catalogue")


def finish(engine: Engine) -> dict:
    """Play the worker: do the next job, quickly. Gives its parameters."""
    job = engine.catalogue.jobs.claim("test")
    assert job is not None
    tool, asked = find_tool(job.tool), json.loads(job.params)
    made = tool.run(engine, tool.validate({**asked, **QUICK, "repeats": 0}))
    engine.catalogue.jobs.finish(job, "test", JobState.DONE, result=made.model_dump_json())
    return asked


@pytest.mark.parametrize("point", ["wide-light", "wide-dark", "phone-light", "phone-dark"])
def test_it_shows_every_plot_and_fits_the_screen(browse, study: Engine, serve, point: str) -> None:
    page = browse("/tuning", point, at=serve(study))
    for title in [*PLOTS, "The best settings", "Trials"]:
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    until(page, "[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    light = page.locator(".plot img").first.evaluate("(one) => getComputedStyle(one).filter") == "none"
    assert light == point.endswith("light")
    expect(page.get_by_role("region", name="Trials").get_by_role("row")).to_have_count(7)
    expect(page.locator(".report .lead")).to_contain_text("of 6 trials")
    small = page.locator("a.choice, summary, .button").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().height < 43.5).length"
    )
    assert small == 0


def test_the_file_asks_no_server(browse, study: Engine, serve, tmp_path: Path) -> None:
    page = browse("/tuning?name=tone", at=serve(study))
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save as a file").click()
    waiting.value.save_as(tmp_path / "study.html")
    asked = list[str]()
    alone = page.context.new_page()
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto((tmp_path / "study.html").as_uri())
    expect(alone.get_by_role("heading", name="Importance")).to_be_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_it_goes_on(browse, study: Engine, serve) -> None:
    page = browse("/tuning", at=serve(study))
    page.locator("#more").get_by_label("Trials").fill("7")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".job")).to_contain_text("Waiting for its turn")
    expect(page.get_by_role("button", name="Continue")).to_be_disabled()
    asked = finish(study)
    assert (asked["attribute"], asked["study"], asked["trials"], asked["minutes"]) == ("tone", "tone", 7, 120)
    expect(page.locator(".choice")).to_contain_text("7 trials")
    expect(page.locator(".report .lead")).to_contain_text("of 7 trials")


def test_the_first_study_is_begun(browse, study: Engine, serve) -> None:
    shutil.rmtree(study.folder / "studies")
    page = browse("/tuning", "phone-light", at=serve(study))
    expect(page.get_by_role("heading", name="Find better settings")).to_be_visible()
    page.get_by_label("Attribute").select_option("tone")
    page.get_by_label("Trials").fill("2")
    page.get_by_role("button", name="Tune", exact=True).click()
    expect(page.locator(".job")).to_contain_text("Waiting for its turn")
    assert finish(study)["trials"] == 2
    expect(page.locator(".choice")).to_contain_text("2 trials")


def test_what_happened_since_is_told(browse, study: Engine, serve) -> None:
    shutil.rmtree(study.folder / "reports")
    page = browse("/tuning", at=serve(study))
    expect(page.locator(".notice")).to_contain_text("So far")
    assert page.request.get("/tuning/tone.html").status == 404
    assert page.request.get("/tuning/nobody.html").status == 404
