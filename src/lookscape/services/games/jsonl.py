"""Votes as JSON lines, in the convention of Chatbot Arena, one duel a line:

    {"question_id": ..., "model_a": ..., "model_b": ..., "winner": "model_a" | "model_b" | "tie" | "tie (bothbad)",
     "judge": ..., "anony": true, "tstamp": 1700000000.0}

Swipes have no second model; their lines have `model_b` null, and the winner is "model_a" (liked) or "tie (bothbad)".
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lookscape.catalogue.ballots import NOBODY, Answer, Ballot, Cast, Game, Player
from lookscape.catalogue.tables.table import Table
from lookscape.errors import UsageError

WINNERS = {
    Answer.LEFT: "model_a",
    Answer.RIGHT: "model_b",
    Answer.TIE: "tie",
    Answer.BAD: "tie (bothbad)",
    Answer.YES: "model_a",
    Answer.NO: "tie (bothbad)",
}
OF_DUEL = {winner: answer for answer, winner in WINNERS.items() if answer not in (Answer.YES, Answer.NO)}
OF_SWIPE = {"model_a": Answer.YES, "tie (bothbad)": Answer.NO}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One vote as others read it; `model_b` None for a swipe."""

    question_id: str
    model_a: str
    model_b: str | None
    answer: Answer
    judge: str
    anony: bool
    at: datetime


def write(game: Game, casts: Iterable[Cast], players: Mapping[int, Player]) -> Iterator[bytes]:
    """Every answered ballot that is no check, in the order of the votes."""
    keys = {question.id: question.key for question in game.questions}
    for cast in casts:
        if cast.answer is None or cast.vote is None or cast.ballot.expected is not None:
            continue
        ballot = cast.ballot
        line = {
            "question_id": keys[ballot.question_id],
            "model_a": game.contestants[ballot.left],
            "model_b": game.contestants[ballot.right] if ballot.is_duel else None,
            "winner": WINNERS[cast.answer],
            "judge": players[ballot.player_id].name,
            "anony": True,
            "tstamp": cast.vote.at.timestamp(),
        }
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def read(table: Table) -> Iterator[Line]:
    """Votes of a table of any kind. Raises UsageError, with the line, for one that is none of these."""
    for row in table.lines():
        if row.problem:
            raise UsageError(f"{row.place} is no vote: {row.problem}")
        try:
            yield _line({name: values[0].strip() for name, values in row.cells.items()})
        except KeyError as error:
            raise UsageError(f"{row.place} is no vote: it has no {error}") from error
        except (ValueError, OverflowError) as error:
            raise UsageError(f"{row.place} is no vote: {error}") from error


def _line(given: Mapping[str, str]) -> Line:
    rival = given.get("model_b")
    answers = OF_SWIPE if rival is None else OF_DUEL
    winner = given["winner"]
    if winner not in answers:
        raise ValueError(f"winner {winner!r} is not one of {', '.join(answers)}")
    if rival is not None and rival == given["model_a"]:
        raise ValueError("a model cannot be compared with itself")
    return Line(
        question_id=given["question_id"],
        model_a=given["model_a"],
        model_b=rival,
        answer=answers[winner],
        judge=given["judge"],
        anony=given.get("anony", "true").casefold() != "false",
        at=datetime.fromtimestamp(float(given["tstamp"]), UTC),
    )


def ballot_of(line: Line, *, name: str, player_id: int, question_id: int, places: Mapping[str, int]) -> Ballot:
    """The ballot that a line answers."""
    right = NOBODY if line.model_b is None else places[line.model_b]
    return Ballot(id=name, player_id=player_id, question_id=question_id, left=places[line.model_a], right=right)
