"""Kinds of columns as people see and change them, and what they do to maps, exports, groups and names."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import UnknownNameError, UsageError
from maps_catalogue import engine_with_heaps
from put_column import put_column

MANY = range(24)


@pytest.fixture
def engine(tmp_path: Path, catalogue_folder: Path) -> Iterator[Engine]:
    opened = engine_with_heaps(tmp_path / "catalogue", catalogue_folder)
    yield opened
    opened.catalogue.close()


@pytest.fixture
def copy(catalogue_copy: Catalogue) -> Engine:
    return Engine(catalogue_copy)


def test_info_lists_every_column_with_its_kind_and_why(copy: Engine) -> None:
    put_column(copy.catalogue, "style", [f"{n:04}" for n in MANY])
    put_column(copy.catalogue, "tag", [("a", "b"), "a"])
    listed = {one.name: one for one in copy.manage.info().columns}
    assert set(listed) == {facet.name for facet in copy.search.facets().facets}
    style, tag = listed["style"], listed["tag"]
    assert (style.kind, style.values, style.products, style.several) == ("code", 24, 24, 0)
    assert style.why == "leading zeros: 0000"
    assert (tag.kind, tag.values, tag.products, tag.several, tag.by) == ("word", 2, 2, 1, "")


def test_a_person_changes_a_kind_and_it_is_seen(copy: Engine) -> None:
    values = [f"1,{n}0" for n in range(10, 34)]
    put_column(copy.catalogue, "price", values)
    made = copy.annotate.kind("price", "number-point", by="ada")
    assert (made.was, made.kind, made.unread, made.values) == ("word", "number", 0, 24)
    assert {one.value: one.read_as for one in made.examples}["1,100"] == "1100"
    price = next(one for one in copy.manage.info().columns if one.name == "price")
    assert (price.kind, price.by, price.why) == ("number", "ada", "a person said so")
    assert sorted(copy.catalogue.values_of("price").values()) == values
    assert copy.annotate.kind("price", "number-comma", by="bob").examples[0].read_as == "1.100"
    assert copy.annotate.kind("price", "auto", by="bob").kind == "word"


def test_a_kind_that_cannot_be_is_refused_in_words(copy: Engine) -> None:
    put_column(copy.catalogue, "price", [f"1,{n}0" for n in range(10, 34)])
    with pytest.raises(UsageError, match="price: 1,100 can be read in two ways; say number-point or number-comma"):
        copy.annotate.kind("price", "number")
    with pytest.raises(UnknownNameError, match="prise"):
        copy.annotate.kind("prise", "number-point")


def test_an_export_holds_numbers_dates_and_codes_as_such(engine: Engine, tmp_path: Path) -> None:
    put_column(engine.catalogue, "ean", [f"{4006381333931 + n}" for n in MANY])
    put_column(engine.catalogue, "style", [f"{n:04}" for n in MANY])
    put_column(engine.catalogue, "season", [f"{n}E5" for n in MANY])
    put_column(engine.catalogue, "stock", [str(123_456_789 * n) for n in MANY])
    put_column(engine.catalogue, "price", [f"1.234.{n + 100},50 EUR" for n in MANY])
    put_column(engine.catalogue, "share", [f"0.{n + 1:02}345678901234567891" for n in MANY])
    put_column(engine.catalogue, "since", [f"{n + 1:02}.05.2024" for n in MANY])
    put_column(engine.catalogue, "colour", [("red", "white") if n % 2 else "red" for n in MANY])
    engine.atlas.map(space="heaps", name="map")
    engine.atlas.export(str(tmp_path / "out"))
    table = pq.read_table(tmp_path / "out" / "atlas.parquet")
    types = {name: str(table.schema.field(name).type) for name in table.column_names}
    assert [types[name] for name in ("ean", "style", "season")] == ["string"] * 3
    assert (types["stock"], types["price"], types["since"]) == ("int64", "double", "date32[day]")
    assert "list<" in types["colour"]
    assert [name for name in types if "written" in name] == [
        "price (as written)",
        "share (as written)",
        "since (as written)",
    ]
    rows = {row["product_id"]: row for row in table.to_pylist()}
    for product_id, product in engine.catalogue.products(rows).items():
        row, told = rows[product_id], product.attributes
        for name in ("ean", "style", "season"):
            assert row[name] == told[name]
        assert str(row["stock"]) == told["stock"]
        assert f"{row['price']:,.2f}".translate(str.maketrans(",.", ".,")) + " EUR" == told["price"]
        assert (row["price (as written)"], row["share (as written)"]) == (told["price"], told["share"])
        assert row["since"].strftime("%d.%m.%Y") == told["since"]
        assert tuple(row["colour"]) == product.values["colour"]
    head, *lines = (tmp_path / "out" / "metadata.tsv").read_text("utf-8").splitlines()
    for line in lines:
        said = dict(zip(head.split("\t"), line.split("\t"), strict=True))
        told = engine.catalogue.product(said["product_id"]).attributes
        assert {name: said[name] for name in told if name != "colour"} == {
            k: v for k, v in told.items() if k != "colour"
        }
