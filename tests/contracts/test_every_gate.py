"""Every gate passes an ordinary product photo, says why when it does not pass one, and is used by ingest."""

from collections.abc import Callable
from functools import partial

import pytest

from lookscape import parts
from lookscape.catalogue.ingest.prepare import GATES, prepare
from lookscape.catalogue.source import FileRow, Item

NAMES = parts.names(GATES)
SIZES = [(1, 1), (1, 4000), (7, 8), (8, 8), (40, 30), (224, 224), (6000, 4000)]


@pytest.mark.parametrize("name", NAMES)
def test_an_ordinary_photo_passes(name: str) -> None:
    assert parts.load(GATES, name).check(800, 600) is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_answer_is_none_or_one_sentence_however_the_photo_is_turned(name: str, width: int, height: int) -> None:
    check = parts.load(GATES, name).check
    reasons = [check(width, height), check(height, width)]
    assert (reasons[0] is None) == (reasons[1] is None)
    assert all(reason is None or (reason and "\n" not in reason) for reason in reasons)


@pytest.mark.parametrize("name", NAMES)
def test_ingest_asks_it(name: str, monkeypatch: pytest.MonkeyPatch, photo_bytes: Callable[..., bytes]) -> None:
    item = Item(file=FileRow(path="1.jpg", stamp="1"), load=partial(bytes, photo_bytes(1)))
    assert prepare(item, side=64, seen={}).reason is None
    monkeypatch.setattr(parts.load(GATES, name), "check", lambda width, height: f"{width} by {height}")
    assert prepare(item, side=64, seen={}).reason == "40 by 30"


def test_spacers_and_tracking_pixels_are_turned_away(photo_bytes: Callable[..., bytes]) -> None:
    spacer = Item(file=FileRow(path="1.png", stamp="1"), load=partial(bytes, photo_bytes(1, size=(7, 300), kind="PNG")))
    assert prepare(spacer, side=64, seen={}).reason == (
        "7 x 300 pixels is too small for a product photo (at least 8 on each side)"
    )
