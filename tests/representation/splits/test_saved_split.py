"""A split on disk: the same when read again, damaged ones and odd names refused in a sentence."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lookscape.errors import NotFoundError, UnknownNameError, UsageError
from lookscape.representation.splits.saved import Making, SavedSplit, open_split, split_names, split_path


def made() -> SavedSplit:
    return SavedSplit(
        making=Making(label="brand", shares=(0.5, 0.25, 0.25), seed=3, ignore_colours=True),
        made_at=datetime(2026, 1, 2, tzinfo=UTC),
        classes={"Nike": "Nike", "Ayo": "other"},
        parts={"a": "train", "b": "test", "c": "validation", "d": "aside", "e": "train"},
    )


def test_it_is_the_same_when_read_again(tmp_path: Path) -> None:
    made().save(split_path(tmp_path, "fair"))
    assert open_split(tmp_path, "fair") == made()
    assert split_names(tmp_path) == ["fair"]
    assert [path.name for path in (tmp_path / "splits").iterdir()] == ["fair.json"]


def test_rows_are_places_of_photos_by_part() -> None:
    rows = made().rows(["x", "e", "b", "d", "a", "c"])
    assert (rows.train.tolist(), rows.validation.tolist(), rows.test.tolist()) == ([1, 4], [5], [2])


def test_damage_and_wrong_names_get_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a name"):
        split_path(tmp_path, "../out")
    with pytest.raises(UnknownNameError, match="no split named 'fair'; there are: none yet"):
        open_split(tmp_path, "fair")
    made().save(split_path(tmp_path, "fair"))
    split_path(tmp_path, "fair").write_text("{}")
    with pytest.raises(NotFoundError, match="damaged"):
        open_split(tmp_path, "fair")
