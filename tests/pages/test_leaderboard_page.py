"""The leaderboard and the finds of a taste in a browser, before there are votes and with those of made-up players."""

import shutil
import uuid
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from lookscape.catalogue.ballots import NOBODY, Answer, Ballot, Game, Vote
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.settings import Settings

pytestmark = pytest.mark.page

GAME, SINGLE = "round", "likes"


@pytest.fixture(scope="module")
def engine_of_votes(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("votes") / "catalogue"
    shutil.copytree(engine.folder, folder)
    voted = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    voted.taste.game(SINGLE, single=True)
    voted.taste.game("untouched")
    voted.taste.game(GAME)
    _vote(voted, voted.catalogue.games.get(GAME))
    _like(voted, voted.catalogue.games.get(SINGLE))
    return voted


def _cast(engine: Engine, given: list[tuple[int, int, int, int, Answer]]) -> None:
    ballots = [
        Ballot(id=uuid.uuid4().hex[:22], player_id=player, question_id=question, left=left, right=right)
        for player, question, left, right, _ in given
    ]
    votes = [
        Vote(id=str(uuid.uuid4()), ballot_id=ballot.id, answer=answer, at=datetime.now(UTC))
        for ballot, (*_, answer) in zip(ballots, given, strict=True)
    ]
    engine.catalogue.games.record(ballots, votes)


def _vote(engine: Engine, game: Game) -> None:
    """Three players: the first contestant wins all its duels, the others tie; swipes like the first two."""
    given = []
    for number in range(3):
        player = engine.catalogue.games.join(f"key {number}", team="design").id
        for place, question in enumerate(game.questions):
            left, right = place % 4, (place + 1) % 4
            answer = {left: Answer.LEFT, right: Answer.RIGHT}.get(0, Answer.TIE)
            given.append((player, question.id, left, right, answer))
            given.append((player, question.id, left, NOBODY, Answer.YES if left < 2 else Answer.NO))
    _cast(engine, given)


def _like(engine: Engine, game: Game) -> None:
    """The first player likes one half of the widest axis."""
    space = engine.space()
    centred = np.asarray(space.vectors, np.float64) - np.mean(space.vectors, axis=0)
    along = dict(zip(space.ids, centred @ np.linalg.svd(centred, full_matrices=False)[2][0], strict=True))
    middle = float(np.median(list(along.values())))
    liked = {True: Answer.YES, False: Answer.NO}
    _cast(engine, [(1, one.id, 0, NOBODY, liked[along[one.photo_id] > middle]) for one in game.questions])


@pytest.fixture
def at(engine_of_votes: Engine, serve) -> str:
    return serve(engine_of_votes)


@pytest.mark.parametrize("look", ["wide-light", "wide-dark", "phone-light", "phone-dark"])
def test_the_best_comes_first_with_intervals_and_advice(at: str, browse, look: str) -> None:
    page = browse(f"/leaderboard?game={GAME}", look, at=at)
    rows = page.locator(".standings tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("@l1")
    expect(rows.first).to_contain_text("100\u202f%")
    expect(page.locator(".lead")).to_contain_text("72 swipes and 72 duels by 3 people")
    expect(page.locator(".settled").first).to_contain_text("are tied")
    assert rows.locator(".bar-of").count() >= 8
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_other_games_are_a_click_away_and_one_without_votes_asks_for_some(at: str, browse) -> None:
    page = browse("/leaderboard", at=at)
    expect(page.locator(".games [aria-current]")).to_have_text(GAME)
    page.get_by_role("link", name="untouched").click()
    expect(page.locator("main")).to_contain_text("Nobody has voted yet")
    page.get_by_role("link", name="Play untouched").click()
    expect(page).to_have_url("/play?game=untouched")


@pytest.mark.parametrize("look", ["wide-light", "phone-dark"])
def test_finds_of_a_player_who_answered(at: str, browse, look: str) -> None:
    page = browse("/taste", look, at=at)
    page.get_by_label("Whose taste?").fill("player-1")
    page.get_by_role("button", name="Pick").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("Picked for player-1")
    expect(page.locator(".lead")).to_contain_text("of everything")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Swipe more").click()
    expect(page).to_have_url(f"/play?game={SINGLE}")
    expect(page.locator("#ask")).to_have_text("Do you like it?")
    expect(page.locator("#query")).to_be_hidden()


def test_a_name_that_never_played_is_told(at: str, browse) -> None:
    page = browse("/taste?player=nobody", at=at)
    expect(page.locator(".notice")).to_contain_text("Nobody called nobody")
    expect(page.get_by_role("link", name="design")).to_be_visible()


def test_before_any_game(browse, empty_studio: str) -> None:
    page = browse("/leaderboard", at=empty_studio)
    expect(page.get_by_role("link", name="Prepare a game")).to_be_visible()
    page.goto("/taste")
    expect(page.locator("main")).to_contain_text("Nobody has played yet")


def test_votes_can_be_read_by_others(engine_of_votes: Engine, tmp_path: Path) -> None:
    told = engine_of_votes.taste.export(to=str(tmp_path / "votes.jsonl"), game=GAME, swipes=False)
    assert (told.votes, told.judges) == (72, 3)
