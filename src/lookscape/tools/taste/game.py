"""Prepare a game of Dope or Nope: blind questions that anyone can answer in a browser.

For sampled products every contestant, a Space under a metric, picks its match: the nearest photo of another product.
Matches and photos are prepared in advance, so that a ballot needs no search and nothing reveals which contestant picked
what. People play it at /play; `taste leaderboard` says who wins. With --single it asks about products one by one
instead, for what a person likes rather than what matches: `taste find` learns from both.
"""

from datetime import datetime

from pydantic import Field

from lookscape.catalogue.ballots import Game, Prepared
from lookscape.engine import Engine
from lookscape.errors import ConflictError
from lookscape.services.games.pack import Pack, pack_folder
from lookscape.services.games.preparing import PRODUCT, contestants, label_of, photo_ids, products, questions
from lookscape.tools import _tool

SLOW = True
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


class Params(_tool.Params):
    """The game's name, who plays against whom, and about what."""

    name: str = _tool.positional("a new game's name: letters, digits, dots, dashes", pattern=NAME)
    contestants: tuple[str, ...] = Field(
        default=(), description="spaces under metrics, such as pretrained@l1; default: every Space under its own"
    )
    queries: int = Field(default=500, ge=1, le=20_000, description="products to ask about")
    single: bool = Field(default=False, description="ask about products one by one; there are no contestants then")
    label: str | None = Field(
        default=None,
        description="attribute that gives categories, by the first value of a product; default: the usual one",
    )
    duels: float = Field(default=0.5, ge=0, le=1, description="share of ballots that show two matches side by side")
    checks: float = Field(default=0.08, ge=0, lt=1, description="share of ballots whose right answer is known")
    seed: int = Field(default=0, ge=0, description="which products")


class Result(_tool.Result):
    """The game as it can be played now."""

    name: str
    contestants: list[str]
    questions: int
    differing: int = Field(description="questions to which not all contestants picked the same")
    label: str = Field(description="attribute that gives categories; empty without any")
    photos: int = Field(description="photos prepared")
    made_at: datetime
    url: str = Field(description="where people play it")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Match, encode, store. A game that was stored by a run that was killed gets its photos now."""
    there = engine.catalogue.games.get(params.name) if params.name in engine.catalogue.games.names() else None
    game = there or _prepared(engine, params, progress)
    folder = pack_folder(engine, game)
    if there is not None and (folder / "photos.json").is_file():
        raise ConflictError(f"there is a game {params.name!r} already; give another name")
    wanted = photo_ids(game.questions)
    Pack.ensure(engine, folder, wanted, progress)
    return Result(
        name=game.name,
        contestants=list(game.contestants),
        questions=len(game.questions),
        differing=sum(len({pick.photo_id for pick in question.picks}) > 1 for question in game.questions),
        label=game.label,
        photos=len(wanted),
        made_at=game.made_at,
        url=f"/play?game={game.name}",
    )


def _prepared(engine: Engine, params: Params, progress: _tool.Progress) -> Game:
    label = label_of(engine, params.label)
    if params.single:
        names: tuple[str, ...] = (PRODUCT,)
        asked = products(engine, label=label, number=params.queries, seed=params.seed)
    else:
        players = contestants(engine, params.contestants)
        names = tuple(one.name for one in players)
        asked = questions(engine, players, label=label, number=params.queries, seed=params.seed, progress=progress)
    prepared = Prepared(
        name=params.name,
        contestants=names,
        label=label,
        duels=0.0 if params.single else params.duels,
        checks=0.0 if params.single else params.checks,
        questions=asked,
    )
    return engine.catalogue.games.put(prepared)
