"""A leaderboard from votes: approval, Bradley-Terry strengths, ranks, and what would settle the rest."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from pydantic import Field

from lookscape.catalogue.ballots import Cast, Game
from lookscape.ranking.duels import TIE, Counts, count_by_judge, pair_number
from lookscape.ranking.pairs import order_risk
from lookscape.ranking.separation import duels_to_separate, swipes_to_separate
from lookscape.ranking.strengths import Ranked, ranked
from lookscape.services.games.tally import Swipe, duels, swipes
from lookscape.services.records import Record
from lookscape.services.spaces.intervals import wilson

POINTS = 400 / float(np.log(10))
MIDDLE = 1000.0
"""Strengths as ratings: 400 points are odds of 10 to 1, and the mean contestant has 1000."""


class Share(Record):
    """A share of votes with Wilson's 95 % interval."""

    value: float
    low: float
    high: float
    votes: int


class Rating(Record):
    """A Bradley-Terry rating with its 95 % bootstrap interval; 400 points more are odds of 10 to 1."""

    value: float
    low: float
    high: float
    duels: int
    first_place: int = Field(description="the best rank that the interval allows")
    last_place: int = Field(description="the worst")


class Standing(Record):
    """One contestant. What it has no votes for is None."""

    contestant: str
    approval: Share | None = Field(description="swipes that liked its match")
    rating: Rating | None
    same_label: Share | None = Field(description="questions to which it picked a match of the query's category")


class Gap(Record):
    """Two neighbours in the order, and whether people told them apart."""

    better: str
    worse: str
    separated: bool = Field(description="the 95 % interval of the difference leaves out zero")
    duels_needed: int | None = Field(description="more duels between the two to separate them; None: no end in sight")
    swipes_needed: int | None = Field(description="more swipes of each, likewise")


class Category(Record):
    """Approval within one category of queries."""

    category: str
    contestant: str
    approval: Share


def share(hits: int, votes: int) -> Share | None:
    """None of nothing."""
    if votes == 0:
        return None
    low, high = wilson(hits, votes)
    return Share(value=hits / votes, low=low, high=high, votes=votes)


def standings(game: Game, casts: Sequence[Cast], *, seed: int) -> tuple[list[Standing], list[Gap], float]:
    """Contestants, the best first, the gaps between neighbours, and the chance that the order of duels is right."""
    num = len(game.contestants)
    approvals = _approvals(list(swipes(casts)), num)
    counts_JPO = count_by_judge(duels(casts), num=num)
    counts_PO = counts_JPO.sum(axis=0)
    found = ranked(counts_JPO, num=num, seed=seed) if counts_PO.any() else None
    ratings = _ratings(found, counts_PO, num) if found else [None] * num
    order = sorted(range(num), key=lambda place: _merit(approvals[place], ratings[place]), reverse=True)
    rows = [
        Standing(
            contestant=game.contestants[place],
            approval=approvals[place],
            rating=ratings[place],
            same_label=same_label(game, place),
        )
        for place in order
    ]
    gaps = [_gap(game, pair, approvals, found, counts_PO) for pair in pairwise(order)]
    return rows, gaps, 1 - order_risk(counts_PO, num=num) if found else 0.0


def categories(game: Game, casts: Sequence[Cast]) -> list[Category]:
    """Approval of every contestant within every category that people saw, by name."""
    of_question = {question.id: question.category for question in game.questions}
    by_category: dict[str, list[Swipe]] = {}
    for swipe in swipes(casts):
        by_category.setdefault(of_question[swipe.question_id], []).append(swipe)
    return [
        Category(category=category, contestant=game.contestants[place], approval=approval)
        for category, mine in sorted(by_category.items())
        if category
        for place, approval in enumerate(_approvals(mine, len(game.contestants)))
        if approval is not None
    ]


def same_label(game: Game, place: int) -> Share | None:
    """The match board's own measure on this game's questions: does the match have the query's category?"""
    known = [question for question in game.questions if question.category and question.picks]
    return share(sum(question.picks[place].category == question.category for question in known), len(known))


def _approvals(given: Sequence[Swipe], num: int) -> list[Share | None]:
    liked, seen = [0] * num, [0] * num
    for swipe in given:
        seen[swipe.contestant] += 1
        liked[swipe.contestant] += swipe.liked
    return [share(hits, votes) for hits, votes in zip(liked, seen, strict=True)]


def _ratings(found: Ranked, counts_PO: Counts, num: int) -> list[Rating | None]:
    fought = [
        int(sum(counts_PO[pair_number(place, other, num=num)].sum() for other in range(num) if other != place))
        for place in range(num)
    ]
    beats = [[place != other and found.difference(place, other)[0] > 0 for other in range(num)] for place in range(num)]
    return [
        Rating(
            value=MIDDLE + POINTS * found.value_K[place],
            low=MIDDLE + POINTS * found.low_K[place],
            high=MIDDLE + POINTS * found.high_K[place],
            duels=fought[place],
            first_place=1 + sum(beats[other][place] for other in range(num)),
            last_place=num - sum(beats[place]),
        )
        if fought[place]
        else None
        for place in range(num)
    ]


def _merit(approval: Share | None, rating: Rating | None) -> tuple[float, float]:
    """Duels decide where there are any: they compare on the same queries."""
    return (rating.value if rating else -1e9, approval.value if approval else -1.0)


def _gap(
    game: Game, pair: tuple[int, int], approvals: Sequence[Share | None], found: Ranked | None, counts_PO: Counts
) -> Gap:
    better, worse = pair
    first, second = approvals[better], approvals[worse]
    separated = found is not None and found.difference(better, worse)[0] > 0
    swipes_needed = None
    if first and second and (needed := swipes_to_separate(first.value, second.value)) is not None:
        swipes_needed = max(0, needed - min(first.votes, second.votes))
    return Gap(
        better=game.contestants[better],
        worse=game.contestants[worse],
        separated=separated,
        duels_needed=0 if separated else _duels_needed(pair, found, counts_PO, len(game.contestants)),
        swipes_needed=swipes_needed,
    )


def _duels_needed(pair: tuple[int, int], found: Ranked | None, counts_PO: Counts, num: int) -> int | None:
    """From the fitted difference, less the duels that the two have had; a tie narrows what one duel can say."""
    if found is None:
        return None
    seen_O = counts_PO[pair_number(*pair, num=num)]
    expected = 1 / (1 + float(np.exp(found.value_K[pair[1]] - found.value_K[pair[0]])))
    ties = (seen_O[TIE] + 0.5) / (seen_O.sum() + 5)
    needed = duels_to_separate(expected, spread=max(0.01, expected * (1 - expected) - ties / 4))
    return None if needed is None else max(1, needed - int(seen_O.sum()))
