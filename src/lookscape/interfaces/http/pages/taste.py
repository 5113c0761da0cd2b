"""Taste: products picked from what somebody liked, how good that is, and more to answer.

`?player=NAME` or `?team=NAME` says whose; without either one chooses.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.tools.taste.find import Find, Result

PATH = "/taste"
TITLE = "Personal picks"
NAV = 13

SHOWN = 24


class Context(page.Context):
    """The finds of one person or team, or the choice of one."""

    who: str = Field(description="the player or team that is shown; empty before a choice")
    unknown: str = Field(description="a name that was asked for and never played; empty otherwise")
    people: list[str] = Field(description="players who have a name to choose, the latest first")
    teams: list[str] = Field(description="teams, by name")
    finds: list[Find] = Field(description="products, most likely first")
    says: str = Field(description="how good this taste is, or why there is none")
    answers: int = Field(description="answers learned from")
    offered: bool = Field(description="the taste was shown to help")
    teach: str = Field(description="the game in which to answer more; empty without one")


def view(engine: Engine, asked: Asked) -> Context:
    """Learn and pick, if somebody is named."""
    everybody = sorted(engine.catalogue.games.players().values(), key=lambda player: -player.id)
    people = [player.name for player in everybody][:60]
    teams = sorted({player.team for player in everybody if player.team})
    who, found, unknown = _found(engine, asked)
    return Context(
        who=who,
        unknown=unknown,
        people=people,
        teams=teams,
        finds=found.finds if found else [],
        says=found.measured.says if found else "",
        answers=found.measured.answers if found else 0,
        offered=bool(found and found.measured.offered),
        teach=_teach(engine),
    )


def _found(engine: Engine, asked: Asked) -> tuple[str, Result | None, str]:
    player, team = asked.text("player"), asked.text("team")
    if not player and not team:
        return "", None, ""
    try:
        found = engine.taste.find(**({"player": player} if player else {"team": team}), limit=SHOWN)
    except NotFoundError:
        return "", None, player or team
    return player or f"team {team}", found, ""


def _teach(engine: Engine) -> str:
    """The newest game about single products, else the newest."""
    games = engine.catalogue.games
    names = games.names()
    return next((name for name in names if len(games.get(name).contestants) == 1), next(iter(names), ""))
