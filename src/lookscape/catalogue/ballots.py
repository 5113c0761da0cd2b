"""Ballots: blind questions to people and their answers, as frozen records.

A game holds questions: a query photo, and the match that every contestant, a Space under a metric, picked for it. A
ballot shows one person one match (a swipe: like it or not) or two side by side (a duel: which is better). What is
shown is told by contestants' places in the game; ITSELF and STRANGER stand for the query's own photo and for one that
is unlike it, which ballots show whose right answer is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NOBODY = -1
"""The right side of a swipe."""
ITSELF = -2
STRANGER = -3


class Answer(StrEnum):
    """What a person says: yes or no to a swipe; left, right, tie or bad (neither) to a duel; undo to either."""

    YES = "yes"
    NO = "no"
    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"
    BAD = "bad"
    UNDO = "undo"


OF_SWIPES = frozenset({Answer.YES, Answer.NO})
OF_DUELS = frozenset({Answer.LEFT, Answer.RIGHT, Answer.TIE, Answer.BAD})


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """The match that a contestant picked, and its category (empty: unknown)."""

    photo_id: str
    category: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A query photo and every contestant's pick; `stranger_id` is a photo unlike it. `key` names it within its game.

    A question that came with imported votes has no photos: its ids are empty.
    """

    id: int
    key: str
    photo_id: str
    stranger_id: str
    category: str
    picks: tuple[Pick, ...]

    def photo(self, place: int) -> str:
        """The photo that a place of a ballot stands for."""
        if place == ITSELF:
            return self.photo_id
        return self.stranger_id if place == STRANGER else self.picks[place].photo_id


@dataclass(frozen=True, kw_only=True)
class Game:
    """Prepared questions about contestants, each named space@metric.

    label: the attribute that gives categories (empty: none). duels and checks: the shares of ballots that show two
    matches, and whose right answer is known.
    """

    id: int
    name: str
    made_at: datetime
    contestants: tuple[str, ...]
    label: str
    duels: float
    checks: float
    questions: tuple[Question, ...]


@dataclass(frozen=True, kw_only=True)
class Player:
    """A person who plays. `name` is what exports call the person; `team` may be empty."""

    id: int
    name: str
    team: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ballot:
    """One question to one person. `id` is random and says nothing; `expected` is the right answer where it is known."""

    id: str
    player_id: int
    question_id: int
    left: int
    right: int = NOBODY
    expected: Answer | None = None

    @property
    def is_duel(self) -> bool:
        """Does it show two matches?"""
        return self.right != NOBODY

    @property
    def places(self) -> tuple[int, ...]:
        """What is shown beside the query."""
        return (self.left, self.right) if self.is_duel else (self.left,)

    @property
    def answers(self) -> frozenset[Answer]:
        """What may be said to it, besides undo."""
        return OF_DUELS if self.is_duel else OF_SWIPES


@dataclass(frozen=True, kw_only=True, slots=True)
class Vote:
    """One answer as given. `id` is made by whoever votes, so that sending it twice counts once."""

    id: str
    ballot_id: str
    answer: Answer
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """A ballot with its last vote: None when it was never answered."""

    ballot: Ballot
    vote: Vote | None

    @property
    def answer(self) -> Answer | None:
        """What counts: None while it is open, or open again."""
        return None if self.vote is None or self.vote.answer is Answer.UNDO else self.vote.answer


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A game to be stored. The questions' ids are ignored: the database gives them."""

    name: str
    contestants: tuple[str, ...]
    label: str
    duels: float
    checks: float
    questions: Sequence[Question]
