"""Games prepared, played at the desk, counted, exported and read back; and what is learned from one person's votes."""

import json
import random
import shutil
import uuid
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from lookscape.catalogue.ballots import ITSELF, STRANGER, Answer, Ballot, Cast, Vote
from lookscape.catalogue.imaging import decode
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import ConflictError, NotFoundError, TooManyError, UnknownNameError, UsageError
from lookscape.services.games.dealing import Dealer
from lookscape.services.games.desk import BURST, OPEN, Desk, Seat
from lookscape.services.games.pack import LENGTH, SIDE, Pack, record
from lookscape.services.games.trust import Checks, is_attentive
from lookscape.settings import Settings
from lookscape.tools.taste.game import pack_folder

GAME = "round"


@pytest.fixture(scope="module")
def made(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("games") / "catalogue"
    shutil.copytree(engine.folder, folder)
    opened = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    opened.taste.game(GAME, checks=0.3)
    return opened


@pytest.fixture
def playing(made: Engine, tmp_path: Path) -> Engine:
    folder = tmp_path / "catalogue"
    shutil.copytree(made.folder, folder)
    return Engine(Catalogue(Settings(catalogue=folder, workers=1)))


@pytest.fixture
def desk(playing: Engine) -> Desk:
    return Desk.open(playing)


def sit(engine: Engine, desk: Desk, key: str, team: str = "") -> Seat:
    engine.catalogue.games.join(key, team=team)
    seat = desk.find(engine, key)
    assert seat is not None
    engine.catalogue.games.record(desk.deal(seat).ballots, ())
    return desk.take(key, seat)


def say(engine: Engine, desk: Desk, seat: Seat, ballot: Ballot, answer: Answer, vote_id: str = "") -> None:
    step = desk.vote(seat, vote_id or str(uuid.uuid4()), ballot.id, answer)
    engine.catalogue.games.record(step.ballots, step.votes)


def play(engine: Engine, desk: Desk, key: str, judge, *, team: str = "") -> list[Ballot]:
    """Answer everything the way `judge(question, ballot)` does; attention checks are passed."""
    seat, seen = sit(engine, desk, key, team), []
    questions = {question.id: question for question in desk.game.questions}
    while seat.open:
        ballot = next(iter(seat.open.values()))
        seen.append(ballot)
        seat.allowance = BURST
        say(engine, desk, seat, ballot, ballot.expected or judge(questions[ballot.question_id], ballot))
    return seen


def likes_first(question, ballot: Ballot) -> Answer:
    """Prefers contestants in their order."""
    if not ballot.is_duel:
        return Answer.YES if ballot.left == 0 else Answer.NO
    return Answer.LEFT if ballot.left < ballot.right else Answer.RIGHT


def test_one_space_plays_against_itself_under_all_metrics(made: Engine) -> None:
    game = made.catalogue.games.get(GAME)
    space = made.space().name
    assert game.contestants == tuple(f"{space}@{metric}" for metric in ("l1", "l2", "cosine", "hamming"))
    product_of = {photo: products[0] for photo, products in made.catalogue.products_of_photos(made.space().ids).items()}
    for question in game.questions:
        others = {question.stranger_id, *(pick.photo_id for pick in question.picks)}
        assert product_of[question.photo_id] not in {product_of[photo] for photo in others}


def test_names_and_contestants_are_checked(made: Engine, empty_catalogue: Catalogue) -> None:
    name = made.space().name
    with pytest.raises(ConflictError, match=GAME):
        made.taste.game(GAME)
    with pytest.raises(UsageError, match="two contestants"):
        made.taste.game("one", contestants=(f"{name}@l2",))
    with pytest.raises(UsageError, match="metric"):
        made.taste.game("one", contestants=(f"{name}@l3", f"{name}@l1"))
    with pytest.raises(UnknownNameError):
        made.taste.game("one", contestants=("nothing@l1", f"{name}@l1"))
    with pytest.raises(UsageError, match="name"):
        made.taste.game("../up")
    with pytest.raises(UsageError, match="no products"):
        Engine(empty_catalogue).taste.game("one", single=True)


def test_photos_of_a_game_are_of_one_length_and_size(made: Engine) -> None:
    game = made.catalogue.games.get(GAME)
    pack = Pack(pack_folder(made, game))
    for question in game.questions[:6]:
        data = pack.photo(question.photo_id)
        assert len(data) == LENGTH
        assert decode(data).pixels.shape == (SIDE, SIDE, 3)


def test_noise_fits_too(photo_bytes) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    import cv2

    assert len(record(cv2.imencode(".png", noise)[1].tobytes())) == LENGTH


def test_a_pack_that_was_lost_is_made_again(playing: Engine) -> None:
    folder = pack_folder(playing, playing.catalogue.games.get())
    before = (folder / "photos.bin").read_bytes()
    shutil.rmtree(folder)
    Desk.open(playing)
    assert (folder / "photos.bin").read_bytes() == before


def test_no_question_comes_twice_and_kinds_are_mixed(playing: Engine, desk: Desk) -> None:
    ballots = play(playing, desk, "me", likes_first)
    assert len(ballots) == len({ballot.question_id for ballot in ballots}) == len(desk.game.questions)
    assert {ballot.is_duel for ballot in ballots} == {True, False}
    assert any(ballot.expected for ballot in ballots)


def test_sides_and_contestants_are_drawn_evenly(made: Engine) -> None:
    game = made.catalogue.games.get(GAME)
    dealer = Dealer(game, rng=random.Random(0))
    ballots = [ballot for _ in range(4000) if (ballot := dealer.deal(1, set())) is not None]
    swipes = Counter(one.left for one in ballots if not one.is_duel and one.expected is None)
    duels = [one for one in ballots if one.is_duel and one.expected is None]
    checks = [one for one in ballots if one.expected is not None]
    assert set(swipes) == {0, 1, 2, 3}
    assert max(swipes.values()) < 1.4 * min(swipes.values())
    assert 0.4 < sum(one.left < one.right for one in duels) / len(duels) < 0.6
    assert 0.25 < len(checks) / len(ballots) < 0.35
    for one in checks:
        right = {Answer.LEFT: one.left, Answer.YES: one.left, Answer.RIGHT: one.right}.get(one.expected)
        assert right in (ITSELF, None)
        assert one.expected is not Answer.NO or one.left == STRANGER


def test_duels_never_show_the_same_photo_twice(made: Engine) -> None:
    game = made.catalogue.games.get(GAME)
    questions = {question.id: question for question in game.questions}
    dealer = Dealer(game, rng=random.Random(1))
    for _ in range(1000):
        ballot = dealer.deal(1, set())
        assert ballot is not None
        shown = [questions[ballot.question_id].photo(place) for place in ballot.places]
        assert len(set(shown)) == len(shown)


def test_a_vote_is_taken_once_and_only_as_it_was_given(playing: Engine, desk: Desk) -> None:
    seat = sit(playing, desk, "me")
    assert len(seat.open) == OPEN
    ballot = next(iter(seat.open.values()))
    answer, name = sorted(ballot.answers)[0], str(uuid.uuid4())
    say(playing, desk, seat, ballot, answer, name)
    assert desk.vote(seat, name, ballot.id, answer).ballots == ()
    with pytest.raises(ConflictError, match="undo"):
        desk.vote(seat, str(uuid.uuid4()), ballot.id, answer)
    open_one = next(iter(seat.open.values()))
    wrong = Answer.YES if open_one.is_duel else Answer.LEFT
    with pytest.raises(UsageError, match="no answer"):
        desk.vote(seat, str(uuid.uuid4()), open_one.id, wrong)
    with pytest.raises(ConflictError, match="open"):
        desk.vote(seat, str(uuid.uuid4()), open_one.id, Answer.UNDO)
    other = sit(playing, desk, "you")
    with pytest.raises(NotFoundError):
        desk.vote(other, str(uuid.uuid4()), open_one.id, answer)
    with pytest.raises(NotFoundError):
        desk.photo(other, open_one.id, 0)


def test_what_was_taken_back_comes_first_and_survives_a_restart(playing: Engine, desk: Desk) -> None:
    seat = sit(playing, desk, "me")
    first, second = list(seat.open.values())[:2]
    say(playing, desk, seat, first, sorted(first.answers)[0])
    say(playing, desk, seat, second, sorted(second.answers)[0])
    say(playing, desk, seat, first, Answer.UNDO)
    assert next(iter(seat.open)) == first.id
    again = Desk.open(playing).find(playing, "me")
    assert again is not None
    assert set(again.open) == set(seat.open)
    assert set(again.answered) == set(seat.answered) == {second.id}
    assert again.seen == seat.seen


def test_votes_that_come_too_fast_are_refused_and_time_heals(playing: Engine, made: Engine) -> None:
    moments = [100.0]
    opened = Desk.open(playing)
    desk = Desk(opened.game, opened._pack, opened._counts_PO, clock=lambda: moments[0])
    seat = sit(playing, desk, "me")
    ballot = next(iter(seat.open.values()))
    answer = sorted(ballot.answers)[0]
    for number in range(int(BURST)):
        desk.vote(seat, str(uuid.uuid4()), ballot.id, Answer.UNDO if number % 2 else answer)
    with pytest.raises(TooManyError):
        desk.vote(seat, str(uuid.uuid4()), ballot.id, answer)
    moments[0] += 1
    desk.vote(seat, str(uuid.uuid4()), ballot.id, answer)


def test_careless_players_are_told_by_their_checks() -> None:
    assert is_attentive(Checks())
    assert is_attentive(Checks(failed=1))
    assert is_attentive(Checks(passed=5, failed=2))
    assert not is_attentive(Checks(passed=1, failed=2))


def test_the_leaderboard_finds_the_known_order(playing: Engine, desk: Desk) -> None:
    for number in range(4):
        play(playing, desk, f"player {number}", likes_first, team="all")
    seat = sit(playing, desk, "careless")
    while seat.open:
        ballot, seat.allowance = next(iter(seat.open.values())), BURST
        wrong = [answer for answer in sorted(ballot.answers) if answer is not ballot.expected]
        say(playing, desk, seat, ballot, wrong[0])
    board = playing.taste.leaderboard()
    best, *others = desk.game.contestants
    rows = {row.contestant: row for row in board.standings}
    assert board.standings[0].contestant == best
    assert rows[best].approval.value == 1
    assert {rows[name].approval.value for name in others if rows[name].approval} == {0}
    assert (board.players, board.left_out) == (4, 1)
    ratings = [row.rating for row in board.standings]
    assert all(one.low <= one.value <= one.high for one in ratings if one)
    assert ratings[0].first_place == 1
    assert board.gaps[0].better == best
    assert playing.taste.leaderboard(everyone=True).players == 5
    assert playing.taste.leaderboard(team="all").players == 4
    assert playing.taste.leaderboard(team="nobody").players == 0
    assert sum(row.approval.votes for row in board.categories) <= board.swipes


def test_votes_go_out_as_json_lines_and_come_back(playing: Engine, desk: Desk, tmp_path: Path) -> None:
    for number in range(2):
        play(playing, desk, f"player {number}", likes_first)
    path = tmp_path / "votes.jsonl"
    told = playing.taste.export(to=str(path))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    board = playing.taste.leaderboard()
    assert told.votes == len(lines) == board.swipes + board.duels
    fields = {"question_id", "model_a", "model_b", "winner", "judge", "anony", "tstamp"}
    assert all(set(line) == fields for line in lines)
    assert {line["judge"] for line in lines} == {"player-1", "player-2"}
    other = Engine(Catalogue(Settings(catalogue=tmp_path / "other", workers=1)))
    first = other.taste.import_(str(path), game=GAME)
    assert (first.added, first.made) == (len(lines), True)
    assert other.taste.import_(str(path), game=GAME).added == 0
    again = other.taste.leaderboard()
    rows = {row.contestant: row for row in again.standings}
    for row in board.standings:
        assert rows[row.contestant].approval == row.approval
        if row.rating:
            assert rows[row.contestant].rating.value == pytest.approx(row.rating.value, abs=0.5)
    with pytest.raises(NotFoundError, match="votes only"):
        Desk.open(other)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("not json", "line 2"),
        ('{"question_id": 1}', "winner"),
        ('{"question_id": 1, "model_a": "x", "model_b": "y", "winner": "me", "judge": "j", "tstamp": 1}', "winner"),
        ('{"question_id": 1, "model_a": "x", "model_b": "x", "winner": "tie", "judge": "j", "tstamp": 1}', "itself"),
    ],
)
def test_damaged_lines_are_told_and_nothing_is_read(playing: Engine, tmp_path: Path, line: str, says: str) -> None:
    good = '{"question_id": 1, "model_a": "x", "model_b": "y", "winner": "tie", "judge": "j", "tstamp": 1}'
    path = tmp_path / "votes.jsonl"
    path.write_text(f"{good}\n{line}\n")
    with pytest.raises(UsageError, match=says):
        playing.taste.import_(str(path), game="other")
    assert "other" not in playing.catalogue.games.names()
    path.write_text(good)
    with pytest.raises(ConflictError, match="contestant"):
        playing.taste.import_(str(path), game=GAME)


