"""Dope or Nope in a browser: by touch, keys and mouse; undo; a connection that breaks; nothing that tells the model."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from _waiting import until
from playwright.sync_api import Browser, Page, Route, expect

from lookscape.catalogue.ballots import Answer, Cast
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.services.games.pack import LENGTH
from lookscape.settings import Settings

pytestmark = pytest.mark.page

GAME = "round"
ROUNDS = 50


@pytest.fixture(scope="module")
def engine_of_play(engine_of_studio: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("play") / "catalogue"
    shutil.copytree(engine_of_studio.folder, folder)
    playing = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    playing.taste.game(GAME, queries=120)
    playing.taste.game("few", queries=3, checks=0)
    return playing


@pytest.fixture
def at(engine_of_play: Engine, serve: Callable[[Engine], str]) -> str:
    """The address; named before `browse`, so that pages are closed before the server goes."""
    return serve(engine_of_play)


def cast(engine: Engine, page: Page, game: str = GAME) -> list[Cast]:
    """This browser's ballots, by what the page calls its player."""
    href = page.locator("#my-taste").get_attribute("href") or ""
    name = href.partition("player=")[2]
    games = engine.catalogue.games
    number = next(player.id for player in games.players().values() if player.name == name)
    return games.cast(games.get(game), player_id=number)


def answered(page: Page, number: int) -> None:
    words = f"{number} answer" + ("" if number == 1 else "s")
    expect(page.locator("#score")).to_have_text(words)


def all_sent(page: Page, game: str = GAME) -> None:
    until(page, f"localStorage.getItem('unsent:{game}') === null")


def stored(engine: Engine, page: Page, number: int, game: str = GAME) -> list[Cast]:
    """Wait until the server has them."""
    all_sent(page, game)
    found = [one for one in cast(engine, page, game) if one.answer is not None]
    assert len(found) == number
    return found


