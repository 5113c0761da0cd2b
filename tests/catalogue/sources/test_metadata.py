"""Tables: the three formats say the same, and cells become text one way."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lookscape.catalogue.sources._metadata import FILE_COLUMNS, Record, records, target_column

from lookscape.catalogue.sources import _metadata

ROWS: list[dict[str, Any]] = [
    {"file_name": "1.jpg", "product_id": "A", "Title": "Running shoe", "colour": "red, blue", "note": None},
    {"file_name": "2.jpg", "product_id": None, "Title": None, "colour": 'said "so"\nand left', "note": "größe 👟"},
    {"file_name": "", "product_id": "C", "Title": "nowhere", "colour": "x", "note": "y"},
    {"file_name": " 3.jpg ", "product_id": "007", "Title": "  ", "colour": "  green ", "note": "=1+1"},
]
EXPECTED = [
    Record(target="1.jpg", product_id="A", name="Running shoe", attributes={"colour": "red, blue"}),
    Record(target="2.jpg", attributes={"colour": 'said "so"\nand left', "note": "größe 👟"}),
    Record(target="3.jpg", product_id="007", attributes={"colour": "green", "note": "=1+1"}),
]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".jsonl":
        path.write_text("\n\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, rows[0], delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writeheader()
            writer.writerows(rows)
    return path


@pytest.mark.parametrize("suffix", _metadata.SUFFIXES)
def test_every_format_gives_the_same_records(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"metadata{suffix}", ROWS)
    assert target_column(path, FILE_COLUMNS) == "file_name"
    assert list(records(path, "file_name")) == EXPECTED


def test_cells_become_text(tmp_path: Path) -> None:
    row = {
        "file_name": "1.jpg",
        "price": 12.5,
        "stock": 3,
        "new": True,
        "tags": ["a", "ü"],
        "nan": float("nan"),
        "no": {},
    }
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps(row))
    [record] = records(path, "file_name")
    assert record.attributes == {"price": "12.5", "stock": "3", "new": "true", "tags": '["a", "ü"]', "no": "{}"}


def test_what_no_database_stores_is_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"file_name": "1.jpg", "a\\u0000b": "nul\\u0000nul", "half": "\\ud83d!"}')
    [record] = records(path, "file_name")
    assert record.attributes == {"ab": "nulnul", "half": "?!"}


def test_ragged_rows_are_taken_as_far_as_they_go(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("file_name,colour\n1.jpg\n2.jpg,red,too many\n\n")
    assert [dict(record.attributes) for record in records(path, "file_name")] == [{}, {"colour": "red"}]


@pytest.mark.parametrize(("header", "column"), [("Image_Path", "Image_Path"), (" path ", "path"), ("url", None)])
def test_the_file_column_goes_by_several_names(tmp_path: Path, header: str, column: str | None) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"colour,{header}\nred,1.jpg\n")
    assert target_column(path, FILE_COLUMNS) == column
    if column:
        assert [record.target for record in records(path, column)] == ["1.jpg"]
