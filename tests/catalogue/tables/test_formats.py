"""JSON Lines and Parquet: cells become text one way, values stay as they are written, bad lines are named."""

import base64
import json
import zlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lookscape.catalogue.tables.opening import open_table
from lookscape.catalogue.tables.parquet_photos import read_embedded
from lookscape.catalogue.tables.reading import read_columns
from lookscape.catalogue.tables.records import records
from lookscape.catalogue.tables.table import Table
from lookscape.errors import UsageError

OF_POLARS = (
    "eNoLcAwyFGUQzRH10hFlAzLYRNlkzBiAQGOr/l8Fs6cMDBOYgDw2RodDxQFnt529zMIQFMXMsGDyzL9SB4RE+SRVGdgkJVgzk5MzU0R5xNjE"
    "pjGKlahx2IDMkJQR4xAtEQOyRJkkdTxYivLzS0SZGET5RBVEmaB6GMTYJGUkZdRqZPCbJbaDUVSEASTCpsYhViICMl2CxzEoyD/cqjg5IzU3"
    "UWIDoz4IGOc7AoEriLAoA/IrAqF8sJC3o2OxozOYDnTUDgDKl5eDxD0dHdOR1YEJc5B8FVgcTLg7gqWA2oGanTwdncC0K8g8IACb4+gYEALU"
    "pA1hB0K0OgeCzEt3dALx3XOyIo1ysh0dbW0ZJPwC8nMSi4oVNAoqSzLy8zQVylKLijPz8xSM9Az1DBQ0kkozc1IUzNMsDYySUozT0lKMzNPS"
    "LIxSDE2MzC0SDSwTjSxN09KM0swTU1MsjTQlZWSAYZXHyMAQAIxXANT1ceQ="
)
"""Three codes of 20 digits that Polars 2.1.0 read from CSV: 16 bytes each, integers in a form of its own; deflated."""

ROWS: list[dict[str, Any]] = [
    {"file_name": "1.jpg", "product_id": "A", "Title": "Running shoe", "colour": "red, blue", "note": None},
    {"file_name": "2.jpg", "product_id": None, "Title": None, "colour": 'said "so"\nand left', "note": "größe 👟"},
    {"file_name": "", "product_id": "C", "Title": "nowhere", "colour": "x", "note": "y"},
    {"file_name": " 3.jpg ", "product_id": "007", "Title": "  ", "colour": "  green ", "note": "=1+1"},
]


def jsonl(path: Path, *lines: str) -> Table:
    path.write_text("\n".join(lines), encoding="utf-8")
    return open_table(path)


def parquet(path: Path, **columns: Any) -> Table:
    pq.write_table(pa.table(columns), path)
    return open_table(path)


def cells(table: Table) -> list[dict[str, tuple[str, ...]]]:
    return [dict(line.cells) for line in table.lines()]


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
def test_every_format_gives_the_same_records(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    if suffix == ".jsonl":
        table = jsonl(path, *map(json.dumps, ROWS))
    else:
        pq.write_table(pa.Table.from_pylist(ROWS), path)
        table = open_table(path)
    reading = read_columns(table)
    assert (reading.photos, reading.product, reading.name) == (("file_name",), "product_id", "Title")
    found = list(records(table, reading))
    assert [record.photos for record in found] == [("1.jpg",), ("2.jpg",), (), (" 3.jpg ",)]
    assert [record.product_id for record in found] == ["A", None, "C", "007"]
    assert [record.name for record in found] == ["Running shoe", None, "nowhere", None]
    assert [dict(record.attributes) for record in found] == [
        {"colour": ("red, blue",)},
        {"colour": ('said "so"\nand left',), "note": ("größe 👟",)},
        {"colour": ("x",), "note": ("y",)},
        {"colour": ("green",), "note": ("=1+1",)},
    ]


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("12.50", ("12.50",)),
        ("1E5", ("1E5",)),
        ("3", ("3",)),
        ("true", ("true",)),
        ("null", ()),
        ('"null"', ("null",)),
        ("NaN", ()),
        ('"NaN"', ("NaN",)),
        ('["a", "ü", null]', ("a", "ü")),
        ("[]", ()),
        ('{"a": [1.0, 2]}', ('{"a": [1.0, 2]}',)),
        ("[[0, 1, 2.50, 3]]", ("[[0, 1, 2.50, 3]]",)),
        ('"nul\\u0000nul"', ("nulnul",)),
        ('"\\ud83d!"', ("?!",)),
    ],
)
def test_json_stays_as_it_is_written(tmp_path: Path, value: str, texts: tuple[str, ...]) -> None:
    [found] = cells(jsonl(tmp_path / "t.jsonl", f'{{"file_name": "1.jpg", "x": {value}}}'))
    assert found.get("x", ()) == texts


def test_a_key_that_is_there_twice_has_both_values(tmp_path: Path) -> None:
    assert cells(jsonl(tmp_path / "t.jsonl", '{"x": 1, "y": 2, "x": "three"}')) == [{"x": ("1", "three"), "y": ("2",)}]


