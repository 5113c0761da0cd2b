"""What people's answers say about contestants: swipes and duels, each by who judged it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lookscape.catalogue.ballots import Answer, Cast
from lookscape.ranking.duels import Duel


@dataclass(frozen=True, kw_only=True, slots=True)
class Swipe:
    """One judged match of a contestant, by place."""

    contestant: int
    liked: bool
    judge: int
    question_id: int


def swipes(casts: Iterable[Cast]) -> Iterator[Swipe]:
    """Answered swipes that are no checks."""
    for cast in casts:
        ballot, answer = cast.ballot, cast.answer
        if answer is not None and ballot.expected is None and not ballot.is_duel:
            liked = answer is Answer.YES
            yield Swipe(contestant=ballot.left, liked=liked, judge=ballot.player_id, question_id=ballot.question_id)


def duels(casts: Iterable[Cast]) -> Iterator[Duel]:
    """Answered duels that are no checks; "both bad" is a tie."""
    return (duel for cast in casts if (duel := duel_of(cast)) is not None)


def duel_of(cast: Cast) -> Duel | None:
    """The duel that a ballot was, if it was one and was answered."""
    ballot, answer = cast.ballot, cast.answer
    if answer is None or ballot.expected is not None or not ballot.is_duel:
        return None
    winner = {Answer.LEFT: ballot.left, Answer.RIGHT: ballot.right}.get(answer)
    return Duel(left=ballot.left, right=ballot.right, winner=winner, judge=ballot.player_id)
