"""JSON files that are a list of objects, as shops' programming interfaces answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from lookscape.catalogue.tables.opening import open_table
from lookscape.catalogue.tables.reading import read_columns
from lookscape.catalogue.tables.records import records
from lookscape.errors import UsageError


def written(folder: Path, content: Any) -> Path:
    (folder / "t.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return folder / "t.json"


def test_a_list_is_a_table_and_what_is_no_object_is_named(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, '[{"sku": 007, "x": 1}]'.replace("007", "7.00").replace("]", ", 3]")))
    assert table.found == "JSON in UTF-8, a list of 2"
    assert [(line.place, dict(line.cells), line.problem) for line in table.lines()] == [
        ("item 1", {"sku": ("7.00",), "x": ("1",)}, ""),
        ("item 2", {}, "not a JSON object"),
    ]


def test_a_list_under_one_name_with_photos_in_objects(tmp_path: Path) -> None:
    shown = [{"id": 1, "src": "https://a.example/1.jpg"}, {"id": 2, "src": "https://a.example/2.jpg"}]
    product = {"id": 7, "title": "Runner", "tags": ["sale", "red"], "images": shown}
    table = open_table(written(tmp_path, {"page": 1, "products": [product]}))
    [record] = records(table, read_columns(table))
    assert (record.product_id, record.name, record.attributes["tags"]) == ("7", "Runner", ("sale", "red"))
    assert record.photos == ("https://a.example/1.jpg", "https://a.example/2.jpg")


@pytest.mark.parametrize("content", ["[1, 2]", "{}", '{"a": [{}], "b": [{}]}', "7", "[oops"])
def test_what_is_no_list_is_one_sentence(tmp_path: Path, content: str) -> None:
    with pytest.raises(UsageError, match=r"t\.json (holds no list of objects|is not JSON)"):
        open_table(written(tmp_path, content))
