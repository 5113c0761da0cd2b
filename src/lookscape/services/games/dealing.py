"""Which ballot a player gets next: a question the player never saw, models and kinds mixed, sides at random."""

import random
import secrets
from collections.abc import Sequence, Set
from itertools import accumulate

from lookscape.catalogue.ballots import ITSELF, STRANGER, Answer, Ballot, Game, Question
from lookscape.ranking.duels import num_pairs

TRIES = 32
"""Questions drawn at random before those never seen are listed; soon one is new unless nearly all were seen."""


class Dealer:
    """Deals ballots of one game. Randomness cannot be foreseen unless a test gives its own."""

    def __init__(self, game: Game, *, rng: random.Random | None = None) -> None:
        self.game = game
        self._rng = rng or random.Random(secrets.randbits(256))  # noqa: S311 no secret is made with it
        size = len(game.contestants)
        self._pairs = [(first, second) for first in range(size) for second in range(first + 1, size)]
        self.weigh([1.0] * num_pairs(size))

    def weigh(self, weights: Sequence[float]) -> None:
        """Let duels of these pairs be asked in these proportions from now on."""
        self._cumulated = list(accumulate(weights))

    def deal(self, player_id: int, seen: Set[int]) -> Ballot | None:
        """A ballot about a question whose id is not among those seen; None when there is none left."""
        question = self._unseen(seen)
        if question is None:
            return None
        duel = self._rng.random() < self.game.duels
        if self._rng.random() < self.game.checks:
            return self._check(player_id, question, duel=duel)
        pair = self._pair(question) if duel else None
        if pair is None:
            return _ballot(player_id, question, (self._rng.randrange(len(self.game.contestants)),))
        return _ballot(player_id, question, self._rng.sample(pair, 2))

    def _unseen(self, seen: Set[int]) -> Question | None:
        questions = self.game.questions
        for _ in range(TRIES if len(seen) < len(questions) else 0):
            question = self._rng.choice(questions)
            if question.id not in seen:
                return question
        left = [question for question in questions if question.id not in seen]
        return self._rng.choice(left) if left else None

    def _pair(self, question: Question) -> tuple[int, int] | None:
        """Two contestants, by weight, that picked different photos; None when all picked the same."""
        if len({pick.photo_id for pick in question.picks}) < 2:
            return None
        for _ in range(TRIES):
            pair: tuple[int, int] = self._rng.choices(self._pairs, cum_weights=self._cumulated)[0]
            if question.photo(pair[0]) != question.photo(pair[1]):
                return pair
        return self._rng.choice([pair for pair in self._pairs if question.photo(pair[0]) != question.photo(pair[1])])

    def _check(self, player_id: int, question: Question, *, duel: bool) -> Ballot:
        """A ballot whose right answer anybody can see: the query's own photo, or a photo quite unlike it."""
        places = self._rng.sample((ITSELF, STRANGER), 2)
        if duel:
            return _ballot(player_id, question, places, Answer.LEFT if places[0] == ITSELF else Answer.RIGHT)
        return _ballot(player_id, question, places[:1], Answer.YES if places[0] == ITSELF else Answer.NO)


def _ballot(player_id: int, question: Question, places: Sequence[int], expected: Answer | None = None) -> Ballot:
    sides = dict(zip(("left", "right"), places, strict=False))
    name = secrets.token_urlsafe(16)
    return Ballot(id=name, player_id=player_id, question_id=question.id, expected=expected, **sides)
