"""Rank a game's contestants by what people like, with confidence and what would settle it.

Swipes give approval rates with Wilson's intervals; duels give Bradley-Terry ratings with bootstrap intervals. Players
who fail attention checks are left out. Where the catalogue has categories, the order is compared with the machine's:
how often the match has the query's category.
"""

from datetime import datetime

from pydantic import Field

from lookscape.catalogue.ballots import Cast
from lookscape.engine import Engine
from lookscape.services.games.standing import Category, Gap, Standing, categories, standings
from lookscape.services.games.trust import checks_of, is_attentive
from lookscape.tools import _tool


class Params(_tool.Params):
    """Which game, and whose votes."""

    game: str | None = Field(default=None, description="the game; default: the newest")
    category: str | None = Field(default=None, description="only questions whose query has this category")
    team: str | None = Field(default=None, description="only votes of this team")
    everyone: bool = Field(default=False, description="count players who fail attention checks too")
    seed: int = Field(default=0, ge=0, description="for the bootstrap")


class Agreement(_tool.Result):
    """How similar two orders of the contestants are: Kendall's tau-b from -1 to 1, and its two-sided p-value."""

    tau: float
    p: float
    contestants: int


class Result(_tool.Result):
    """The leaderboard, the best first."""

    game: str
    made_at: datetime = Field(description="when the game was made")
    label: str = Field(description="the attribute that gives categories; empty without any")
    players: int = Field(description="players whose votes count")
    left_out: int = Field(description="players who failed attention checks")
    swipes: int
    duels: int
    sure: float = Field(description="lower bound of the probability that the duels' order is right, 0 to 1")
    standings: list[Standing]
    gaps: list[Gap] = Field(description="between neighbours in the order")
    categories: list[Category]
    ratings_agree: Agreement | None = Field(description="ratings of duels with same-category shares")
    approval_agrees: Agreement | None = Field(description="approval with same-category shares")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Count. Raises UnknownNameError, or NotFoundError when there is no game."""
    game = engine.catalogue.games.get(params.game)
    everything = engine.catalogue.games.cast(game)
    checked = checks_of(everything)
    careless = set() if params.everyone else {one for one, checks in checked.items() if not is_attentive(checks)}
    kept = [cast for cast in _wanted(engine, everything, params) if cast.ballot.player_id not in careless]
    if params.category is not None:
        inside = {question.id for question in game.questions if question.category == params.category}
        kept = [cast for cast in kept if cast.ballot.question_id in inside]
    rows, gaps, sure = standings(game, kept, seed=params.seed)
    counted = [cast for cast in kept if cast.answer is not None and cast.ballot.expected is None]
    return Result(
        game=game.name,
        made_at=game.made_at,
        label=game.label,
        players=len({cast.ballot.player_id for cast in counted}),
        left_out=len(careless),
        swipes=sum(not cast.ballot.is_duel for cast in counted),
        duels=sum(cast.ballot.is_duel for cast in counted),
        sure=sure,
        standings=rows,
        gaps=gaps,
        categories=categories(game, kept),
        ratings_agree=_agreement([(row.rating, row.same_label) for row in rows]),
        approval_agrees=_agreement([(row.approval, row.same_label) for row in rows]),
    )


def _wanted(engine: Engine, casts: list[Cast], params: Params) -> list[Cast]:
    if params.team is None:
        return casts
    mine = {number for number, player in engine.catalogue.games.players().items() if player.team == params.team}
    return [cast for cast in casts if cast.ballot.player_id in mine]


def _agreement(pairs: list[tuple[object, object]]) -> Agreement | None:
    """None where fewer than three contestants have both figures, or one figure is the same for all."""
    from scipy.stats import kendalltau

    both = [(first.value, second.value) for first, second in pairs if first and second]  # type: ignore[attr-defined]
    if len(both) < 3 or any(len(set(figures)) < 2 for figures in zip(*both, strict=True)):
        return None
    found = kendalltau(*zip(*both, strict=True))
    return Agreement(tau=float(found.statistic), p=float(found.pvalue), contestants=len(both))
