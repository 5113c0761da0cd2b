"""Boxes in a table: what counts as one, and how many there are."""

import pytest

from lookscape.catalogue.tables.boxes import WHOLE, Box, take_parts

ONE = Box(left=10, top=20, right=40, bottom=60)


@pytest.mark.parametrize(
    ("row", "boxes"),
    [
        ({"bbox": ("[10, 20, 30, 40]",)}, [ONE]),
        ({"BBox": ("10 20 30 40",)}, [ONE]),
        ({"bbox": ("10.6, 20.2, 29.4, 39.5",)}, [ONE]),
        ({"bbox": ("10", "20", "30", "40")}, [ONE]),
        ({"bbox": ("[[10, 20, 30, 40], [0, 0, 5, 5]]",)}, [ONE, Box(left=0, top=0, right=5, bottom=5)]),
        ({"bbox": ("10 20 30 40", "0 0 5 5")}, [ONE, Box(left=0, top=0, right=5, bottom=5)]),
        ({"x_1": ("10",), "y_1": ("20",), "x_2": ("40",), "y_2": ("60",)}, [ONE]),
        ({"xmin": ("10",), "ymin": ("20",), "xmax": ("40",), "ymax": ("60",)}, [ONE]),
        (
            {"bounding_box": ("0.1 0.25 0.3 0.5",)},
            [Box(left=0.1, top=0.25, right=0.4, bottom=0.75, shares=True)],
        ),
    ],
)
def test_the_ways_to_write_a_box(row: dict[str, tuple[str, ...]], boxes: list[Box]) -> None:
    cells = {**row, "colour": ("red",)}
    assert [part.box for part in take_parts(cells)] == boxes
    assert cells == {"colour": ("red",)}


def test_each_box_of_an_object_has_its_own_words() -> None:
    cells = {"objects": ('{"bbox": [[10, 20, 30, 40], [0, 0, 5, 5]], "category": ["boot", 3], "count": 2}',)}
    first, second = take_parts(cells)
    assert (first.box, dict(first.cells)) == (ONE, {"category": ("boot",)})
    assert dict(second.cells) == {"category": ("3",)}
    assert cells == {}


@pytest.mark.parametrize(
    "row",
    [
        {"bbox": ("large",)},
        {"bbox": ("1 2 3",)},
        {"bbox": ("1 2 3 nan",)},
        {"x_1": ("1",), "y_1": ("2",), "x_2": ("3",)},
        {"xmin": ("1",), "ymin": ("2",), "xmax": ("far",), "ymax": ("4",)},
        {"bounding_box": ("10 20 30 40",)},
        {"objects": ("three",)},
        {"objects": ('{"bbox": [["a", 1, 2, 3]]}',)},
    ],
)
def test_what_is_no_box_stays_as_it_is(row: dict[str, tuple[str, ...]]) -> None:
    cells = dict(row)
    assert take_parts(cells) == (WHOLE,)
    assert cells == row


@pytest.mark.parametrize(
    ("box", "part"),
    [
        (Box(left=-3, top=5, right=500, bottom=9), (0, 5, 100, 9)),
        (Box(left=0.101, top=0.25, right=0.4, bottom=0.76, shares=True), (10, 12, 40, 38)),
    ],
)
def test_every_pixel_that_is_touched_is_in_it(box: Box, part: tuple[int, ...]) -> None:
    assert box.within(100, 50) == part
