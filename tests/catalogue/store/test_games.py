"""Games, ballots and votes: stored once, never changed, and whole after a kill in the middle of voting."""

import signal
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from lookscape.catalogue.ballots import NOBODY, STRANGER, Answer, Ballot, Game, Pick, Question, Vote
from lookscape.catalogue.store import schema
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.catalogue.store.games.games import Prepared
from lookscape.errors import ConflictError, NotFoundError, UnknownNameError


def question(number: int) -> Question:
    picks = tuple(Pick(photo_id=f"{number}{name}" * 8, category=name) for name in "ab")
    return Question(id=0, key=f"q{number}", photo_id=f"{number}" * 8, stranger_id="s" * 8, category="a", picks=picks)


def prepared(name: str = "round", *, num_questions: int = 4) -> Prepared:
    questions = [question(number) for number in range(num_questions)]
    contestants = ("one@l2", "two@l1")
    return Prepared(name=name, contestants=contestants, label="kind", duels=0.5, checks=0.1, questions=questions)


@pytest.fixture
def game(empty_catalogue: Catalogue) -> Game:
    return empty_catalogue.games.put(prepared())


def ballot(game: Game, name: str, *, player: int = 1, place: int = 0, right: int = 1) -> Ballot:
    return Ballot(id=name, player_id=player, question_id=game.questions[place].id, left=0, right=right)


def vote(on: Ballot, answer: Answer) -> Vote:
    return Vote(id=str(uuid.uuid4()), ballot_id=on.id, answer=answer, at=datetime.now(UTC))


def num_votes(catalogue: Catalogue) -> int:
    with catalogue._engine.connect() as connection:
        return len(connection.execute(select(schema.votes.c.number)).all())


def test_a_game_comes_back_as_it_was_put(empty_catalogue: Catalogue, game: Game) -> None:
    found = empty_catalogue.games.get("round")
    assert found == game
    assert found.contestants == ("one@l2", "two@l1")
    assert [one.key for one in found.questions] == ["q0", "q1", "q2", "q3"]
    assert found.questions[2].picks == question(2).picks
    assert found.questions[1].photo(1) == "1b" * 8
    assert found.questions[1].photo(STRANGER) == "s" * 8


def test_the_newest_game_is_meant_when_none_is_named(empty_catalogue: Catalogue, game: Game) -> None:
    empty_catalogue.games.put(prepared("later", num_questions=1))
    assert empty_catalogue.games.get().name == "later"
    assert empty_catalogue.games.names() == ["later", "round"]


def test_wrong_names_are_told(empty_catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="lookscape taste game"):
        empty_catalogue.games.get()
    empty_catalogue.games.put(prepared())
    with pytest.raises(ConflictError, match="'round'"):
        empty_catalogue.games.put(prepared())
    with pytest.raises(UnknownNameError, match="round"):
        empty_catalogue.games.get("rownd")


def test_questions_can_be_added_and_none_twice(empty_catalogue: Catalogue, game: Game) -> None:
    more = empty_catalogue.games.add_questions(game, [question(3), question(4)])
    assert [one.key for one in more.questions] == ["q0", "q1", "q2", "q3", "q4"]
    assert more.questions[:4] == game.questions


def test_a_player_is_known_by_a_secret_of_which_only_the_hash_is_stored(empty_catalogue: Catalogue) -> None:
    games = empty_catalogue.games
    first = games.join("secret")
    assert games.join("secret") == first == games.player("secret")
    assert games.join("secret", team="design").team == "design"
    assert games.join("secret").team == "design"
    assert games.join("other", name="Ada").name == "Ada"
    assert first.name == "player-1"
    assert games.player("nobody") is None
    assert set(games.players()) == {1, 2}
    with empty_catalogue._engine.connect() as connection:
        assert "secret" not in str(connection.execute(select(schema.players)).all())


def test_the_same_vote_sent_twice_counts_once(empty_catalogue: Catalogue, game: Game) -> None:
    games = empty_catalogue.games
    games.join("me")
    dealt = ballot(game, "b1")
    given = vote(dealt, Answer.LEFT)
    games.record([dealt], [given])
    games.record([dealt], [given])
    assert num_votes(empty_catalogue) == 1
    [found] = games.cast(game)
    assert (found.ballot, found.vote, found.answer) == (dealt, given, Answer.LEFT)


def test_taking_back_is_a_vote_of_its_own_and_the_last_one_counts(empty_catalogue: Catalogue, game: Game) -> None:
    games = empty_catalogue.games
    games.join("me")
    dealt = ballot(game, "b1", right=NOBODY)
    games.record([dealt], [])
    assert games.cast(game)[0].answer is None
    for answer in (Answer.YES, Answer.UNDO):
        games.record([], [vote(dealt, answer)])
    assert games.cast(game)[0].answer is None
    games.record([], [vote(dealt, Answer.NO)])
    assert games.cast(game)[0].answer is Answer.NO
    assert num_votes(empty_catalogue) == 3


def test_one_players_ballots_and_one_games_only(empty_catalogue: Catalogue, game: Game) -> None:
    games = empty_catalogue.games
    later = games.put(prepared("later"))
    for key in ("me", "you"):
        games.join(key)
    mine, yours, other = ballot(game, "b1"), ballot(game, "b2", player=2), ballot(later, "b3")
    games.record([mine, yours, other], [vote(mine, Answer.TIE), vote(other, Answer.BAD)])
    assert [one.ballot.id for one in games.cast(game, player_id=1)] == ["b1"]
    assert [one.ballot.id for one in games.cast(game, player_id=2)] == ["b2"]
    assert {one.ballot.id for one in games.cast(game)} == {"b1", "b2"}
    assert [one.answer for one in games.cast(later)] == [Answer.BAD]


VOTES_FOREVER = """
import sys, uuid
from datetime import UTC, datetime
from lookscape.catalogue.ballots import Answer, Ballot, Vote
from lookscape.catalogue.store.catalogue import Catalogue
games = Catalogue.open(sys.argv[1]).games
game, me = games.get(), games.join("me")
while True:
    batch = [Ballot(id=uuid.uuid4().hex[:22], player_id=me.id, question_id=game.questions[0].id, left=0, right=1)
             for _ in range(20)]
    votes = [Vote(id=str(uuid.uuid4()), ballot_id=one.id, answer=Answer.LEFT, at=datetime.now(UTC)) for one in batch]
    games.record(batch, votes)
    print(*(vote.id for vote in votes), sep="\\n", flush=True)
"""


def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path, empty_catalogue: Catalogue, game: Game) -> None:
    command = [sys.executable, "-c", VOTES_FOREVER, str(empty_catalogue.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(200)]
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().splitlines()
    told += [line for line in rest if len(line) == 36]
    stored = [one.vote.id for one in empty_catalogue.games.cast(game) if one.vote]
    assert len(stored) == len(set(stored))
    assert set(told) <= set(stored)
    assert len(stored) % 20 == 0
