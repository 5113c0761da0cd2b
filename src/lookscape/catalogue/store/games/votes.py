"""Players, ballots and votes in the database."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lookscape.catalogue.ballots import Answer, Ballot, Cast, Player, Vote
from lookscape.catalogue.store.schema import ballots, players, questions, votes
from lookscape.catalogue.store.sql import now, utc


def join(connection: Connection, key: str, *, name: str, team: str) -> Player:
    """The player, added when unknown."""
    hashed = _hashed(key)
    if player(connection, key) is None:
        number = (connection.scalar(select(func.max(players.c.id))) or 0) + 1
        values = {"key": hashed, "name": name or f"player-{number}", "team": team, "made_at": now()}
        connection.execute(insert(players).values(**values))
    elif team:
        connection.execute(update(players).where(players.c.key == hashed).values(team=team))
    found = player(connection, key)
    assert found is not None
    return found


def player(connection: Connection, key: str) -> Player | None:
    """The player with a secret."""
    row = connection.execute(_PLAYERS.where(players.c.key == _hashed(key))).first()
    return Player(**row._mapping) if row else None


def everybody(connection: Connection) -> dict[int, Player]:
    """By number."""
    return {row.id: Player(**row._mapping) for row in connection.execute(_PLAYERS)}


def record(connection: Connection, dealt: Sequence[Ballot], given: Sequence[Vote]) -> None:
    """Add what is not there."""
    rows = [
        {
            "id": ballot.id,
            "player_id": ballot.player_id,
            "question_id": ballot.question_id,
            "left": ballot.left,
            "right": ballot.right,
            "expected": ballot.expected.value if ballot.expected else "",
        }
        for ballot in dealt
    ]
    _add(connection, ballots, rows)
    _add(
        connection,
        votes,
        [{"id": vote.id, "ballot_id": vote.ballot_id, "answer": vote.answer.value, "at": vote.at} for vote in given],
    )


def cast(connection: Connection, game_id: int, *, player_id: int | None) -> list[Cast]:
    """Ballots with their last votes."""
    of_ballot = votes.alias()
    newest = (
        select(func.max(of_ballot.c.number))
        .where(of_ballot.c.ballot_id == ballots.c.id)
        .correlate(ballots)
        .scalar_subquery()
    )
    columns = (votes.c.id.label("vote_id"), votes.c.answer, votes.c.at)
    query = (
        select(ballots, *columns)
        .join(questions, questions.c.id == ballots.c.question_id)
        .outerjoin(votes, votes.c.number == newest)
        .where(questions.c.game_id == game_id)
        .order_by(votes.c.number, ballots.c.id)
    )
    if player_id is not None:
        query = query.where(ballots.c.player_id == player_id)
    return [_cast(row) for row in connection.execute(query)]


_PLAYERS = select(players.c.id, players.c.name, players.c.team)


def _add(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert, passing over what is there; the two databases spell it alike, but SQLAlchemy asks which."""
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _cast(row: Any) -> Cast:
    ballot = Ballot(
        id=row.id,
        player_id=row.player_id,
        question_id=row.question_id,
        left=row.left,
        right=row.right,
        expected=Answer(row.expected) if row.expected else None,
    )
    if row.vote_id is None:
        return Cast(ballot=ballot, vote=None)
    vote = Vote(id=row.vote_id, ballot_id=row.id, answer=Answer(row.answer), at=utc(row.at))
    return Cast(ballot=ballot, vote=vote)
