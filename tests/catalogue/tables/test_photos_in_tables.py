"""Photos in Parquet itself, as datasets come: several columns, lists, masks beside, paths alone; and twin columns."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lookscape.catalogue.source import Item, SourceOptions, read_source
from lookscape.catalogue.tables.opening import open_table


def inside(number: int, path: str | None = None) -> dict[str, Any]:
    return {"bytes": bytes([number]) * 9, "path": path}


def written(folder: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), folder / "t.parquet")
    return folder / "t.parquet"


def items(path: Path) -> list[Item]:
    return list(read_source(str(path), SourceOptions()).items)


def loaded(found: list[Item]) -> list[tuple[str | None, bytes]]:
    return [(item.file.product_id, item.load()) for item in found if item.load]


def test_every_column_of_photos_is_read_and_masks_are_left_out(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        id=["x", "y"],
        image=[inside(0, "0.jpg"), inside(1)],
        back=[inside(2), None],
        mask=[inside(3), inside(4)],
        label=["boot", "clog"],
    )
    listing = read_source(str(path), SourceOptions())
    found = list(listing.items)
    assert loaded(found) == [("x", b"\0" * 9), ("x", b"\2" * 9), ("y", b"\1" * 9)]
    assert [dict(item.file.attributes) for item in found] == [{"label": "boot"}, {}, {"label": "clog"}]
    assert "'mask' is left out: no photos by its name" in listing.account.sentences[0]
    chosen = read_source(str(path), SourceOptions(columns=("photo=mask",)))
    assert loaded(list(chosen.items)) == [("x", b"\3" * 9), ("y", b"\4" * 9)]


def test_lists_of_photos_are_one_product(tmp_path: Path) -> None:
    path = written(tmp_path, images=[[inside(0, "0.jpg"), inside(1)], [inside(2)], []], label=["a", "b", "c"])
    found = items(path)
    assert loaded(found) == [("0.jpg", b"\0" * 9), ("0.jpg", b"\1" * 9), (None, b"\2" * 9)]
    assert [item.problem for item in found if item.problem] == ["row 3: the row names no photo"]


def test_paths_without_bytes_are_files(tmp_path: Path) -> None:
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    (tmp_path / "a.jpg").write_bytes(b"a")
    path = written(tmp_path, image=pa.array([{"bytes": None, "path": "a.jpg"}], kind), label=["x"])
    assert loaded(items(path)) == [(None, b"a")]


def test_twin_columns_are_several_values(tmp_path: Path) -> None:
    columns = [pa.array(["a.jpg"]), pa.array(["red"]), pa.array(["dark"])]
    pq.write_table(pa.Table.from_arrays(columns, names=["file_name", "colour", "colour"]), tmp_path / "t.parquet")
    table = open_table(tmp_path / "t.parquet")
    assert table.notes == ("there are 2 columns 'colour': several values of one",)
    assert [dict(line.cells) for line in table.lines()] == [{"file_name": ("a.jpg",), "colour": ("red", "dark")}]


def test_bytes_that_are_no_photo_are_left_out_and_said(tmp_path: Path) -> None:
    path = written(tmp_path, file_name=["a.jpg"], hash=[b"\0\1"], parts=[[b"x"]])
    table = open_table(path)
    assert table.columns == ("file_name",)
    assert table.notes == tuple(
        f"column {name!r} holds bytes that are no photo: left out" for name in ("hash", "parts")
    )