def test_too_few_answers_teach_nothing_and_it_says_so(playing: Engine) -> None:
    playing.catalogue.games.join("me")
    found = playing.taste.find(player="player-1")
    assert found.finds == []
    assert "too few" in found.measured.says
    with pytest.raises(NotFoundError, match="nobody"):
        playing.taste.find(player="player-9")
    with pytest.raises(UsageError, match="either"):
        playing.taste.find()


def test_a_person_who_likes_one_end_of_an_axis_is_offered_it(playing: Engine) -> None:
    playing.taste.game("single", single=True)
    desk = Desk.open(playing, "single")
    space = playing.space()
    rows = {photo: row for row, photo in enumerate(space.ids)}
    vectors = np.asarray(space.vectors, np.float64)
    centred = vectors - vectors.mean(axis=0)
    axis = np.linalg.svd(centred, full_matrices=False)[2][0]
    along = centred @ axis

    def likes(question, ballot: Ballot) -> Answer:
        return Answer.YES if along[rows[question.photo_id]] > np.median(along) else Answer.NO

    play(playing, desk, "me", likes)
    found = playing.taste.find(player="player-1", unseen=False, limit=6)
    assert found.finds[0].chance > 0.5
    liked = [along[rows[find.photo_id]] > np.median(along) for find in found.finds]
    assert sum(liked) >= 5
    assert found.measured.with_taste > found.measured.without
    product = playing.catalogue.find(limit=1).products[0].id
    ranked = playing.taste.rank(product, player="player-1", anyway=True)
    chances = [row.chance for row in ranked.ranked]
    assert ranked.changed
    assert chances == sorted(chances, reverse=True)
    assert {row.hit.product_id for row in ranked.ranked}.isdisjoint({product})
    kept = playing.taste.rank(product, player="player-1")
    if not kept.measured.offered:
        assert [row.searched for row in kept.ranked] == list(range(1, len(kept.ranked) + 1))


def test_an_undone_vote_counts_nowhere() -> None:
    ballot = Ballot(id="b" * 22, player_id=1, question_id=1, left=0, right=1)
    from datetime import UTC, datetime

    undone = Cast(ballot=ballot, vote=Vote(id="v", ballot_id=ballot.id, answer=Answer.UNDO, at=datetime.now(UTC)))
    assert undone.answer is None
