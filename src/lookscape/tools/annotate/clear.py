"""Take an attribute's value away on all selected products, or one of several values.

What people said ends; where the source or a machine says something, it is hidden: a person says that nobody can tell.
With --withdraw only what people said is taken away, and the others' word is shown again. One act, which `annotate undo`
takes back.
"""

from pydantic import Field

from lookscape.catalogue.records import How
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.services.labels.change import LONGEST_VALUE, ChangeParams, ChangeResult, change
from lookscape.tools import _tool

Result = ChangeResult


class Params(ChangeParams):
    """Which products, which attribute, and what of it."""

    value: str = Field(default="", max_length=LONGEST_VALUE, description="only this value of several; all without it")
    withdraw: bool = Field(default=False, description="show again what the source or a machine says")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Clear it. Raises UsageError for an empty selection, NotFoundError for a product that is not there."""
    if params.value and params.withdraw:
        raise UsageError("withdraw takes away all that people said, so it goes without a value")
    if params.value:
        return change(engine, params, How.REMOVE, (params.value,))
    return change(engine, params, How.WITHDRAW if params.withdraw else How.CLEAR)
