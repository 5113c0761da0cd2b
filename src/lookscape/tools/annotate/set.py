"""Set an attribute to one value on all selected products, replacing people's earlier values.

The products are chosen by id, by filter, by the value of any attribute (a cluster is one), or by a search. Values from
the source or a machine are kept underneath. One act, which `annotate undo` takes back.
"""

from lookscape.catalogue.records import How
from lookscape.engine import Engine
from lookscape.services.labels.change import LONGEST_VALUE, ChangeParams, ChangeResult, change
from lookscape.tools import _tool

Result = ChangeResult


class Params(ChangeParams):
    """Which products, which attribute, which value."""

    value: str = _tool.positional("its value", max_length=LONGEST_VALUE)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Set it. Raises UsageError for an empty selection or value, NotFoundError for a product that is not there."""
    return change(engine, params, How.SET, (params.value,))
