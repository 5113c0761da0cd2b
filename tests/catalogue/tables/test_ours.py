"""Values joined into a cell come out of it again, whatever they hold; every attribute has a column of its own."""

import random

import pytest

from lookscape.catalogue.tables import ours
from lookscape.catalogue.tables.ours import join_values, split_values

LETTERS = "a|\\b é,\n\"'=[]"


@pytest.mark.parametrize("seed", range(200))
def test_what_is_joined_is_split(seed: int) -> None:
    draw = random.Random(seed)
    words = ["".join(draw.choices(LETTERS, k=draw.randint(1, 6))).strip() for _ in range(draw.randint(0, 5))]
    values = tuple(dict.fromkeys(word for word in words if word))
    assert split_values(join_values(values)) == values


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("", ()),
        ("red", ("red",)),
        ("red | white|red", ("red", "white")),
        (r"C:\shoes\new", (r"C:\shoes\new",)),
        ("ends with \\", ("ends with \\",)),
        ("||", ()),
        (r"a\|b|c", ("a|b", "c")),
    ],
)
def test_cells_that_people_type(cell: str, values: tuple[str, ...]) -> None:
    assert split_values(cell) == values


NAMES = ["colour", "name", "Name", "product_id", "file_name", "back_file_name", "image", "values_separated_by"]
NAMES += ["attribute[name]", "attribute[attribute[name]]", "x.origin", "x", "attribute[x].by", "two\nlines", "id"]


def test_every_attribute_has_a_column_of_its_own() -> None:
    endings = (".origin", ".by")
    columns = {name: ours.column_of(name, endings=endings) for name in NAMES}
    marks = [f"{column}{ending}" for column in columns.values() for ending in endings]
    everything = [*ours.KEYS, ours.MARK, *columns.values(), *marks]
    assert len(set(everything)) == len(everything)
    assert {name: ours.attribute_of(column) for name, column in columns.items()} == dict(zip(NAMES, NAMES, strict=True))
    assert (columns["colour"], columns["name"]) == ("colour", "attribute[name]")
