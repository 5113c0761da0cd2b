"""Show a hidden factor again.

FACTOR is its name or rank; `latent factors --hidden` lists those that are hidden.
"""

from lookscape.engine import Engine
from lookscape.services.language.edited import Changed, changed, factor_of
from lookscape.services.language.opened import ModelParams
from lookscape.tools import _tool


class Params(ModelParams):
    """Which factor."""

    factor: str = _tool.positional("the factor's name or rank")


class Result(Changed):
    """The factor that is back."""


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Show it."""
    factor = factor_of(engine, params, params.factor)
    found = changed(engine, params, lambda edits, by, at: edits.show(factor.parts[0], by=by, at=at), rank=factor.rank)
    return Result(**found.model_dump())
