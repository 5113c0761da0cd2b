"""Store every product's position on the named factors, as attributes and as a table.

Each product gets `look.NAME`, its percentile on a named factor from 0 to 100, and a `look` such as `sole: light` for
each factor on which it is in the highest or lowest fifth, to filter by. They count as predicted, since they come from a
model; running it again replaces them, and undoing its act removes them. --out writes a table of all products and
factors, percentiles and standard deviations.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field, ValidationInfo

from lookscape.catalogue.records import Attribute, Origin
from lookscape.engine import Engine
from lookscape.errors import RefusedError, UsageError
from lookscape.files import write_atomically
from lookscape.services.language.factors import Factors, open_factors
from lookscape.services.language.opened import ModelParams, open_model
from lookscape.services.language.table import LOOK
from lookscape.tools import _tool

SLOW = True

KINDS = (".csv", ".parquet")


def _on_this_machine(given: Any, info: ValidationInfo) -> Any:
    """Over HTTP a path would be one of the server's."""
    if given is None:
        return None
    if not (info.context or {}).get("local"):
        raise RefusedError("out writes a file of the server; over HTTP fetch /language/table/MODEL.csv instead")
    if Path(given).suffix.lower() not in KINDS:
        raise UsageError(f"out: {str(given)!r} must end in {' or '.join(KINDS)}")
    return given


class Params(ModelParams):
    """What to write."""

    store: bool = Field(default=True, description="store percentiles and words as attributes of the products")
    out: Annotated[
        Path | None,
        BeforeValidator(_on_this_machine),
        Field(description="table to write, .csv or .parquet; terminal and Python only"),
    ] = None


class Result(_tool.Result):
    """What was written."""

    model: str
    products: int
    factors: list[str] = Field(description="the named factors")
    act: int | None = Field(description="the act that stored the attributes, to undo it; none when nothing was stored")
    written: str = Field(description="the table that was written, if any")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Work out, store, write. Raises UsageError for too few products or a file that cannot be written."""
    opened = open_model(engine, params.model)
    progress(0, 0, "reading the language")
    factors = open_factors(opened)
    named = [factor.name for factor in factors.shown if factor.is_named]
    if params.store and not named:
        raise UsageError("no factor has a name yet; run lookscape gauge for suggestions, or lookscape latent rename")
    act = None
    if params.store:
        progress(0, 0, f"storing {len(named)} factors of {len(factors.product_ids):,} products")
        act = engine.catalogue.annotate(list(_attributes(factors)), by=LOOK).id
    if params.out:
        progress(0, 0, f"writing {params.out.name}")
    return Result(
        model=opened.codec.name,
        products=len(factors.product_ids),
        factors=named,
        act=act,
        written=_write(factors, params.out) if params.out else "",
    )


def _attributes(factors: Factors) -> Iterator[Attribute]:
    percentiles_NF = factors.percentiles(factors.values_NF)
    named = [(place, factor) for place, factor in enumerate(factors.shown) if factor.is_named]
    for product_id, row_F in zip(factors.product_ids, percentiles_NF, strict=True):
        for place, factor in named:
            percentile = float(row_F[place])
            word = factor.word(percentile)
            values = {f"{LOOK}.{factor.name}": f"{percentile:.0f}", LOOK: f"{factor.name}: {word}" if word else ""}
            for name, value in values.items():
                if value:
                    yield Attribute(
                        product_id=product_id,
                        name=name,
                        value=value,
                        origin=Origin.PREDICTED,
                        confidence=round(factor.confidence, 3),
                    )


def columns_of(factors: Factors) -> dict[str, Any]:
    """The table: product, then percentile and standard deviations for each factor that is shown."""
    percentiles_NF = factors.percentiles(factors.values_NF).round(2)
    columns: dict[str, Any] = {"product_id": list(factors.product_ids)}
    for place, factor in enumerate(factors.shown):
        columns[f"{factor.name} percentile"] = percentiles_NF[:, place]
        columns[f"{factor.name} sd"] = np.round(factors.values_NF[:, place], 4)
    return columns


def as_csv(factors: Factors) -> str:
    """The table as CSV with a header."""
    columns = columns_of(factors)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()


def _write(factors: Factors, path: Path) -> str:
    content = as_csv(factors).encode() if path.suffix.lower() == ".csv" else _as_parquet(factors)
    try:
        write_atomically(path, content)
    except OSError as error:
        raise UsageError(f"out: {str(path)!r} cannot be written: {error.strerror}") from error
    return str(path)


def _as_parquet(factors: Factors) -> bytes:
    from lookscape import parquet

    columns = columns_of(factors)
    product_ids = parquet.texts(columns.pop("product_id"))
    return parquet.encode({"product_id": product_ids, **{name: parquet.numbers(columns[name]) for name in columns}})
