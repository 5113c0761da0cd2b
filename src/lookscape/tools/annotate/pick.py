"""List the ids of a selection, in the order of ingest; for a search, closest first."""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.labels.selection import SelectionParams, select
from lookscape.tools import _tool


class Params(SelectionParams):
    """Which products, and which part of them."""

    offset: int = Field(default=0, ge=0, description="products to skip")
    size: int = Field(default=100_000, ge=1, le=1_000_000, description="products to list")


class Result(_tool.Result):
    """Ids of products."""

    product_ids: list[str]
    total: int = Field(description="products selected, listed or not")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Select. Raises UsageError when the choice contradicts itself."""
    ids = select(engine, params, usually_all=True).product_ids
    return Result(product_ids=list(ids[params.offset : params.offset + params.size]), total=len(ids))
