"""Give a factor a name that describes what people see in it.

FACTOR is its name or rank. NAME may say both ends too: `toe: slim ... tall`. The name belongs to this training of the
model, is shown wherever the factor is, and can be undone with `latent undo`.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.representation.language.edits import LONGEST
from lookscape.services.language.edited import Changed, changed, factors_of, free_name
from lookscape.services.language.opened import ModelParams
from lookscape.tools import _tool


class Params(ModelParams):
    """Which factor, and its name."""

    factor: str = _tool.positional("the factor's name or rank")
    name: str = Field(
        description="its new name, such as `toe height` or `toe: slim ... tall`",
        min_length=1,
        max_length=LONGEST,
        json_schema_extra={"positional": True},
    )


class Result(Changed):
    """The factor with its new name."""


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Name it. Raises UsageError when another factor has that name."""
    factors = factors_of(engine, params)
    factor = factors.find(params.factor)
    name = free_name(factors, params.name, but=(factor.rank,))
    found = changed(
        engine,
        params,
        lambda edits, by, at: edits.rename(factor.parts[0], name=name, by=by, at=at),
        rank=factor.rank,
    )
    return Result(**found.model_dump())
