"""Hide a factor that means nothing to people from lists, sliders and words.

FACTOR is its name or rank. Nothing is lost: `latent show` brings it back.
"""

from lookscape.engine import Engine
from lookscape.services.language.edited import Changed, changed, factor_of
from lookscape.services.language.opened import ModelParams
from lookscape.tools import _tool


class Params(ModelParams):
    """Which factor."""

    factor: str = _tool.positional("the factor's name or rank")


class Result(Changed):
    """The hidden factor."""


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Hide it."""
    factor = factor_of(engine, params, params.factor)
    found = changed(engine, params, lambda edits, by, at: edits.hide(factor.parts[0], by=by, at=at), rank=factor.rank)
    return Result(**found.model_dump())
