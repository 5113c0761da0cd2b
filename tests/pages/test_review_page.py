"""The review queue in a browser: what to do first, one by one and as a grid, all at once, by key, button and finger."""

import time
from collections.abc import Callable, Iterator

import pytest
from _waiting import until
from playwright.sync_api import Browser, Page, expect

from checks_of_tests import only_these_checks
from lookscape.catalogue.findings import FindingState, Wanted
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine

pytestmark = pytest.mark.page
ALL = Wanted(state=None)

PATIENCE_MS = 20_000
"""A decision goes to the server and back before what follows it."""


@pytest.fixture(autouse=True)
def two_checks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, only_these_checks(tmp_path_factory.mktemp("checks"), patch):
        yield


@pytest.fixture
def reviewed(catalogue_copy: Catalogue) -> Engine:
    """24 photos, 11 findings to review: 10 point left, one is a copy."""
    engine = Engine(catalogue_copy)
    engine.clean.check()
    return engine


@pytest.fixture
def at(serve: Callable[[Engine], str], reviewed: Engine) -> str:
    return serve(reviewed)


def states(engine: Engine) -> list[str]:
    """Of all findings, the surest first."""
    return [item.state.value for item in engine.catalogue.find_findings(ALL).items]


def await_states(engine: Engine, *wanted: str) -> None:
    """The page shows a decision before the server has it."""
    until = time.monotonic() + 20
    while tuple(states(engine)[: len(wanted)]) != wanted and time.monotonic() < until:
        time.sleep(0.05)
    assert tuple(states(engine)[: len(wanted)]) == wanted


def says(page: Page, words: str) -> None:
    expect(page.locator("#says")).to_have_text(words)


def of(page: Page, words: str) -> None:
    expect(page.locator("#of")).to_contain_text(words, timeout=PATIENCE_MS)


def test_before_the_first_check_it_offers_to_look(
    serve: Callable[[Engine], str], browse: Callable[..., Page], catalogue_copy: Catalogue
) -> None:
    engine = Engine(catalogue_copy)
    page = browse("/review", at=serve(engine))
    expect(page.locator("main h1")).to_have_text("Review")
    expect(page.locator("main h2")).to_have_text("Is anything wrong with your photos?")
    expect(page.get_by_text("Photos that point to the other side than most")).to_be_visible()
    page.get_by_role("button", name="Check the photos").click()
    expect(page.locator(".job-name")).to_have_text("Check")
    [job] = engine.catalogue.jobs.latest(limit=5)
    assert job.tool == "clean/check"


def test_a_catalogue_without_photos_says_where_to_begin(browse: Callable[..., Page], empty_studio: str) -> None:
    page = browse("/review", at=empty_studio)
    expect(page.get_by_role("link", name="Bring in some photos")).to_be_visible()


def test_keys_accept_reject_undo_and_move(at: str, browse: Callable[..., Page], reviewed: Engine) -> None:
    page = browse("/review", at=at)
    expect(page.locator("#found")).to_have_text("11 findings to review")
    says(page, "points left")
    of(page, "1 of 11")
    expect(page.locator("#effect")).to_have_text("Accepting mirrors.")
    page.keyboard.press("a")
    of(page, "1 of 10")
    page.keyboard.press("ArrowRight")
    of(page, "2 of 10")
    page.keyboard.press("r")
    of(page, "2 of 9")
    await_states(reviewed, "accepted", "open", "rejected")
    page.keyboard.press("u")
    of(page, "2 of 10")
    page.keyboard.press("u")
    of(page, "1 of 11")
    expect(page.locator("#undo")).to_be_disabled()
    assert set(states(reviewed)) == {"open"}
    page.keyboard.press("ArrowLeft")
    of(page, "1 of 11")


def test_it_shows_the_photo_why_and_how_it_would_be(at: str, browse: Callable[..., Page]) -> None:
    page = browse("/review", at=at)
    for part in ("photo", "why", "fixed"):
        until(page, f"document.getElementById('{part}').naturalWidth > 90")
    page.get_by_role("button", name="Duplicates").click()
    says(page, "a copy")
    expect(page.locator("#effect")).to_have_text("Accepting puts the photo aside.")
    expect(page.locator(".aside-mark")).to_be_visible()
    assert (
        page.locator("#why").evaluate("image => image.decode().then(() => image.naturalWidth / image.naturalHeight)")
        == 2
    )


