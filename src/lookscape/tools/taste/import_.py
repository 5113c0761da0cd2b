"""Import votes from JSON Lines, as Chatbot Arena and `taste export` write them, or from a table.

They join a game of the same name and models, or become a game of their own, which has a leaderboard but no photos.
Reading the same file twice adds nothing the second time.
"""

import hashlib
from base64 import urlsafe_b64encode
from pathlib import Path

from pydantic import Field

from lookscape.catalogue.ballots import Ballot, Game, Prepared, Question, Vote
from lookscape.catalogue.tables.json_document import is_json_list
from lookscape.catalogue.tables.json_lines import open_json_lines
from lookscape.catalogue.tables.opening import open_table
from lookscape.catalogue.tables.table import is_table
from lookscape.engine import Engine
from lookscape.errors import ConflictError, UsageError
from lookscape.services.games.jsonl import Line, ballot_of, read
from lookscape.tools import _tool
from lookscape.tools.taste.game import NAME

LOCAL = True
IMPORTED = "\0imported\0"
"""Begins the secrets of judges that came with a file: no cookie can hold it, so nobody can play as one of them."""


class Params(_tool.Params):
    """The file, and the game that its votes belong to."""

    file: str = _tool.positional("the file to read")
    game: str = Field(description="the game they join; made when there is none of this name", pattern=NAME)


class Result(_tool.Result):
    """What was taken in."""

    game: str
    made: bool = Field(description="the game was made for them")
    votes: int = Field(description="votes in the file")
    added: int = Field(description="those that were not there")
    judges: int
    contestants: list[str]


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read all, then store all. Raises UsageError for a damaged file, ConflictError for models the game lacks."""
    path = Path(params.file)
    if not path.is_file():
        raise UsageError(f"{params.file!r} cannot be read: it is not a file")
    lines = list(read(open_table(path) if is_table(path) or is_json_list(path) else open_json_lines(path)))
    if not lines:
        raise UsageError(f"{params.file!r} holds no votes")
    games = engine.catalogue.games
    made = params.game not in games.names()
    game = _game(engine, params.game, lines, made=made)
    before = {cast.ballot.id for cast in games.cast(game)}
    judges = {name: games.join(IMPORTED + name, name=name).id for name in sorted({line.judge for line in lines})}
    stored = {ballot.id: (ballot, vote) for ballot, vote in _votes(game, lines, judges)}
    fresh = [pair for name, pair in stored.items() if name not in before]
    games.record([ballot for ballot, _ in fresh], [vote for _, vote in fresh])
    return Result(
        game=game.name,
        made=made,
        votes=len(lines),
        added=len(fresh),
        judges=len(judges),
        contestants=list(game.contestants),
    )


def _game(engine: Engine, name: str, lines: list[Line], *, made: bool) -> Game:
    """The game, with a question for every question_id."""
    models = sorted({model for line in lines for model in (line.model_a, line.model_b) if model is not None})
    keys = list(dict.fromkeys(line.question_id for line in lines))
    asked = [Question(id=0, key=key, photo_id="", stranger_id="", category="", picks=()) for key in keys]
    games = engine.catalogue.games
    if made:
        contestants = tuple(models)
        prepared = Prepared(name=name, contestants=contestants, label="", duels=1, checks=0, questions=asked)
        return games.put(prepared)
    game = games.get(name)
    if unknown := sorted(set(models) - set(game.contestants)):
        raise ConflictError(f"the game {name!r} has no contestant {unknown[0]!r}; give another --game")
    if all(question.photo_id == "" for question in game.questions):
        return games.add_questions(game, asked)
    if unknown := sorted(set(keys) - {question.key for question in game.questions}):
        raise ConflictError(f"the game {name!r} has no question {unknown[0]!r}; give another --game")
    return game


def _votes(game: Game, lines: list[Line], judges: dict[str, int]) -> list[tuple[Ballot, Vote]]:
    """A line's ids follow from the line, so that reading it again names the same vote."""
    places = {name: place for place, name in enumerate(game.contestants)}
    questions = {question.key: question.id for question in game.questions}
    found = []
    for line in lines:
        said = "\0".join(map(str, (game.name, line.question_id, line.model_a, line.model_b, line.judge, line.at)))
        digest = hashlib.sha256(said.encode()).digest()
        ballot = ballot_of(
            line,
            name=urlsafe_b64encode(digest[:16]).decode()[:22],
            player_id=judges[line.judge],
            question_id=questions[line.question_id],
            places=places,
        )
        found.append((ballot, Vote(id=digest[:18].hex(), ballot_id=ballot.id, answer=line.answer, at=line.at)))
    return found
