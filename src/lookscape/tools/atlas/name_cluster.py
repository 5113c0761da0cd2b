"""Label all products of a cluster with a name of your choice, in one undoable act.

NUMBER is the cluster's, VALUE what to call it: `name-cluster 3 "high tops"` sets `group` to `high tops` on all of its
products. Values from the source stay underneath.
"""

import getpass

from pydantic import Field

from lookscape.catalogue.records import Attribute, Origin
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UsageError
from lookscape.services.clusters import file
from lookscape.tools import _tool

LONGEST = 200


class Params(_tool.Params):
    """Which cluster and what to call it."""

    number: int = _tool.positional("the cluster's number", ge=1)
    value: str = _tool.positional("what to call it", min_length=1, max_length=LONGEST)
    name: str | None = Field(default=None, description="which clusters; default: `cluster`, or the first")
    attribute: str = Field(default="group", min_length=1, max_length=LONGEST, description="the attribute to set")
    by: str = Field(default="", max_length=LONGEST, description="who does it; default: the settings' user")


class Result(_tool.Result):
    """What was done."""

    name: str
    number: int
    attribute: str
    value: str
    products: int = Field(description="products that were given the value")
    act: int = Field(description="the act, to undo")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Set it. Raises UnknownNameError without such clusters, NotFoundError without such a number."""
    name = file.find_name(engine, params.name)
    attribute, value = params.attribute.strip(), params.value.strip()
    if not attribute or not value or file.NAME.fullmatch(attribute):
        raise UsageError("give a name for the cluster, and an attribute other than the clusters' own")
    members = file.open_members(engine, name)
    wanted = [members.product_ids[row] for row in members.of(params.number)]
    there = engine.catalogue.products(wanted)
    held = [product_id for product_id in wanted if product_id in there]
    if not held:
        raise NotFoundError(f"{name} has no cluster {params.number}, or none of its products is left")
    marks = [Attribute(product_id=one, name=attribute, value=value, origin=Origin.HUMAN) for one in held]
    act = engine.catalogue.annotate(marks, by=params.by or engine.settings.user or getpass.getuser())
    return Result(name=name, number=params.number, attribute=attribute, value=value, products=len(held), act=act.id)
