"""Workbooks: cells as Excel shows them, the sheet that is a table, merged cells, formulas nobody worked out."""

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lookscape.catalogue.tables.opening import open_table
from lookscape.catalogue.tables.reading import known_names
from lookscape.catalogue.tables.table import Table


def book(folder: Path, fill: Callable[[Any], None], *, name: str = "t.xlsx") -> Table:
    made = openpyxl.Workbook()
    fill(made)
    made.save(folder / name)
    return open_table(folder / name, known=known_names)


def rows(*given: list[Any]) -> Callable[[Any], None]:
    def fill(made: Any) -> None:
        for row in given:
            made.active.append(row)

    return fill


def cells(table: Table) -> list[dict[str, str]]:
    return [{name: "|".join(values) for name, values in line.cells.items()} for line in table.lines()]


@pytest.mark.parametrize(
    ("value", "shape", "text"),
    [
        (42, "00000", "00042"),
        (7, '"SKU-"0000', "SKU-0007"),
        (123456, "000-000", "123-456"),
        (1234567, "000-000", "1234-567"),
        (8710400123456, "0", "8710400123456"),
        (12.5, "0.00", "12.5"),
        (1299.0, "General", "1299"),
        (0.1 + 0.2, "General", "0.3"),
        (True, "General", "true"),
        (datetime(2024, 1, 5), "yyyy-mm-dd", "2024-01-05"),
        (date(2024, 1, 5), "dd.mm.yyyy", "2024-01-05"),
        (datetime(2024, 1, 5, 7, 30), "yyyy-mm-dd hh:mm", "2024-01-05 07:30:00"),
        (time(7, 30), "hh:mm", "07:30:00"),
        ("00042", "@", "00042"),
        ("1E5", "@", "1E5"),
        ("two\nlines", "@", "two\nlines"),
    ],
)
def test_a_cell_as_excel_shows_it(tmp_path: Path, value: Any, shape: str, text: str) -> None:
    def fill(made: Any) -> None:
        made.active.append(["file_name", "x"])
        made.active.append(["a.jpg", value])
        made.active["B2"].number_format = shape

    assert cells(book(tmp_path, fill)) == [{"file_name": "a.jpg", "x": text}]


def test_the_sheet_whose_header_says_most_is_read(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        made.active.title = "Instructions"
        made.active.append(["Fill in the sheet Template"])
        sheet = made.create_sheet("Template")
        for row in (["settings=1"], ["SKU", "Image", "Title"], ["1", "a.jpg", "Runner"]):
            sheet.append(row)

    table = book(tmp_path, fill, name="t.xlsm")
    assert table.found == "Excel sheet 'Template', header in row 2"
    assert table.notes == ("only the sheet 'Template' is read; there are also 'Instructions'",)
    assert cells(table) == [{"SKU": "1", "Image": "a.jpg", "Title": "Runner"}]


def test_merged_cells_count_for_each_of_their_rows(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        rows(["sku", "image", "size"], ["007", "a.jpg", 38], [None, "b.jpg", 39], ["8", "c.jpg", None])(made)
        made.active.merge_cells("A2:A3")
        made.active.merge_cells("B4:C4")

    table = book(tmp_path, fill)
    assert [row.get("sku") for row in cells(table)] == ["007", "007", "8"]
    assert [row.get("size") for row in cells(table)] == ["38", "39", None]
    assert table.notes == ("cells that are merged over several rows count for each of them",)


def test_a_formula_that_was_never_worked_out_is_named(tmp_path: Path) -> None:
    table = book(tmp_path, rows(["file_name", "x"], ["a.jpg", "=1+1"], ["b.jpg", 2]))
    assert [(line.place, line.problem) for line in table.lines()] == [
        ("row 2", "the formula in B2 was never worked out; open the table in Excel and save it"),
        ("row 3", ""),
    ]


def test_a_table_anywhere_on_the_sheet_with_gaps_and_too_many_cells(tmp_path: Path) -> None:
    def fill(made: Any) -> None:
        for place, value in {
            "C3": "file_name",
            "D3": "sku",
            "C4": "a.jpg",
            "D4": "1",
            "C6": "b.jpg",
            "E6": "x",
        }.items():
            made.active[place] = value

    table = book(tmp_path, fill)
    assert [(line.place, line.problem) for line in table.lines()] == [
        ("row 4", ""),
        ("row 6", "5 cells under 4 columns"),
    ]
