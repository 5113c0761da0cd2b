"""Games and their questions in the database."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from lookscape.catalogue.ballots import Game, Pick, Prepared, Question
from lookscape.catalogue.store.schema import games, picks, questions
from lookscape.catalogue.store.sql import now, utc
from lookscape.errors import ConflictError, NotFoundError, UnknownNameError


def names(connection: Connection) -> list[str]:
    """The newest first."""
    return list(connection.scalars(select(games.c.name).order_by(games.c.id.desc())))


def get(connection: Connection, name: str | None) -> Game:
    """A game, the newest without a name."""
    there = names(connection)
    if not there:
        raise NotFoundError("there is no game yet; run: lookscape taste game")
    if name is not None and name not in there:
        raise UnknownNameError("game", name, there)
    wanted = there[0] if name is None else name
    row = connection.execute(select(games).where(games.c.name == wanted)).one()
    return _game(row, _questions(connection, row.id))


def put(connection: Connection, prepared: Prepared) -> Game:
    """A new game."""
    if prepared.name in names(connection):
        raise ConflictError(f"there is a game {prepared.name!r} already; give another name")
    values = {
        "name": prepared.name,
        "made_at": now(),
        "contestants": json.dumps(prepared.contestants),
        "label": prepared.label,
        "duels": prepared.duels,
        "checks": prepared.checks,
    }
    made = connection.execute(insert(games).values(**values))
    assert made.inserted_primary_key is not None
    _put_questions(connection, made.inserted_primary_key[0], prepared.questions)
    return get(connection, prepared.name)


def add(connection: Connection, game: Game, wanted: Sequence[Question]) -> Game:
    """More questions for a game."""
    there = set(connection.scalars(select(questions.c.key).where(questions.c.game_id == game.id)))
    _put_questions(connection, game.id, [question for question in wanted if question.key not in there])
    return get(connection, game.name)


def _put_questions(connection: Connection, game_id: int, wanted: Sequence[Question]) -> None:
    if not wanted:
        return
    fields = ("key", "photo_id", "stranger_id", "category")
    rows = [{"game_id": game_id, **{name: getattr(question, name) for name in fields}} for question in wanted]
    connection.execute(insert(questions), rows)
    known = select(questions.c.key, questions.c.id).where(questions.c.game_id == game_id)
    ids = {row.key: row.id for row in connection.execute(known)}
    rows = [
        {"question_id": ids[question.key], "contestant": place, "photo_id": pick.photo_id, "category": pick.category}
        for question in wanted
        for place, pick in enumerate(question.picks)
    ]
    if rows:
        connection.execute(insert(picks), rows)


def _questions(connection: Connection, game_id: int) -> tuple[Question, ...]:
    columns = (picks.c.question_id, picks.c.photo_id, picks.c.category)
    query = (
        select(*columns)
        .join(questions, questions.c.id == picks.c.question_id)
        .where(questions.c.game_id == game_id)
        .order_by(picks.c.question_id, picks.c.contestant)
    )
    picked: dict[int, list[Pick]] = {}
    for number, photo_id, category in connection.execute(query):
        picked.setdefault(number, []).append(Pick(photo_id=photo_id, category=category))
    rows = connection.execute(select(questions).where(questions.c.game_id == game_id).order_by(questions.c.id))
    return tuple(_question(row, picked.get(row.id, [])) for row in rows)


def _question(row: Row[Any], picked: Sequence[Pick]) -> Question:
    values = {name: value for name, value in row._mapping.items() if name != "game_id"}
    return Question(**values, picks=tuple(picked))


def _game(row: Row[Any], asked: tuple[Question, ...]) -> Game:
    values = {name: utc(value) for name, value in row._mapping.items()}
    return Game(**{**values, "contestants": tuple(json.loads(row.contestants)), "questions": asked})
