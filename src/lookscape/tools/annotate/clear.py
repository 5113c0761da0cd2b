"""Remove an attribute's value, or one of several, from all selected products.

People's values end; a value from the source or a machine is hidden: a person says that nobody can tell. With --withdraw
only people's values are removed, and those of the source or a machine are shown again. One act, which `annotate undo`
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

    value: str = Field(default="", max_length=LONGEST_VALUE, description="only this value of several; default: all")
    withdraw: bool = Field(default=False, description="show the source's or a machine's value again")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Clear it. Raises UsageError for an empty selection, NotFoundError for a product that is not there."""
    if params.value and params.withdraw:
        raise UsageError("withdraw removes all of people's values, so it takes no value")
    if params.value:
        return change(engine, params, How.REMOVE, (params.value,))
    return change(engine, params, How.WITHDRAW if params.withdraw else How.CLEAR)
