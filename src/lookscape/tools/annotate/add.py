"""Add one more value to an attribute on all selected products, keeping those it has.

Where only the source or a machine gave a value, adding confirms it and adds the new one. One act, which `annotate undo`
takes back.
"""

from lookscape.catalogue.records import How
from lookscape.engine import Engine
from lookscape.services.labels.change import LONGEST_VALUE, ChangeParams, ChangeResult, change
from lookscape.tools import _tool

Result = ChangeResult


class Params(ChangeParams):
    """Which products, which attribute, which further value."""

    value: str = _tool.positional("the value to add", max_length=LONGEST_VALUE)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Add it. Raises UsageError for an empty selection or value, NotFoundError for a product that is not there."""
    return change(engine, params, How.ADD, (params.value,))
