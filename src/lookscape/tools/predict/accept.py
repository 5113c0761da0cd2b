"""Accept predictions as labels: predicted values of these products become a person's values.

All of it is one act, which `annotate undo` takes back. Products that got a value from a person or the source meanwhile
are left as they are.
"""

from pydantic import Field

from lookscape.catalogue.records import Doing, How, Origin, Wish
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UsageError
from lookscape.services.labels.change import LONGEST_NAME, clean_name, who
from lookscape.tools import _tool


class Params(_tool.Params):
    """Which predictions, in whose name."""

    name: str = _tool.positional("the attribute", min_length=1, max_length=LONGEST_NAME)
    products: tuple[str, ...] = Field(default=(), description="only these products, by id")
    surer_than: float = Field(default=0.0, ge=0, le=1, description="only predictions with at least this confidence")
    everything: bool = Field(default=False, description="all predictions, where nothing else selects any")
    by: str = Field(default="", max_length=LONGEST_NAME, description="who does it; default: the settings' user")


class Result(_tool.Result):
    """What was accepted."""

    name: str
    accepted: int = Field(description="products whose value is now a person's")
    act: int | None = Field(description="the act, to undo")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Accept. Raises UsageError when nothing says which, NotFoundError when there is no such prediction."""
    name = clean_name(params.name)
    if not (params.products or params.surer_than or params.everything):
        raise UsageError("choose predictions: by products or surer_than; or everything for all of them")
    found = [
        item
        for item in engine.catalogue.shown(params.products or None, [name])
        if item.origin is Origin.PREDICTED and not item.unknown and item.confidence >= params.surer_than
    ]
    if not found:
        raise NotFoundError(f"none of these products has a predicted {name}; run: lookscape predict impute {name}")
    values_of: dict[str, tuple[str, ...]] = {}
    for item in found:
        values_of[item.product_id] = (*values_of.get(item.product_id, ()), item.value)
    wishes = [Wish(product_id=one, name=name, how=How.SET, values=values) for one, values in values_of.items()]
    doing = Doing(kind="set", by=who(engine, params.by), name=name, value="what was predicted")
    done = engine.catalogue.change(wishes, doing)
    return Result(name=name, accepted=done.changed, act=done.act.id if done.act else None)
