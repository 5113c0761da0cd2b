"""Dope or Nope: anybody judges matches by swipe, key or touch, blind to which model picked them.

The page asks for ballots and sends votes itself (`play.py`); it learns nothing but random ids.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked

PATH = "/play"
TITLE = "Swipe game"
NAV = 64


class Context(page.Context):
    """The game to play, or how to get one."""

    games: list[str] = Field(description="games, the newest first")
    game: str = Field(description="the one that is played; empty without any")
    team: str = Field(description="the team that the link named; empty without one")
    single: bool = Field(description="the game shows products one by one, not matches")
    spaces: list[str] = Field(description="spaces that a new game could compare")


def view(engine: Engine, asked: Asked) -> Context:
    """Find the game. A link to one that is not there shows the newest."""
    games = engine.catalogue.games.names()
    wanted = asked.text("game")
    name = wanted if wanted in games else next(iter(games), "")
    single = bool(name) and len(engine.catalogue.games.get(name).contestants) == 1
    spaces = list(engine.spaces.names())
    return Context(games=games, game=name, team=asked.text("team")[:60], single=single, spaces=spaces)
