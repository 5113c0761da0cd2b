"""Tables drawn at random and written in many forms with faults in them, each with what must come of it.

`draw(number, folder, photos)` writes one. Nothing in here reads tables with the code that is tested.
"""

import csv
import gzip
import io
import json
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

FORMS = (
    "comma", "semicolon", "tab", "bar", "utf-16", "cp1252", "gzip", "sep", "titled", "wrong ending",
    "jsonl", "jsonl.gz", "parquet", "xlsx",
)  # fmt: skip
SEPARATORS = {"semicolon": ";", "tab": "\t", "bar": "|", "cp1252": ";", "sep": ";", "wrong ending": "\t"}
CELLS = (
    "000123", "1E5", "12-3", "NA", "None", "null", "yes", "1,299.00", "1.299,00", "größe", "a;b", "a|b", "a\\b",
    'said "so"', '5" heel', "two\nlines", "0", "-", "TRUE", "2024-01-05", "99.90 €", "red, blue", "'x'", "=1+1",
    "8710400000012345678", "0.10", "x" * 300,
)  # fmt: skip
NAMES = ("colour", "EAN", "Größe", "price", "note (1)", "is new?", "Material/Stoff")


@dataclass(kw_only=True)
class Row:
    """What one row says. `values` are pairs of column and cell, since two columns may bear one name."""

    file: str
    product: str
    part: str
    values: list[tuple[str, str]]

    @property
    def said(self):
        """Column to the values that it should have."""
        found = {"part": (self.part,)} if self.part else {}
        for name, value in self.values:
            if value:
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), value)))
        return found


@dataclass(kw_only=True)
class Drawn:
    """A table on disk: rows that must come in, and places that must be named, with the fault that was put there."""

    path: object
    form: str
    rows: list[Row] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)


def draw(number, folder, photos, *, with_lines=True):
    """The table of this number; `photos` are names of files in the folder. `with_lines`: cells of several lines too."""
    rng = np.random.default_rng(number)
    form = FORMS[number % len(FORMS)]
    names = [str(name) for name in rng.choice(NAMES, size=rng.integers(1, 5), replace=False)]
    if rng.random() < 0.4:
        names.append(names[0])
    if rng.random() < 0.3 and form not in ("jsonl", "jsonl.gz", "parquet"):
        names.insert(int(rng.integers(len(names))), "")
    cells = [cell for cell in CELLS if with_lines or "\n" not in cell]
    rows = [_row(rng, place, names, photos, _in_form(cells, form)) for place in range(int(rng.integers(6, 16)))]
    write = {"jsonl": _json, "jsonl.gz": _json, "parquet": _parquet, "xlsx": _excel}.get(form, _text)
    return write(rng, Drawn(path=None, form=form), folder, names, rows)


def _in_form(cells, form):
    """Those that can be written in it."""
    return [cell for cell in cells if form != "cp1252" or cell.encode("cp1252", "ignore").decode("cp1252") == cell]


def _row(rng, place, names, photos, cells):
    values = [(name, str(rng.choice(cells)) if place == 0 or rng.random() < 0.85 else "") for name in names]
    part = str(rng.choice(["train", "test"])) if place > 1 else ("train", "test")[place]
    return Row(file=str(rng.choice(photos)), product=f"00{place}", part=part, values=values)


def _called(names, first):
    """The names with what a column without one is called, counted from the first that is before them."""
    return [name or f"column {place + first}" for place, name in enumerate(names)]


def _renamed(row, names, first):
    named = _called(names, first)
    row.values = [(name, value) for name, (_, value) in zip(named, row.values, strict=True)]
    return row


def _text(rng, drawn, folder, names, rows):
    separator = SEPARATORS.get(drawn.form, ",")
    end = str(rng.choice(["\n", "\r\n"]))

    def line(cells):
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=separator, lineterminator=end).writerow(cells)
        return out.getvalue()

    numbered = rng.random() < 0.3
    head = [""] if numbered else []
    text = f"sep={separator}{end}" if drawn.form == "sep" else ""
    if drawn.form == "titled":
        text += f"Products of our shop{end}{end}made on 5 January{separator}{end}"
    text += line([*head, "file_name", "product_id", "part", *names])
    first = 4 + len(head)
    for place, row in enumerate(rows):
        cells = [*([str(place)] if numbered else []), row.file, row.product, row.part, *(v for _, v in row.values)]
        fault = str(rng.choice(FAULTS)) if place > 1 and rng.random() < 0.4 else ""
        where = f"line {text.count(chr(10)) + 1}"
        text += TEXT_FAULTS[fault](cells, line, separator, end) if fault else line(cells)
        if fault in ("blank", "only separators"):
            where = f"line {text.count(chr(10)) + 1}"
            text += line(cells)
        if fault == "repeated":
            drawn.repeated.append(where)
        if fault in NAMED:
            drawn.named[where] = fault
        else:
            drawn.rows.append(_renamed(row, names, first))
    ending = {"tab": "tsv", "gzip": "csv.gz", "titled": "txt"}.get(drawn.form, "csv")
    encoding = {"utf-16": "utf-16", "cp1252": "cp1252"}.get(drawn.form, str(rng.choice(["utf-8", "utf-8-sig"])))
    data = text.encode(encoding if drawn.form != "sep" else "utf-8")
    drawn.path = folder / f"table.{ending}"
    drawn.path.write_bytes(gzip.compress(data) if drawn.form == "gzip" else data)
    return drawn


