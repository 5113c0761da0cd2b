"""The match board in a browser: what to do before there is one, sorting, chance, maps with photos, and starting it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from lookscape.catalogue.records import JobState
from lookscape.engine import Engine
from lookscape.services.figures import Figure, Mark
from lookscape.services.match.figures import Point, Row
from lookscape.services.match.file import FOLDER, write_board
from lookscape.tools.measure.match import Result

pytestmark = pytest.mark.page

LABELS = ("boot", "clog", "pump")


def figure(value: float, mark: Mark = Mark.NONE) -> Figure:
    return Figure(value=value, low=value - 0.02, high=value + 0.02, mark=mark)


def row(space: str, metric: str, match: Figure, *, map_at_r: float, size: int, taught: str = "") -> Row:
    return Row(
        space=space,
        metric=metric,
        match=match,
        by_label=0.5,
        recall_5=figure(0.9),
        recall_10=figure(0.95),
        map=figure(0.4),
        map_at_r=figure(map_at_r),
        chance=0.21,
        size=size,
        query_ms=1.25,
        queries=200,
        dim=64,
        model=space,
        taught=taught,
    )


def made_up(engine: Engine, label: str) -> Result:
    photos = engine.catalogue.photo_ids()[:30]
    points = [
        Point(space=space, photo_id=photo, label=LABELS[number % 3], x=number / 29, y=(number * 7 % 30) / 29)
        for space in ("lookalike", "classifier-kind")
        for number, photo in enumerate(photos)
    ]
    return Result(
        words=f"lookalike by cosine puts a product of the same {label} first for 82% of 200 queries",
        made_at=datetime.now(UTC),
        label=label,
        sample=label,
        queries=200,
        gallery=900,
        products=880,
        labels=3,
        chance=0.213,
        commonest=0.334,
        rows=[
            row("classifier-kind", "l2", figure(0.86, Mark.BEST), map_at_r=0.2, size=256, taught="kind"),
            row("lookalike", "cosine", figure(0.84, Mark.TIE), map_at_r=0.31, size=256),
            row("lookalike", "hamming", figure(0.61), map_at_r=0.1, size=8),
        ],
        notes=["classifier-kind was taught kind on this catalogue"],
        points=points,
    )


@pytest.fixture
def boards(engine_of_studio: Engine) -> Iterator[None]:
    for label in ("kind", "colour"):
        write_board(engine_of_studio.folder, label, made_up(engine_of_studio, label).model_dump_json().encode())
    yield
    for path in engine_of_studio.folder.joinpath(*FOLDER).glob("*.json"):
        path.unlink()


@pytest.mark.usefixtures("boards")
@pytest.mark.parametrize("look", ["wide-light", "wide-dark", "phone-light", "phone-dark"])
def test_it_says_the_outcome_with_chance_and_intervals_beside_it(browse, look: str) -> None:
    page = browse("/match?sample=kind", look)
    outcome = page.locator(".outcome")
    expect(outcome).to_contain_text("82% of 200 queries")
    expect(outcome).to_contain_text("21.3 %")
    expect(outcome).to_contain_text("33.4 %")
    rows = page.locator("#board tbody tr")
    expect(rows.nth(0)).to_contain_text("86.0")
    expect(rows.nth(0)).to_contain_text("84.0 to 88.0")
    expect(rows.nth(0)).to_contain_text("trained on kind")
    assert page.locator("#board .pill.best, #board .pill.tie").all_inner_texts() == ["best", "tie"]
    chance = page.locator("#board .chance").first
    assert chance.evaluate("line => line.x1.baseVal.value") == pytest.approx(21)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.usefixtures("boards")
def test_it_is_sorted_by_any_column_the_good_end_first(browse) -> None:
    page = browse("/match?sample=kind")
    metrics = page.locator("#board .metric")
    assert metrics.all_inner_texts() == ["l2", "cosine", "hamming"]
    head = page.locator("th", has=page.get_by_role("button", name="MAP at R"))
    head.get_by_role("button").click()
    assert metrics.all_inner_texts() == ["cosine", "l2", "hamming"]
    expect(head).to_have_attribute("aria-sort", "descending")
    head.get_by_role("button").click()
    assert metrics.all_inner_texts() == ["hamming", "l2", "cosine"]
    expect(head).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="Bytes").press("Enter")
    assert metrics.all_inner_texts()[0] == "hamming"
    assert page.locator("#board th[aria-sort]").count() == 1


@pytest.mark.usefixtures("boards")
def test_on_a_phone_it_is_sorted_too(browse) -> None:
    page = browse("/match?sample=kind", "phone-light")
    page.get_by_label("Sort by").select_option("map_at_r")
    assert page.locator("#board .metric").all_inner_texts() == ["cosine", "l2", "hamming"]


@pytest.mark.usefixtures("boards")
def test_the_map_of_each_space_shows_photos_where_the_pointer_is(browse, engine_of_studio: Engine) -> None:
    page = browse("/match?sample=kind")
    dots = page.locator("#plot circle")
    expect(dots).to_have_count(30)
    assert page.locator("#key li").all_inner_texts() == list(LABELS)
    shown = engine_of_studio.catalogue.photo_ids()[4]
    page.locator(f'circle[data-photo="{shown}"]').hover(force=True)
    photo = page.locator("#seen-photo")
    expect(photo).to_have_attribute("src", f"/photos/{shown}/160.webp")
    expect(page.locator("#seen-label")).to_have_text(LABELS[4 % 3])
    expect(photo).not_to_have_js_property("naturalWidth", 0)
    page.locator("#space").select_option("lookalike")
    expect(page.locator("#seen")).to_be_hidden()
    expect(dots).to_have_count(30)


@pytest.mark.usefixtures("boards")
def test_boards_of_several_samples_stand_side_by_side(browse) -> None:
    page = browse("/match")
    expect(page.locator(".choice[aria-current]")).to_have_text("colour")
    page.get_by_role("link", name="kind", exact=True).click()
    expect(page.locator(".choice[aria-current]")).to_have_text("kind")


def test_it_starts_a_comparison_and_shows_it_when_it_is_done(browse, engine_of_studio: Engine) -> None:
    jobs = engine_of_studio.catalogue.jobs
    page = browse("/match", "phone-light")
    label = page.get_by_label("Label").input_value()
    page.get_by_role("button", name="Compare all Spaces").click()
    expect(page.locator(".job")).to_contain_text("Waiting for its turn")
    job = jobs.claim("test")
    assert job is not None
    assert job.tool == "measure/match"
    assert f'"label":"{label}"' in job.params.replace(" ", "")
    board = made_up(engine_of_studio, "kind")
    write_board(engine_of_studio.folder, "kind", board.model_dump_json().encode())
    jobs.finish(job, "test", JobState.DONE, result=board.model_dump_json())
    expect(page.locator(".outcome")).to_contain_text("82% of 200 queries")
    engine_of_studio.folder.joinpath(*FOLDER, "kind.json").unlink()
    jobs.clear_ended()


def test_without_photos_it_asks_for_some(browse, empty_studio: str) -> None:
    page = browse("/match", at=empty_studio)
    expect(page.get_by_role("link", name="Bring in some photos")).to_be_visible()
