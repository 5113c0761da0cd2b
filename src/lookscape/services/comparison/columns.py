"""What can be asked of two groups: a column of every named factor, of every measure, of every label.

Labels that a model predicted are not asked, as a model says nothing new; nor are names, codes and addresses, which tell
every product from every other. Which labels are numbers or dates says their kind (catalogue/columns). Of a product
with several values the first by provenance is compared, and `several` counts such products.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.columns.kinds import Reading
from lookscape.catalogue.measuring import descriptions
from lookscape.catalogue.records import Origin
from lookscape.engine import LANGUAGE, Engine
from lookscape.services.language.table import describes, is_mark
from lookscape.services.maps.columns import as_column

PAGE = 2000
FEWEST = 5
"""A value of fewer products is put together with others as rare."""

RARE = "rare values"


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """One thing of N products: `numbers_N`, NaN unknown, or `texts_N`, empty unknown.

    `low` and `high` are words for the ends of a factor, `meaning` says what it is. `written` are N numbers or dates as
    people wrote them, none for factors and measures. `several` counts the products of which it is the first of several.
    """

    name: str
    kind: str
    meaning: str = ""
    low: str = ""
    high: str = ""
    numbers_N: NDArray[np.float64] | None = None
    texts_N: NDArray[np.str_] | None = None
    written: tuple[str, ...] = ()
    several: int = 0


def attribute_columns(engine: Engine, product_ids: Sequence[str], *, without: Sequence[str]) -> list[Column]:
    """Measures and labels, by name; those without values or with a single one are left out."""
    meanings, skipped = descriptions(), set(without)
    texts: dict[str, dict[str, list[str]]] = defaultdict(dict)
    kinds = engine.catalogue.column_kinds()
    for start in range(0, len(product_ids), PAGE):
        for one in engine.catalogue.shown(product_ids[start : start + PAGE]):
            if one.origin is not Origin.PREDICTED and not one.unknown and one.name not in skipped:
                texts[one.name].setdefault(one.product_id, []).append(one.value)
    found = []
    for name in sorted(texts):
        kind = "measure" if name in meanings else "label"
        values = [texts[name].get(product_id, [""])[0] for product_id in product_ids]
        if (kind == "measure" or not is_mark(name)) and (
            made := _column(name, values, kind=kind, meaning=meanings.get(name, ""), reading=kinds.get(name))
        ):
            found.append(replace(made, several=sum(len(several) > 1 for several in texts[name].values())))
    return found


def factor_columns(engine: Engine, product_ids: Sequence[str], *, model: str | None) -> tuple[list[Column], str]:
    """Percentiles on the named factors, and why there are none. Raises as `open_model` for a model that was named."""
    from lookscape.errors import LookscapeError
    from lookscape.services.language.factors import open_factors
    from lookscape.services.language.opened import open_model

    try:
        factors = open_factors(open_model(engine, model))
    except LookscapeError as error:
        if model is not None:
            raise
        return [], f"no named factors were compared: {error}"
    percentiles_NF = factors.percentiles(factors.values_NF)
    rows = [factors.row_of.get(product_id) for product_id in product_ids]
    found = [
        Column(
            name=factor.name,
            kind="factor",
            meaning="percentile of the catalogue, 0 to 100",
            low=factor.low,
            high=factor.high,
            numbers_N=np.array([np.nan if row is None else percentiles_NF[row, place] for row in rows]),
        )
        for place, factor in enumerate(factors.shown)
        if factor.is_named
    ]
    return found, "" if found else f"no factor of {model or LANGUAGE} has a confident name"


def _column(name: str, values: Sequence[str], *, kind: str, meaning: str, reading: Reading | None) -> Column | None:
    read = as_column(name, values, reading=reading)
    if read.numbers_N is not None:
        written = tuple(values) if kind == "label" else ()
        return Column(name=name, kind=kind, meaning=meaning, numbers_N=read.numbers_N, written=written)
    texts_N = np.array(values)
    if not describes(texts_N):
        return None
    counted = Counter(value for value in values if value)
    rare = {value for value, count in counted.items() if count < FEWEST}
    merged = rare if len(rare) > 1 else set()
    texts_N = np.array([RARE if value in merged else value for value in values])
    several = len(set(texts_N.tolist()) - {""}) > 1
    return Column(name=name, kind=kind, meaning=meaning, texts_N=texts_N) if several else None
