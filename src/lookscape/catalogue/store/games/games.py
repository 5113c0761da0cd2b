"""Games: blind questions prepared ahead, and every vote. See `ballots.py` for the words."""

from collections.abc import Sequence

from sqlalchemy import Engine

from lookscape.catalogue.ballots import Ballot, Cast, Game, Player, Prepared, Question, Vote
from lookscape.catalogue.store.database import reading, writing
from lookscape.catalogue.store.games import questions as games_questions
from lookscape.catalogue.store.games import votes as games_votes


class Games:
    """Prepare, play, count. Votes are only ever added."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def names(self) -> list[str]:
        """Every game, the newest first."""
        with reading(self._engine) as connection:
            return games_questions.names(connection)

    def get(self, name: str | None = None) -> Game:
        """A game with its questions; the newest without a name.

        Raises UnknownNameError, or NotFoundError when there is no game at all.
        """
        with reading(self._engine) as connection:
            return games_questions.get(connection, name)

    def put(self, prepared: Prepared) -> Game:
        """Store a game. Raises ConflictError when the name is taken."""
        with writing(self._engine) as connection:
            return games_questions.put(connection, prepared)

    def add_questions(self, game: Game, questions: Sequence[Question]) -> Game:
        """Add questions whose keys the game does not have, and give the game as it is then."""
        with writing(self._engine) as connection:
            return games_questions.add(connection, game, questions)

    def join(self, key: str, *, name: str = "", team: str = "") -> Player:
        """The player with this secret, who is added when unknown; a team given replaces the one before.

        Only the secret's hash is stored. Without a name a new player is called player-NUMBER.
        """
        with writing(self._engine, durable=True) as connection:
            return games_votes.join(connection, key, name=name, team=team)

    def player(self, key: str) -> Player | None:
        """The player with this secret."""
        with reading(self._engine) as connection:
            return games_votes.player(connection, key)

    def players(self) -> dict[int, Player]:
        """Everybody, by number."""
        with reading(self._engine) as connection:
            return games_votes.everybody(connection)

    def record(self, ballots: Sequence[Ballot], votes: Sequence[Vote]) -> None:
        """Store ballots and votes in one transaction that is on the disk when this returns.

        Those that are stored already stay as they are, so doing it again changes nothing.
        """
        with writing(self._engine, durable=True) as connection:
            games_votes.record(connection, ballots, votes)

    def cast(self, game: Game, *, player_id: int | None = None) -> list[Cast]:
        """Every ballot of a game with its last vote, in the order they were dealt; one player's only if told."""
        with reading(self._engine) as connection:
            return games_votes.cast(connection, game.id, player_id=player_id)
