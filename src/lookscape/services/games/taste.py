"""One person's, or a team's, taste: what was answered, learned, and measured on answers that were left out.

What is measured: of the answers to single things that the model did not learn from, those that it would have shown
first, the surer half, are compared with all of them. A taste is offered only if the interval of the gain leaves out 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lookscape.catalogue.ballots import Answer, Cast, Game, Question
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UsageError
from lookscape.ranking.liking import FEWEST, Answers, Axes, Floats, Liking, learn, left_out_chances
from lookscape.representation.spaces.space import Space
from lookscape.services.games.trust import checks_of, is_attentive
from lookscape.services.records import Params, Record

SAMPLE = 4000
"""Vectors that the axes of a Space are learned from."""

RESAMPLES = 1000
SHOWN = 0.5
"""Share of answers that the taste would have shown."""


class WhoParams(Params):
    """Whose taste, in which Space."""

    player: str | None = Field(default=None, description="the player's name, as on the page and in exports")
    team: str | None = Field(default=None, description="all players of a team, in place of one player")
    space: str | None = Field(default=None, description="the Space to learn in; default: the default model's")


class Measured(Record):
    """Approval of left-out answers with the taste and without it, and whether the taste is worth offering."""

    answers: int = Field(description="answers learned from")
    without: float = Field(description="share of likes among all single things answered")
    with_taste: float | None = Field(description="the same among the half that the taste would show; None: too few")
    gain_low: float | None = Field(description="the 95 % interval of the difference, by bootstrap")
    gain_high: float | None
    offered: bool = Field(description="the interval leaves out 0")
    says: str = Field(description="the same in words")


@dataclass(frozen=True, kw_only=True)
class Given:
    """One answer that says something about taste: a photo and a like, or a preferred photo and the other one."""

    photo_id: str
    other_id: str | None
    liked: bool
    query_id: str


class Taste:
    """A Space's axes and the answers of some people in it."""

    def __init__(self, space: Space, given: Sequence[Given]) -> None:
        self.space = space
        self.rows = {photo_id: row for row, photo_id in enumerate(space.ids)}
        self.given = [one for one in given if one.photo_id in self.rows and (one.other_id or one.photo_id) in self.rows]

    @classmethod
    def of(cls, engine: Engine, params: WhoParams) -> "Taste":
        """Of a player or a team. Raises UsageError when neither or both are named, NotFoundError for nobody."""
        space = engine.space(params.space)
        numbers = _numbers(engine, params)
        games = engine.catalogue.games
        return cls(space, [one for name in games.names() for one in _given(games.get(name), engine, numbers)])

    @cached_property
    def axes(self) -> Axes:
        """Principal components of the Space."""
        rows = np.random.default_rng(0).permutation(len(self.space.ids))[:SAMPLE]
        return Axes.of(np.asarray(self.space.vectors[np.sort(rows)], np.float32))

    def features(self, photo_ids: Sequence[str]) -> Floats:
        """M x D."""
        rows = [self.rows[photo_id] for photo_id in photo_ids]
        return self.axes.of_vectors(np.asarray(self.space.vectors[rows], np.float32))

    @cached_property
    def answers(self) -> Answers:
        """As the learner takes them."""
        first_ND = self.features([one.photo_id for one in self.given])
        other_ND = self.features([one.other_id or one.photo_id for one in self.given])
        single_N = np.array([one.other_id is None for one in self.given], bool)
        groups = {photo_id: number for number, photo_id in enumerate(dict.fromkeys(one.query_id for one in self.given))}
        return Answers(
            features_ND=first_ND - np.where(single_N[:, None], 0.0, other_ND),
            liked_N=np.array([one.liked for one in self.given], bool),
            single_N=single_N,
            groups_N=np.array([groups[one.query_id] for one in self.given], np.int64),
        )

    @cached_property
    def liking(self) -> Liking | None:
        """What was learned from all answers; None of too few."""
        return learn(self.answers) if self.answers.are_enough else None

    @cached_property
    def measured(self) -> Measured:
        """How much better what it would show is liked, on answers left out of learning."""
        singles_N = self.answers.single_N
        liked_N = self.answers.liked_N[singles_N].astype(np.float64)
        without = float(liked_N.mean()) if len(liked_N) else 0.0
        if self.liking is None or len(liked_N) < FEWEST:
            return _too_few(len(self.given), without)
        return measured(left_out_chances(self.answers)[singles_N], liked_N, answers=len(self.given))


def measured(chance_N: Floats, liked_N: Floats, *, answers: int) -> Measured:
    """Approval of all N against that of the half with the highest chances."""
    shown_N = np.zeros(len(liked_N), bool)
    shown_N[np.argsort(-chance_N, kind="stable")[: max(1, round(SHOWN * len(liked_N)))]] = True
    with_taste, without = float(liked_N[shown_N].mean()), float(liked_N.mean())
    low, high = _gain(liked_N, shown_N)
    offered = low > 0
    words = (
        f"{100 * with_taste:.0f} % of what this taste would show was liked, against {100 * without:.0f} % of everything"
    )
    doubt = "" if offered else "; that may be chance, so it is not offered yet"
    return Measured(
        answers=answers,
        without=without,
        with_taste=with_taste,
        gain_low=low,
        gain_high=high,
        offered=offered,
        says=words + doubt,
    )


def _gain(liked_N: Floats, shown_N: NDArray[np.bool_]) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    drawn_BN = rng.integers(0, len(liked_N), (RESAMPLES, len(liked_N)))
    liked_BN, shown_BN = liked_N[drawn_BN], shown_N[drawn_BN]
    with_B = (liked_BN * shown_BN).sum(axis=1) / np.maximum(shown_BN.sum(axis=1), 1)
    low, high = np.quantile(with_B - liked_BN.mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def _too_few(answers: int, without: float) -> Measured:
    says = f"{answers} answers are too few to learn from, or nearly all the same; play some more"
    return Measured(
        answers=answers, without=without, with_taste=None, gain_low=None, gain_high=None, offered=False, says=says
    )


def _numbers(engine: Engine, params: WhoParams) -> set[int]:
    if (params.player is None) == (params.team is None):
        raise UsageError("name either a player or a team")
    everybody = engine.catalogue.games.players().values()
    wanted = {one.id for one in everybody if (one.name == params.player if params.player else one.team == params.team)}
    if not wanted:
        raise NotFoundError(f"nobody called {params.player or params.team!r} has played yet")
    return wanted


def _given(game: Game, engine: Engine, numbers: set[int]) -> list[Given]:
    """Answers that say something about taste, of attentive players; checks, ties and imported votes do not."""
    questions = {question.id: question for question in game.questions if question.photo_id}
    casts = [cast for number in sorted(numbers) for cast in engine.catalogue.games.cast(game, player_id=number)]
    careless = {number for number, checks in checks_of(casts).items() if not is_attentive(checks)}
    kept = [cast for cast in casts if cast.ballot.player_id not in careless and cast.ballot.expected is None]
    found = [_one(cast, questions[cast.ballot.question_id]) for cast in kept if cast.ballot.question_id in questions]
    return [one for one in found if one is not None]


def _one(cast: Cast, question: Question) -> Given | None:
    ballot, query = cast.ballot, question.photo_id
    left = question.photo(ballot.left)
    if cast.answer in (Answer.YES, Answer.NO):
        return Given(photo_id=left, other_id=None, liked=cast.answer is Answer.YES, query_id=query)
    if cast.answer in (Answer.LEFT, Answer.RIGHT):
        right = question.photo(ballot.right)
        return Given(photo_id=left, other_id=right, liked=cast.answer is Answer.LEFT, query_id=query)
    return None
