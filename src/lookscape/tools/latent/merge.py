"""Merge factors that people see as one thing into one that changes them together.

FACTORS are names or ranks. The merged factor takes the place of the first; `latent undo` separates them again.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.representation.language.edits import LONGEST
from lookscape.services.language.edited import Changed, changed, factors_of, free_name
from lookscape.services.language.opened import ModelParams
from lookscape.tools import _tool


class Params(ModelParams):
    """Which factors, and the name of what they become."""

    factors: tuple[str, ...] = _tool.positional("names or ranks of at least two factors", min_length=2)
    name: str = Field(description="the name of the merged factor", min_length=1, max_length=LONGEST)


class Result(Changed):
    """The merged factor."""


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Merge them. Raises UsageError for fewer than two, or a name that another factor has."""
    factors = factors_of(engine, params)
    wanted = [factors.find(name) for name in params.factors]
    name = free_name(factors, params.name, but=tuple(factor.rank for factor in wanted))
    places = [factor.parts[0] for factor in wanted]
    found = changed(
        engine,
        params,
        lambda edits, by, at: edits.merge(*places, name=name, by=by, at=at),
        rank=wanted[0].rank,
    )
    return Result(**found.model_dump())
