"""The board in a browser: what to do before there is one, what it says, and what it explains."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from lookscape.catalogue.records import JobState
from lookscape.engine import Engine
from lookscape.services.board.cache import FOLDER, LATEST, write_latest
from lookscape.services.board.figures import Reconstruction, Row, Search
from lookscape.services.board.marks import marked
from lookscape.services.board.meanings import MEANINGS
from lookscape.services.board.words import Advice, Topic
from lookscape.services.figures import Figure
from lookscape.tools.measure.board import Model, Result

pytestmark = pytest.mark.page


def figure(value: float, spread: float) -> Figure:
    return Figure(value=value, low=value - spread, high=value + spread)


def made_up() -> Result:
    reconstruction = [
        Reconstruction(model="language", psnr_db=figure(24.1, 0.2), perceptual=figure(0.3, 0.02)),
        Reconstruction(model="pca", psnr_db=figure(24.2, 0.2), perceptual=figure(0.4, 0.02)),
    ]
    search: list[Row] = [Search(model="language", copies_first=figure(0.5, 0.05))]
    empty = ("samples", "interpolation", "disentanglement", "factors_found", "agreement", "latents")
    nothing: dict[str, list[Row]] = {name: [] for name in empty}
    says = "Use language: photos come back closest to the eye."
    return Result(
        made_at=datetime.now(UTC),
        seed=0,
        side=64,
        photos=400,
        held_out=599,
        groups=590,
        features="a network, pooled",
        stages="a network, stages",
        real_photos=figure(30, 1),
        true_factors=[],
        models=[Model(model="language", kind="beta_vae", recipe="language", side=64, dim=64, fitted_here=False)],
        reconstruction=marked(reconstruction),
        search=search,
        advice=[Advice(topic=Topic.PHOTOS, use=["language"], says=says)],
        recommendation=says,
        notes="",
        **nothing,
    )


@pytest.fixture
def board(engine_of_studio: Engine) -> Iterator[None]:
    write_latest(engine_of_studio.folder, made_up().model_dump_json().encode())
    yield
    (engine_of_studio.folder / FOLDER / LATEST).unlink()


@pytest.mark.usefixtures("board")
@pytest.mark.parametrize("look", ["wide-light", "wide-dark", "phone-light", "phone-dark"])
def test_it_says_which_model_for_what_and_marks_ties(browse, look: str) -> None:
    page = browse("/board", look)
    expect(page.locator(".advice article")).to_contain_text("language")
    expect(page.locator(".advice article")).to_contain_text("closest to the eye")
    rows = page.locator(".figures").first.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text("24.1")
    expect(rows.nth(0)).to_contain_text("23.9 to 24.3")
    assert rows.locator(".pill").all_inner_texts() == ["tie", "best", "tie"]
    assert rows.locator(".bar-of").count() == 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.usefixtures("board")
def test_bars_of_a_column_stand_on_one_scale(browse) -> None:
    page = browse("/board")
    spans = page.locator(".figures").first.locator("td:nth-child(2) .span")
    ends = spans.evaluate_all("all => all.map((one) => [one.x1.baseVal.value, one.x2.baseVal.value])")
    (low, high), (other_low, other_high) = ends
    assert low == pytest.approx(6, abs=0.1)
    assert other_high == pytest.approx(94, abs=0.1)
    assert low < other_low < high < other_high


@pytest.mark.usefixtures("board")
def test_a_figure_is_explained_on_hover_on_focus_and_in_the_legend(browse) -> None:
    page = browse("/board")
    words = MEANINGS["psnr_db"].words
    term = page.get_by_role("button", name="PSNR dB")
    term.hover()
    expect(page.locator("#meaning")).to_have_text(words)
    page.mouse.move(0, 0)
    expect(page.locator("#meaning")).to_be_hidden()
    term.focus()
    expect(page.locator("#meaning")).to_have_text(words)
    page.keyboard.press("Escape")
    expect(page.locator("#meaning")).to_be_hidden()
    expect(page.locator("#meaning-psnr_db")).to_have_text(words)
    expect(term).to_have_accessible_description(words)


def test_before_the_first_board_it_says_what_to_do_and_starts_it(browse, engine_of_studio: Engine) -> None:
    jobs = engine_of_studio.catalogue.jobs
    page = browse("/board", "phone-light")
    expect(page.locator("main")).to_contain_text("No model has been trained yet")
    expect(page.locator("main")).to_contain_text("lookscape measure board")
    page.get_by_role("button", name="Compare models").click()
    card = page.locator(".job")
    expect(card).to_contain_text("Waiting for its turn")
    job = jobs.claim("test")
    assert job is not None
    assert job.tool == "measure/board"
    jobs.report(job, "test", stage="judging pca: samples", done=1, total=6)
    expect(card).to_contain_text("Judging pca: samples: 1 of 6")
    write_latest(engine_of_studio.folder, made_up().model_dump_json().encode())
    jobs.finish(job, "test", JobState.DONE, result="{}")
    expect(page.locator(".advice article")).to_contain_text("language")
    (engine_of_studio.folder / FOLDER / LATEST).unlink()
    jobs.clear_ended()


def test_without_photos_it_asks_for_some(browse, empty_studio: str) -> None:
    page = browse("/board", at=empty_studio)
    expect(page.get_by_role("link", name="Bring in some photos")).to_be_visible()