def test_lines_of_another_shape_are_named_and_the_others_read(tmp_path: Path) -> None:
    lines = ['{"a": 1}', "", "{oops", "[1]", '"text"', '{"b": 2}']
    table = jsonl(tmp_path / "t.jsonl", *lines)
    assert table.columns == ("a", "b")
    assert [(line.place, dict(line.cells), line.problem.partition(":")[0]) for line in table.lines()] == [
        ("line 1", {"a": ("1",)}, ""),
        ("line 3", {}, "not JSON"),
        ("line 4", {}, "not a JSON object"),
        ("line 5", {}, "not a JSON object"),
        ("line 6", {"b": ("2",)}, ""),
    ]


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([12, None, 2014]), ["12", "", "2014"]),
        (pa.array([12.0, float("nan"), 2014.0]), ["12", "", "2014"]),
        (pa.array([12.0, None, 2014.0]), ["12", "", "2014"]),
        (pa.array([12.0, None, 2014.5]), ["12.0", "", "2014.5"]),
        (pa.array([12.0, 13.0, 2014.0]), ["12.0", "13.0", "2014.0"]),
        (pa.array([89049032000001000018.0, None, 12.0]), ["8.9049032000001e+19", "", "12.0"]),
        (pa.array([Decimal(89049032000001000018), None, Decimal(12)]), ["89049032000001000018", "", "12"]),
        (pa.array(np.array([0.1, 0.2, 3], np.float32)), ["0.1", "0.2", "3.0"]),
        (pa.array([datetime(2024, 1, 5), None, datetime(2024, 2, 1)]), ["2024-01-05", "", "2024-02-01"]),
        (pa.array([datetime(2024, 1, 5, 7), None, None]), ["2024-01-05 07:00:00", "", ""]),
        (pa.array([date(2024, 1, 5), None, None]), ["2024-01-05", "", ""]),
        (pa.array([True, False, None]), ["true", "false", ""]),
        (pa.array(["000123", "1E5", "None"]), ["000123", "1E5", "None"]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([["a", "b"], [], None]), ["a|b", "", ""]),
    ],
)
def test_parquet_as_a_person_would_write_it(tmp_path: Path, column: Any, texts: list[str]) -> None:
    table = parquet(tmp_path / "t.parquet", x=column, file_name=["1", "2", "3"])
    assert ["|".join(row.get("x", ())) for row in cells(table)] == texts


def test_the_index_that_pandas_writes_is_left_out_and_said(tmp_path: Path) -> None:
    named = {"index_columns": ["__index_level_0__"], "columns": [], "column_indexes": []}
    made = pa.table({"file_name": ["a", "b"], "__index_level_0__": [0, 2]})
    pq.write_table(made.replace_schema_metadata({"pandas": json.dumps(named)}), tmp_path / "t.parquet")
    table = open_table(tmp_path / "t.parquet")
    assert table.columns == ("file_name",)
    assert table.notes == ("column '__index_level_0__' is the index that pandas wrote: left out",)


def test_photos_in_a_table_are_read_one_by_one_in_any_order(tmp_path: Path) -> None:
    photos = [bytes([number]) * 50 for number in range(40)]
    inside = pa.array([{"bytes": photo, "path": f"{number}.jpg"} for number, photo in enumerate(photos)])
    table = parquet(tmp_path / "t.parquet", image=inside, label=pa.array([number % 3 for number in range(40)]))
    assert (table.columns, table.embedded) == (("label",), ("image",))
    found = [photo for line in table.lines() for photo in line.photos]
    assert [(one.row, one.name) for one in found] == [(number, f"{number}.jpg") for number in range(40)]
    for row in (0, 1, 17, 39, 3):
        assert read_embedded(str(tmp_path / "t.parquet"), "", found[row]) == photos[row]


def test_names_of_classes_stand_for_their_numbers(tmp_path: Path) -> None:
    features = {"label": {"names": ["boot", "clog"], "_type": "ClassLabel"}}
    made = pa.table({"image": pa.array([b"x", b"y"]), "label": [1, 0]})
    written = {"huggingface": json.dumps({"info": {"features": features}})}
    pq.write_table(made.replace_schema_metadata(written), tmp_path / "t.parquet")
    assert cells(open_table(tmp_path / "t.parquet")) == [{"label": ("clog",)}, {"label": ("boot",)}]


def test_what_is_no_parquet_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1nothing")
    with pytest.raises(UsageError, match=r"t\.parquet is not a readable Parquet file"):
        open_table(tmp_path / "t.parquet")


def test_integers_that_only_polars_reads_are_told_with_a_way_around(tmp_path: Path) -> None:
    (tmp_path / "sims.parquet").write_bytes(zlib.decompress(base64.b64decode(OF_POLARS)))
    with pytest.raises(UsageError, match=r"more than 64 bits, as Polars makes .* \.cast\(pl\.String\)"):
        open_table(tmp_path / "sims.parquet")
