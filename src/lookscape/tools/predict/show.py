"""List predicted values of an attribute with their confidence, most or least confident first."""

from typing import Literal

from pydantic import Field

from lookscape.catalogue.records import Attribute, Origin
from lookscape.engine import Engine
from lookscape.services.labels.change import LONGEST_NAME
from lookscape.tools import _tool


class Params(_tool.Params):
    """Which attribute, in which order."""

    name: str = _tool.positional("the attribute", min_length=1, max_length=LONGEST_NAME)
    value: str = Field(default="", description="only predictions of this value")
    order: Literal["surest", "least"] = Field(default="least", description="most or least confident first")
    offset: int = Field(default=0, ge=0, description="predictions to skip")
    limit: int = Field(default=24, ge=1, le=500, description="predictions to list")


class Prediction(_tool.Result):
    """One predicted value in view, where no other takes precedence."""

    product_id: str
    product: str = Field(description="the product's name")
    photo_id: str = Field(json_schema_extra=_tool.MACHINES_ONLY)
    value: str
    confidence: float = Field(description="0 to 1")


class Result(_tool.Result):
    """Some of them."""

    name: str
    total: int = Field(description="number of predictions")
    predictions: list[Prediction]


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read the catalogue."""
    found = _predicted(engine, params.name.strip(), params.value.strip())
    sign = -1 if params.order == "surest" else 1
    found.sort(key=lambda item: (sign * item.confidence, item.product_id))
    page = found[params.offset : params.offset + params.limit]
    products = engine.catalogue.products([item.product_id for item in page])
    return Result(
        name=params.name.strip(),
        total=len(found),
        predictions=[
            Prediction(
                product_id=item.product_id,
                product=products[item.product_id].name,
                photo_id=products[item.product_id].photo_ids[0],
                value=item.value,
                confidence=item.confidence,
            )
            for item in page
        ],
    )


def _predicted(engine: Engine, name: str, value: str) -> list[Attribute]:
    shown = engine.catalogue.shown(engine.catalogue.ids(), [name])
    return [
        item for item in shown if item.origin is Origin.PREDICTED and not item.unknown and value in ("", item.value)
    ]
