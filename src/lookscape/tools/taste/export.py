"""Write a game's votes to a file of JSON lines, in Chatbot Arena's format.

A line holds question_id, model_a, model_b, winner (model_a, model_b, tie, tie (bothbad)), judge, anony and tstamp.
Lines of swipes have no model_b: null. Attention checks and undone votes are left out. `taste import` reads it back.
"""

from pathlib import Path

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.files import write_atomically
from lookscape.services.games.jsonl import write
from lookscape.services.games.trust import checks_of, is_attentive
from lookscape.tools import _tool

LOCAL = True


class Params(_tool.Params):
    """Which game, to which file, and what of it."""

    to: str = Field(description="the file to write", min_length=1)
    game: str | None = Field(default=None, description="the game; default: the newest")
    swipes: bool = Field(default=True, description="write swipes too, with model_b null")
    everyone: bool = Field(default=False, description="include votes of players who fail attention checks")


class Result(_tool.Result):
    """What was written."""

    path: str
    game: str
    votes: int
    judges: int


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Write it, whole or not at all. Raises UsageError when the file cannot be written."""
    games = engine.catalogue.games
    game = games.get(params.game)
    casts = games.cast(game)
    careless = {one for one, checks in checks_of(casts).items() if not (params.everyone or is_attentive(checks))}
    kept = [
        cast
        for cast in casts
        if cast.ballot.player_id not in careless and (params.swipes or cast.ballot.is_duel) and cast.answer
    ]
    lines = list(write(game, kept, games.players()))
    path = Path(params.to)
    try:
        write_atomically(path, b"".join(lines))
    except OSError as error:
        raise UsageError(f"{params.to!r} cannot be written: {error.strerror}") from error
    judges = {cast.ballot.player_id for cast in kept if cast.ballot.expected is None}
    return Result(path=str(path), game=game.name, votes=len(lines), judges=len(judges))