def test_all_of_a_check_above_a_confidence_at_once(at: str, browse: Callable[..., Page], reviewed: Engine) -> None:
    page = browse("/review", at=at)
    expect(page.locator("#bulk")).to_be_hidden()
    page.get_by_role("button", name="Facing the wrong way").click()
    expect(page.locator("#accept-all")).to_have_text("Accept all 10")
    page.locator("#least").fill("80")
    expect(page.locator("#least-shown")).to_have_text("At least 80\u202f% sure")
    expect(page.locator("#accept-all")).to_have_text("Accept all 4")
    page.locator("#accept-all").click()
    expect(page.locator("#empty")).to_be_visible()
    accepted = reviewed.catalogue.find_findings(Wanted(state=FindingState.ACCEPTED)).items
    assert [item.finding.confidence for item in accepted] == [0.95, 0.9, 0.85, 0.8]
    expect(page.locator("#accepted")).to_have_text("4 findings")
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator("#accept-all")).to_have_text("Accept all 4")
    assert set(states(reviewed)) == {"open"}


def test_what_others_decided_meanwhile_is_not_overwritten(browser: Browser, at: str, reviewed: Engine) -> None:
    page = browser.new_page(base_url=at)  # not by `browse`: the browser logs the refusal that this is about
    page.goto("/review?check=facing")
    says(page, "points left")
    first = reviewed.catalogue.find_findings(ALL).items[0].id
    reviewed.clean.decide("reject", first, by="ada")
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text("rejected by ada")
    expect(page.locator("#accept-all")).to_have_text("Accept all 9")
    assert states(reviewed)[0] == "rejected"
    page.close()


def test_the_grid_is_worked_with_keys_and_buttons(at: str, browse: Callable[..., Page], reviewed: Engine) -> None:
    page = browse("/review", at=at)
    page.get_by_role("button", name="Grid").click()
    cells = page.locator("#grid .finding")
    expect(cells).to_have_count(11)
    cells.nth(1).get_by_role("button", name="Accept").click()
    expect(cells).to_have_count(10)
    cells.nth(0).locator(".open").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("r")
    expect(cells).to_have_count(9)
    expect(page.locator("#found")).to_have_text("9 findings to review")
    await_states(reviewed, "open", "accepted", "rejected")
    cells.nth(2).locator(".open").click()
    of(page, "3 of 9")


def test_decisions_are_looked_up_and_changed(at: str, browse: Callable[..., Page], reviewed: Engine) -> None:
    reviewed.clean.decide("accept", check="twin")
    page = browse("/review?state=accepted", at=at)
    expect(page.locator("#pill")).to_have_text("accepted")
    expect(page.locator("#aside")).to_have_text("1 photo")
    page.keyboard.press("r")
    expect(page.locator("#aside")).to_have_text("0 photos")
    expect(page.locator("#empty")).to_be_visible()
    assert reviewed.catalogue.counts().aside == 0


def test_when_all_is_reviewed_it_says_what_comes_next(at: str, browse: Callable[..., Page], reviewed: Engine) -> None:
    reviewed.clean.decide("accept", check="facing")
    reviewed.clean.decide("reject", check="twin")
    page = browse("/review", at=at)
    expect(page.locator("#empty-title")).to_have_text("Nothing left to review")
    page.get_by_role("button", name="Standardise").click()
    expect(page.locator(".job-name")).to_have_text("Standardise")
    assert reviewed.catalogue.jobs.latest(limit=1)[0].tool == "clean/standardise"
    page.locator("#lower").click()
    expect(page.locator("#found")).to_have_text("2 findings to review")


@pytest.mark.parametrize("look", ["phone-light", "phone-dark"])
def test_a_finger_accepts_rejects_and_takes_back(
    at: str, browse: Callable[..., Page], reviewed: Engine, look: str
) -> None:
    page = browse("/review", look, at=at)
    of(page, "1 of 11")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for name in ("Accept", "Reject", "Undo"):
        box = page.locator(f"#{name.lower()}").bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 844
    swipe(page, 120)
    of(page, "1 of 10")
    swipe(page, -120)
    of(page, "1 of 9")
    await_states(reviewed, "accepted", "rejected")
    tap(page, "#undo")
    of(page, "1 of 10")
    await_states(reviewed, "accepted", "open")
    tap(page, "#accept")
    of(page, "1 of 9")
    swipe(page, 20)
    of(page, "1 of 9")


def tap(page: Page, selector: str) -> None:
    """Tap, and again if a busy machine took so long over it that the browser took it for a long press."""
    page.evaluate("window.taps = 0; addEventListener('click', () => (window.taps += 1), { capture: true })")
    for _ in range(5):
        page.locator(selector).tap()
        page.wait_for_timeout(500)
        if page.evaluate("window.taps"):
            return
    raise AssertionError(f"{selector} was tapped and nothing was clicked")


def swipe(page: Page, distance: int) -> None:
    """Draw a finger sideways over the picture."""
    client = page.context.new_cdp_session(page)
    box = page.locator("#why").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 5):
        at = {"x": x + distance * step / 4, "y": y}
        client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
