"""The leaderboard: which model people like best, how sure that is, and what would settle the rest."""

import math

from pydantic import BaseModel, ConfigDict, Field

from lookscape.engine import Engine
from lookscape.interfaces.http.studio import page
from lookscape.interfaces.http.studio.page import Asked
from lookscape.interfaces.http.studio.words import percent
from lookscape.services.games.standing import Category, Gap, Rating, Share
from lookscape.tools.taste.leaderboard import Agreement, Result

PATH = "/leaderboard"
TITLE = "Leaderboard"
NAV = 65

MARGIN = 0.06
"""Room left and right of the widest interval, as a share of a bar's width."""


class Cell(BaseModel):
    """A figure in words, and its interval as places on a bar that is 100 wide; `mark` is for the bar's colour."""

    model_config = ConfigDict(frozen=True)
    value: str
    interval: str
    low: float
    middle: float
    high: float
    mark: str = ""


class Line(BaseModel):
    """One contestant; a figure that it has no votes for is None."""

    model_config = ConfigDict(frozen=True)
    place: str = Field(description="rank, or the ranks that the interval allows")
    contestant: str
    rating: Cell | None
    approval: Cell | None
    same_label: Cell | None


class Block(BaseModel):
    """Approval in one category of queries."""

    model_config = ConfigDict(frozen=True)
    category: str
    rows: list[Category]


class Context(page.Context):
    """One game's leaderboard, or the way to get one."""

    games: list[str] = Field(description="games that compare contestants, the newest first")
    game: str = Field(description="the one shown; empty without any")
    label: str = Field(description="the attribute that gives categories; empty without any")
    judged: str = Field(description="how many votes of how many people, in a sentence")
    lines: list[Line] = Field(description="contestants, the best first")
    advice: list[str] = Field(description="what is settled and what is not, a sentence each")
    agreement: list[str] = Field(description="how people's order and the machine's compare, a sentence each")
    blocks: list[Block] = Field(description="approval by category; those with most votes first")
    voted: bool = Field(description="there are votes to count")


def view(engine: Engine, asked: Asked) -> Context:
    """Count one game's votes."""
    games = [name for name in engine.catalogue.games.names() if len(engine.catalogue.games.get(name).contestants) > 1]
    wanted = asked.text("game")
    name = wanted if wanted in games else next(iter(games), "")
    if not name:
        return Context(
            games=[], game="", label="", judged="", lines=[], advice=[], agreement=[], blocks=[], voted=False
        )
    board: Result = engine.taste.leaderboard(game=name)
    return Context(
        games=games,
        game=name,
        label=board.label,
        judged=_judged(board),
        lines=_lines(board),
        advice=_advice(board),
        agreement=_agreement(board),
        blocks=_blocks(board.categories),
        voted=bool(board.swipes or board.duels),
    )


def _judged(board: Result) -> str:
    left_out = f"; {board.left_out} more failed attention checks and are left out" if board.left_out else ""
    people = "1 person" if board.players == 1 else f"{board.players:,} people"
    return f"{board.swipes:,} swipes and {board.duels:,} duels by {people}{left_out}."


def _lines(board: Result) -> list[Line]:
    ratings = [row.rating for row in board.standings]
    known = [rating for rating in ratings if rating]
    lowest, highest = min((one.low for one in known), default=0), max((one.high for one in known), default=1)
    return [
        Line(
            place=_place(row.rating, number),
            contestant=row.contestant,
            rating=_rating(row.rating, lowest, highest - lowest or 1),
            approval=_share(row.approval),
            same_label=_share(row.same_label),
        )
        for number, row in enumerate(board.standings, start=1)
    ]


def _place(rating: Rating | None, number: int) -> str:
    if rating is None or rating.first_place == rating.last_place:
        return str(number)
    return f"{rating.first_place}\u2013{rating.last_place}"


def _rating(rating: Rating | None, lowest: float, span: float) -> Cell | None:
    if rating is None:
        return None
    low, middle, high = (
        round(100 * (MARGIN + (1 - 2 * MARGIN) * (value - lowest) / span), 1)
        for value in (rating.low, rating.value, rating.high)
    )
    interval = f"{rating.low:.0f} to {rating.high:.0f}"
    mark = "best" if rating.first_place == 1 else ""
    return Cell(value=f"{rating.value:.0f}", interval=interval, low=low, middle=middle, high=high, mark=mark)


def _share(share: Share | None) -> Cell | None:
    if share is None:
        return None
    return Cell(
        value=percent(share.value),
        interval=f"{percent(share.low)} to {percent(share.high)}",
        low=round(100 * share.low, 1),
        middle=round(100 * share.value, 1),
        high=round(100 * share.high, 1),
    )


def _advice(board: Result) -> list[str]:
    if not board.duels:
        return []
    sure = min(0.99, math.floor(100 * board.sure) / 100)
    said = [f"The whole order is right with a probability of at least {percent(sure)}."]
    return said + [_apart(gap) for gap in board.gaps]


def _apart(gap: Gap) -> str:
    if gap.separated:
        return f"{gap.better} is better than {gap.worse}: the 95\u202f% interval of their difference excludes zero."
    if gap.duels_needed is None:
        return f"{gap.better} and {gap.worse} are tied, and at their present difference always will be."
    return (
        f"{gap.better} and {gap.worse} are not clearly different yet; about {gap.duels_needed:,} more duels would "
        "settle it."
    )


def _agreement(board: Result) -> list[str]:
    pairs = ((board.ratings_agree, "Duels"), (board.approval_agrees, "Approval"))
    return [_agrees(found, name, board.label) for found, name in pairs if found]


def _agrees(found: Agreement, name: str, label: str) -> str:
    return (
        f"{name} and the share of matches with the same {label} order {found.contestants} contestants with a "
        f"Kendall's tau of {found.tau:.2f} (p = {found.p:.2f}); 1 is the same order, 0 no relation."
    )


def _blocks(rows: list[Category]) -> list[Block]:
    by_name: dict[str, list[Category]] = {}
    for row in rows:
        by_name.setdefault(row.category, []).append(row)
    blocks = [
        Block(category=name, rows=sorted(mine, key=lambda row: -row.approval.value)) for name, mine in by_name.items()
    ]
    return sorted(blocks, key=lambda block: -sum(row.approval.votes for row in block.rows))
