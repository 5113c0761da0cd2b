"""The table beside standard copies: a row for every photo of every product, in the catalogue's order, with every value.

CSV has several values of a cell with a bar between and says so (`lookscape.catalogue.tables.ours`). Parquet has lists,
and keeps codes such as 0042 as words for readers that take a CSV's for numbers.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lookscape.catalogue.records import Origin, Product
from lookscape.catalogue.tables import ours
from lookscape.catalogue.tables.ours import join_values
from lookscape.engine import Engine

BATCH = 500
NOTHING = frozenset(
    {"#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"}
    | {"NULL", "NaN", "None", "n/a", "nan", "null"}
)
"""Cells that pandas.read_csv takes for missing."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A photo of a product: its file, and the product."""

    file_name: str
    product: Product


def rows_of(engine: Engine, file_name: Callable[[str], str | None]) -> Iterator[Row]:
    """Every photo of every product; `file_name` gives that of a photo, by its id, or None when there is no copy."""
    for ids in _batches(engine):
        found = engine.catalogue.products(ids)
        for product in (found[product_id] for product_id in ids if product_id in found):
            for name in map(file_name, product.photo_ids):
                if name is not None:
                    yield Row(file_name=name, product=product)


def as_csv(rows: Sequence[Row]) -> bytes:
    """The rows as CSV."""
    names = _names(rows)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*ours.KEYS, ours.MARK, *map(ours.column_of, names)])
    for row in rows:
        values = row.product.values
        cells = [join_values(values.get(name, ())) for name in names]
        writer.writerow([row.file_name, row.product.id, row.product.name, ours.SEPARATOR, *cells])
    return text.getvalue().encode()


def as_parquet(rows: Sequence[Row]) -> bytes:
    """The rows as Parquet: a list where a product has several values, else words; null without a value."""
    from lookscape import parquet

    columns = {
        ours.PHOTO: parquet.texts([row.file_name for row in rows]),
        ours.PRODUCT: parquet.texts([row.product.id for row in rows]),
        ours.NAME: parquet.texts([row.product.name for row in rows]),
    }
    for name in _names(rows):
        values = [row.product.values.get(name, ()) for row in rows]
        if any(len(one) > 1 for one in values):
            columns[ours.column_of(name)] = parquet.text_lists([one or None for one in values])
        else:
            columns[ours.column_of(name)] = parquet.texts([one[0] if one else None for one in values])
    return parquet.encode(columns, metadata=ours.schema_said())


def changed_by_readers(rows: Sequence[Row]) -> list[str]:
    """Columns of which readers of CSV, pandas and those that use it, change values: 0042 to 42, NA to nothing."""
    changed, words, nothing = set[str](), set[str](), set[str]()
    for row in rows:
        cells = {ours.column_of(name): join_values(values) for name, values in row.product.values.items()}
        for name, cell in (cells | {ours.PRODUCT: row.product.id, ours.NAME: row.product.name}).items():
            number = _number(cell)
            if cell in NOTHING:
                nothing.add(name)
            elif number is None:
                words.add(name)
            elif ours.plain(number + 0.0) != cell:  # -0.0 is written 0
                changed.add(name)
    return sorted((changed - words) | nothing)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if text.isascii() and "_" not in text else None


def left_out(engine: Engine) -> list[str]:
    """What no such table says, in sentences: where values are from, and what people could not tell."""
    origins: Counter[str] = Counter()
    for ids in _batches(engine):
        origins.update("unknown" if item.unknown else item.origin for item in engine.catalogue.shown(ids))
    words = [_counted(origins, origin) for origin in (Origin.HUMAN, Origin.MEASURED, Origin.PREDICTED)]
    said = ", ".join(word for word in words if word)
    sentences = ["the files' own names and sizes: every photo is a square copy named by its hash"]
    if said:
        sentences.append(f"where values are from, with confidence, name and date ({said}): read back, all are given")
    if origins["unknown"]:
        sentences.append(f"that a person could not tell a value ({origins['unknown']:,}): such a cell is empty")
    return sentences


def _counted(origins: Mapping[str, int], origin: str) -> str:
    return f"{origins[origin]:,} {origin}" if origins[origin] else ""


def _names(rows: Sequence[Row]) -> list[str]:
    return sorted({name for row in rows for name in row.product.values})


def _batches(engine: Engine) -> Iterator[list[str]]:
    ids = engine.catalogue.ids()
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
