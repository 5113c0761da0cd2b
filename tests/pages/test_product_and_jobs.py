"""A product and the jobs in a browser."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lookscape.catalogue.records import JobState
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.interfaces.http.pages.product import SHOWN
from put_column import put_column

pytestmark = pytest.mark.page


@pytest.fixture
def no_jobs(engine_of_studio: Engine):
    yield
    for job in engine_of_studio.catalogue.jobs.latest():
        engine_of_studio.catalogue.jobs.cancel(job.id)
    engine_of_studio.catalogue.jobs.clear_ended()


def test_a_product_shows_what_is_known_and_what_looks_alike(browse, engine_of_studio: Engine) -> None:
    first = engine_of_studio.search.find(limit=1).products[0]
    alike = engine_of_studio.search.like(first.product_id, limit=12).hits
    page = browse(f"/products/{first.product_id}")
    expect(page.locator(".alike .name")).to_have_text([hit.name for hit in alike])
    expect(page.locator(".alike .distance").first).to_have_text(f"{alike[0].distance:.3f} cosine distance")
    expect(page.get_by_role("link", name=first.attributes["brand"], exact=True)).to_be_visible()
    page.get_by_text("Files and ids").click()
    expect(page.locator(".path").first).to_contain_text("rendered:")
    assert first.photo_id not in page.inner_text("main")


def test_all_values_of_an_attribute_stand_together(
    browse: Callable[..., Page], serve: Callable[[Engine], str], catalogue_copy: Catalogue
) -> None:
    sizes = ("S", "38 cm", "40 cm", "36 cm")
    put_column(catalogue_copy, "size", [sizes])
    for name in map("zone {}".format, range(12)):
        put_column(catalogue_copy, name, ["a"])
    opened = Engine(catalogue_copy)
    product = next(key for key, value in catalogue_copy.values_of("size").items() if value == sizes[0])
    page = browse(f"/products/{product}", "phone-dark", at=serve(opened))
    page.locator("summary", has_text="more attribute").click()
    rows = page.locator(".attributes > div", has=page.locator("dt", has_text=re.compile(r"^\s*Size\s*$")))
    expect(rows.locator("a")).to_have_text(list(sizes))
    expect(rows.locator("dt .unseen")).to_have_count(len(sizes) - 1)
    names = {one.name for one in opened.search.product(product).attributes}
    expect(page.locator(".product summary", has_text="more attribute")).to_have_text(
        f"{len(names) - SHOWN} more attributes"
    )


def test_the_photo_zooms_and_leads_to_a_search(browse, engine_of_studio: Engine) -> None:
    first = engine_of_studio.search.find(limit=1).products[0]
    page = browse(f"/products/{first.product_id}")
    page.locator("#zoom").click()
    expect(page.locator("#zoom")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#zoom")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("s")
    expect(page.locator("#hits .name").first).to_have_text(first.name)


@pytest.mark.usefixtures("no_jobs")
def test_a_job_is_started_watched_and_summed_up(browse, engine_of_studio: Engine) -> None:
    jobs = engine_of_studio.catalogue.jobs
    page = browse("/jobs", "phone-dark")
    page.get_by_label("Source").fill("photos/")
    page.get_by_role("button", name="Start").first.click()
    card = page.locator(".job")
    expect(card).to_contain_text("Waiting for its turn")
    job = jobs.claim("test")
    assert job is not None
    assert json.loads(job.params)["source"] == "photos/"
    jobs.report(job, "test", stage="reading photos", done=250, total=1000)
    expect(card).to_contain_text("Reading photos: 250 of 1,000")
    jobs.report(job, "test", stage="reading photos", done=750, total=1000)
    expect(card.locator(".job-speed")).to_contain_text("per second")
    expect(card.locator("progress")).to_have_js_property("value", 750)
    jobs.finish(job, "test", JobState.DONE, result=json.dumps({"listed": 1000, "failed": []}))
    expect(card).to_contain_text("1,000 listed")
    expect(page.locator(".toast")).to_contain_text("Ingest is done")


@pytest.mark.usefixtures("no_jobs")
def test_jobs_are_cancelled_and_cleared_unless_undone(browse, engine_of_studio: Engine) -> None:
    jobs = engine_of_studio.catalogue.jobs
    jobs.submit("manage/embed", "{}")
    page = browse("/jobs")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".job .pill")).to_have_text("cancelled")
    page.get_by_role("button", name="Clear ended").click()
    expect(page.locator(".job")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".job")).to_have_count(1)
    page.get_by_role("button", name="Clear ended").click()
    expect(page.locator(".job")).to_have_count(0)
    page.goto("/api")
    page.wait_for_timeout(300)
    assert jobs.latest() == []


@pytest.mark.usefixtures("no_jobs")
def test_a_failed_job_says_why(browse, engine_of_studio: Engine) -> None:
    jobs = engine_of_studio.catalogue.jobs
    jobs.submit("manage/ingest", json.dumps({"source": "/nowhere"}))
    job = jobs.claim("test")
    assert job is not None
    jobs.finish(job, "test", JobState.FAILED, message="there is no folder /nowhere")
    expect(browse("/jobs").locator(".job.failed")).to_contain_text("there is no folder /nowhere")
