"""Whose votes count: those of players who pass attention checks."""

from collections.abc import Iterable
from dataclasses import dataclass

from lookscape.catalogue.ballots import Cast

LEAST = 2
"""Failed checks before anybody is left out: one slip is human."""

SHARE = 0.34
"""Share of failed checks above which a player is left out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checks:
    """How a player did on ballots whose right answer is known."""

    passed: int = 0
    failed: int = 0


def is_attentive(checks: Checks) -> bool:
    """Should the player's votes count?"""
    return checks.failed < LEAST or checks.failed <= SHARE * (checks.passed + checks.failed)


def checks_of(casts: Iterable[Cast]) -> dict[int, Checks]:
    """Every player's checks, by the player's number; those who answered none have no entry."""
    found: dict[int, Checks] = {}
    for cast in casts:
        if cast.ballot.expected is None or cast.answer is None:
            continue
        before = found.get(cast.ballot.player_id, Checks())
        passed = cast.answer is cast.ballot.expected
        found[cast.ballot.player_id] = Checks(passed=before.passed + passed, failed=before.failed + (not passed))
    return found