def swipe(page: Page, x: int) -> None:
    """A finger drawn over the card, as the browser itself reports it."""
    box = page.locator("#card").bounding_box()
    assert box
    start, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    client = page.context.new_cdp_session(page)
    touch = [{"x": start, "y": y}]
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": touch})
    for step in (0.3, 0.6, 1.0):
        moved = [{"x": start + step * x, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": moved})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    client.detach()


def test_fifty_rounds_on_a_phone(at: str, browse, engine_of_play: Engine) -> None:
    page = browse(f"/play?game={GAME}", "phone-dark", at=at)
    said = dict[str, Answer]()
    expect(page.locator("#play")).to_have_attribute("data-ballot", re.compile("."))
    for number in range(ROUNDS):
        ballot = page.locator("#play").get_attribute("data-ballot")
        assert ballot
        assert ballot not in said
        is_duel = page.locator("#play.duel").count() == 1
        right = number % 3 == 0
        swipe(page, 120 if right else -120)
        answered(page, number + 1)
        expect(page.locator("#play")).not_to_have_attribute("data-ballot", ballot)
        said[ballot] = {(True, True): Answer.RIGHT, (True, False): Answer.LEFT, (False, True): Answer.YES}.get(
            (is_duel, right), Answer.NO
        )
    found = stored(engine_of_play, page, ROUNDS)
    assert {one.ballot.id: one.answer for one in found} == said
    assert len({one.ballot.question_id for one in found}) == ROUNDS
    assert {one.ballot.is_duel for one in found} == {True, False}


@pytest.mark.parametrize("look", ["phone-light", "wide-dark"])
def test_all_fits_on_one_screen_and_photos_are_of_one_size(at: str, browse, look: str) -> None:
    page = browse(f"/play?game={GAME}", look, at=at)
    expect(page.locator("#play")).to_have_attribute("data-ballot", re.compile("."))
    for number in range(6):
        until(page, "[...document.querySelectorAll('#card img')].every((one) => one.complete)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for button in page.locator(".answer:visible").all():
            box = button.bounding_box()
            assert box
            assert box["height"] >= 44
            assert box["y"] + box["height"] <= page.viewport_size["height"]
        sizes = page.locator(".matches .tile:visible").evaluate_all("all => all.map((one) => one.clientWidth)")
        assert len(set(sizes)) == 1
        page.locator(".answer:visible").last.click()
        answered(page, number + 1)


def test_arrow_keys_answer_and_u_takes_back(at: str, browse, engine_of_play: Engine) -> None:
    page = browse(f"/play?game={GAME}", at=at)
    expect(page.locator("#play")).to_have_attribute("data-ballot", re.compile("."))
    first = page.locator("#play").get_attribute("data-ballot")
    page.keyboard.press("ArrowRight")
    answered(page, 1)
    page.keyboard.press("u")
    answered(page, 0)
    expect(page.locator("#play")).to_have_attribute("data-ballot", first)
    page.keyboard.press("ArrowLeft")
    answered(page, 1)
    [only] = stored(engine_of_play, page, 1)
    assert only.ballot.id == first
    assert only.answer in (Answer.NO, Answer.LEFT)


def test_duels_know_ties_and_both_bad(at: str, browse, engine_of_play: Engine) -> None:
    page = browse(f"/play?game={GAME}", at=at)
    wanted = [("ArrowUp", Answer.TIE), ("ArrowDown", Answer.BAD)]
    said = []
    for number in range(40):
        if not wanted:
            break
        expect(page.locator("#play")).to_have_attribute("data-ballot", re.compile("."))
        ballot = page.locator("#play").get_attribute("data-ballot")
        if page.locator("#play.duel").count():
            key, answer = wanted.pop()
            said.append((ballot, answer))
            page.keyboard.press(key)
        else:
            page.keyboard.press("ArrowUp")  # says nothing to a swipe
            page.keyboard.press("ArrowRight")
        answered(page, number + 1)
        expect(page.locator("#play")).not_to_have_attribute("data-ballot", ballot)
    all_sent(page)
    found = {one.ballot.id: one.answer for one in cast(engine_of_play, page)}
    assert [found[ballot] for ballot, _ in said] == [answer for _, answer in said]
    assert len(said) == 2


def test_a_vote_whose_answer_was_lost_is_sent_again_and_counts_once(
    at: str, browser: Browser, engine_of_play: Engine
) -> None:
    context = browser.new_context(base_url=at)  # of its own: the failure is logged to the console
    page = context.new_page()
    page.goto(f"/play?game={GAME}")
    expect(page.locator("#play")).to_have_attribute("data-ballot", re.compile("."))
    refused = []

    def lose_the_answer(route: Route) -> None:
        route.fetch()  # the server gets the vote, the browser never hears of it
        refused.append(route.request.post_data)
        route.fulfill(status=503, content_type="application/json", body='{"detail": "gone for a moment"}')
        page.unroute("**/votes")

    page.route("**/votes", lose_the_answer)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#toasts")).to_contain_text("Gone for a moment")
    stored(engine_of_play, page, 1)
    assert len(refused) == 1
    context.close()


def test_what_was_not_sent_goes_out_when_the_page_is_opened_again(at: str, browse, engine_of_play: Engine) -> None:
    page = browse(f"/play?game={GAME}", at=at)
    expect(page.locator("#play")).to_have_attribute("data-ballot", re.compile("."))
    page.route("**/votes", lambda route: None)  # never answered
    page.keyboard.press("ArrowRight")
    answered(page, 1)
    page.unroute("**/votes")
    page.reload()
    stored(engine_of_play, page, 1)


def test_the_end_of_a_game_and_back(at: str, browse, engine_of_play: Engine) -> None:
    page = browse("/play?game=few", at=at)
    expect(page.locator("#play")).to_have_attribute("data-ballot", re.compile("."))
    for number in range(3):
        expect(page.locator("#play")).to_be_visible()
        page.keyboard.press("ArrowRight")
        answered(page, number + 1)
    expect(page.locator("#finished")).to_contain_text("You have seen them all")
    page.get_by_role("button", name="Undo the last one").click()
    expect(page.locator("#play")).to_be_visible()
    answered(page, 2)
    page.keyboard.press("ArrowLeft")
    answered(page, 3)
    stored(engine_of_play, page, 3, "few")


def test_what_the_browser_gets_is_alike_for_all_photos(at: str, browse) -> None:
    page = browse(at=at)
    seen: list[tuple[int, tuple[str, ...]]] = []

    def note(response) -> None:
        if "/photos/" in response.url:
            headers = {name: value for name, value in response.all_headers().items() if name != "date"}
            seen.append((len(response.body()), tuple(sorted(headers.items()))))

    page.on("response", note)
    page.goto(f"/play?game={GAME}")
    for number in range(8):
        expect(page.locator("#play")).to_have_attribute("data-ballot", re.compile("."))
        page.keyboard.press("ArrowRight")
        answered(page, number + 1)
    page.wait_for_load_state("networkidle")
    assert len(seen) > 12
    assert {size for size, _ in seen} == {LENGTH}
    assert len({headers for _, headers in seen}) == 1


def test_without_a_game_it_offers_to_prepare_one(browse, engine_of_studio: Engine, empty_studio: str) -> None:
    page = browse("/play", "phone-light")
    page.get_by_role("button", name="Prepare a game").click()
    expect(page).to_have_url(re.compile("/jobs$"))
    job = engine_of_studio.catalogue.jobs.latest(limit=1)[0]
    assert (job.tool, '"name":"first"' in job.params) == ("taste/game", True)
    engine_of_studio.catalogue.jobs.cancel(job.id)
    engine_of_studio.catalogue.jobs.clear_ended()
    expect(browse("/play", at=empty_studio).locator("main")).to_contain_text("lookscape embed")


def test_a_photo_is_shown_to_its_player_only(at: str, browse, tmp_path: Path) -> None:
    page = browse(f"/play?game={GAME}", at=at)
    expect(page.locator("#play")).to_have_attribute("data-ballot", re.compile("."))
    address = page.locator("#photo-1").get_attribute("src")
    assert page.request.get(address).status == 200
    stranger = browse("/jobs", at=at)
    assert stranger.request.get(address).status == 404