def _replaced(cells, place, text):
    return [*cells[:place], text, *cells[place + 1 :]]


def _raw(cells, separator, end, broken):
    """A row without any quotes but for the last cell, which stands there as it is."""
    plain = [cell.replace(separator, " ").replace('"', "").replace("\n", " ") for cell in cells[:-1]]
    return separator.join([*plain, broken]) + end


TEXT_FAULTS = {
    "too many cells": lambda cells, line, separator, end: line([*cells[:-1], "moved", cells[-1] or "x"]),
    "too few cells": lambda cells, line, separator, end: line([*cells[:-2], "last"]),
    "quote never closed": lambda cells, line, separator, end: _raw(cells, separator, end, '"never closed'),
    "quote not doubled": lambda cells, line, separator, end: _raw(cells, separator, end, '"12" heel"'),
    "file not there": lambda cells, line, separator, end: line(
        [cell if not cell.endswith(".jpg") else "gone.jpg" for cell in cells]
    ),
    "no file": lambda cells, line, separator, end: line(["" if cell.endswith(".jpg") else cell for cell in cells]),
    "blank": lambda cells, line, separator, end: end,
    "only separators": lambda cells, line, separator, end: separator * (len(cells) - 1) + end,
    "repeated": lambda cells, line, separator, end: line(cells) + line(cells),
}
FAULTS = tuple(TEXT_FAULTS)
NAMED = {
    "too many cells", "too few cells", "quote never closed", "quote not doubled", "file not there", "no file",
    "not JSON", "a list", "a text", "a number",
}  # fmt: skip


def _json(rng, drawn, folder, names, rows):
    lines = []
    for place, row in enumerate(rows):
        given = [("file_name", row.file), ("product_id", row.product), ("part", row.part), *row.values]
        pairs = ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in given)
        text = f"{{{pairs}}}"
        fault = str(rng.choice(JSON_FAULTS)) if place > 1 and rng.random() < 0.4 else ""
        if fault == "blank":
            lines.append("")
        where = f"line {len(lines) + 1}"
        broken = {
            "not JSON": text[:-3], "a list": '["a", "b"]', "a text": '"text"', "a number": "7",
            "file not there": text.replace(row.file, "gone.jpg", 1), "no file": text.replace("file_name", "fil", 1),
        }  # fmt: skip
        lines.append(broken.get(fault, text))
        if fault == "repeated":
            lines.append(text)
            drawn.repeated.append(where)
        if fault in NAMED:
            drawn.named[where] = fault
        else:
            drawn.rows.append(row)
    drawn.path = folder / f"table.{drawn.form}"
    data = "\n".join(lines).encode(str(rng.choice(["utf-8", "utf-8-sig", "utf-16"])))
    drawn.path.write_bytes(gzip.compress(data) if drawn.form == "jsonl.gz" else data)
    return drawn


JSON_FAULTS = ("not JSON", "a list", "a text", "a number", "file not there", "no file", "blank", "repeated")


def _cells(rng, drawn, rows, *, first):
    """Rows of cells with faults that any table can have; `first` is the number of the first."""
    found = []
    for place, row in enumerate(rows):
        cells = [row.file, row.product, row.part, *(value for _, value in row.values)]
        fault = str(rng.choice(["file not there", "no file", "repeated"])) if place > 1 and rng.random() < 0.3 else ""
        where = f"row {first + len(found)}"
        found.append(_replaced(cells, 0, {"file not there": "gone.jpg", "no file": ""}.get(fault, row.file)))
        if fault == "repeated":
            found.append(cells)
            drawn.repeated.append(where)
        if fault in NAMED:
            drawn.named[where] = fault
        else:
            drawn.rows.append(row)
    return found


def _parquet(rng, drawn, folder, names, rows):
    cells = _cells(rng, drawn, rows, first=1)
    columns = [pa.array([value or None for value in column]) for column in zip(*cells, strict=True)]
    drawn.path = folder / "table.parquet"
    pq.write_table(pa.Table.from_arrays(columns, names=["file_name", "product_id", "part", *names]), drawn.path)
    return drawn


def _excel(rng, drawn, folder, names, rows):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    above = int(rng.integers(0, 3))
    for _ in range(above):
        sheet.append(["Products of our shop"])
    sheet.append(["file_name", "product_id", "part", *names])
    rows = [_renamed(row, names, 4) for row in rows]
    for number, cells in enumerate(_cells(rng, drawn, rows, first=above + 2), start=above + 2):
        for place, value in enumerate(cells, start=1):
            cell = sheet.cell(number, place)
            cell.value, cell.data_type = value or None, "s" if value else "n"
    book.create_sheet("Notes").append(["nothing"])
    drawn.path = folder / "table.xlsx"
    book.save(drawn.path)
    return drawn
