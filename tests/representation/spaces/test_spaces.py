import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from lookscape.errors import ConflictError, LookscapeError, NotFoundError, UnknownNameError, UsageError
from lookscape.representation.spaces.space import Space, SpaceInfo, Spaces

INFO = SpaceInfo(model="pretrained", key="k1", dim=3, metric="cosine")


def rows(*ids: str, plus: float = 0) -> tuple[list[str], NDArray[np.float32]]:
    """A vector for each id that only that id has."""
    return list(ids), np.array([[ord(i[0]), ord(i[-1]), plus] for i in ids], np.float32).reshape(-1, 3)


@pytest.fixture
def spaces(tmp_path: Path) -> Spaces:
    return Spaces(tmp_path / "spaces")


@pytest.fixture
def space(spaces: Spaces) -> Space:
    return spaces.create("looks", INFO)


def test_rows_come_back_sorted_whatever_the_order_of_the_parts(space: Space) -> None:
    space.append(*rows("d", "a"))
    space.append(*rows("c", "b"))
    again = Space(space.folder)
    assert again.ids == space.ids == ("a", "b", "c", "d")
    np.testing.assert_array_equal(again.vectors, rows("a", "b", "c", "d")[1])
    assert (again.name, again.model, again.key, again.dim, again.metric) == ("looks", "pretrained", "k1", 3, "cosine")


def test_any_parquet_reader_can_read_a_part(space: Space) -> None:
    space.append(*rows("b", "a"))
    (part,) = space.folder.glob("part-*.parquet")
    table = pq.read_table(part)
    assert table.column_names == ["photo_id", "vector"]
    assert table["vector"].type.list_size == 3
    assert table.to_pylist()[1] == {"photo_id": "a", "vector": [97.0, 97.0, 0.0]}


def test_some_rows_are_read_without_holding_any(space: Space) -> None:
    space.append(*rows("d", "a", "x"))
    space.append(*rows("c", "b"))
    again = Space(space.folder)
    np.testing.assert_array_equal(again.take([4, 0, 2, 0]), rows("x", "a", "c", "a")[1])
    assert "_vectors" not in vars(again)
    np.testing.assert_array_equal(again.take([1]), again.vectors[[1]])
    np.testing.assert_array_equal(again.take([4, 1]), rows("x", "b")[1])
    assert again.take([]).shape == (0, 3)


def test_rows_that_were_only_moved_since_are_found(space: Space) -> None:
    space.append(*rows("d", "a"))
    space.append(*rows("c", "b"))
    reader = Space(space.folder)
    assert reader.ids == ("a", "b", "c", "d")
    space.compact()
    np.testing.assert_array_equal(reader.take([0, 3]), rows("a", "d")[1])
    np.testing.assert_array_equal(reader.vectors, rows("a", "b", "c", "d")[1])


def test_rows_that_are_others_since_are_not_taken_for_them(space: Space) -> None:
    space.append(*rows("d", "a", "b"))
    reader = Space(space.folder)
    assert len(reader.ids) == 3
    space.remove(["a"])
    with pytest.raises(LookscapeError, match="changed while it was read; try again"):
        reader.take([0])
    assert reader.ids == ("b", "d")


def test_an_empty_space_has_no_rows(space: Space) -> None:
    assert (len(space), space.ids, space.vectors.shape) == (0, (), (0, 3))


def test_vectors_cannot_be_changed_by_accident(space: Space) -> None:
    space.append(*rows("a"))
    with pytest.raises(ValueError, match="read-only"):
        space.vectors[0, 0] = 1


def test_an_id_appended_again_gets_the_new_vector(space: Space) -> None:
    space.append(*rows("a", "b"))
    space.append(*rows("a", plus=5))
    assert space.ids == ("a", "b")
    assert space.vectors[:, 2].tolist() == [5, 0]


def test_removing_rewrites_only_the_parts_concerned(space: Space) -> None:
    space.append(*rows("a", "b"))
    space.append(*rows("c", "d"))
    space.append(*rows("e"))
    first = next(iter(sorted(space.folder.glob("part-*")))).stat()
    assert space.remove(["d", "e", "nobody"]) == 2
    assert Space(space.folder).ids == ("a", "b", "c")
    parts = sorted(space.folder.glob("part-*"))
    assert (len(parts), parts[0].stat().st_ino, parts[0].stat().st_mtime_ns) == (2, first.st_ino, first.st_mtime_ns)


def test_the_fingerprint_follows_ids_and_vectors(space: Space) -> None:
    seen = [space.fingerprint]
    for change in (
        lambda: space.append(*rows("a", "b")),
        lambda: space.append(*rows("a", plus=1)),
        lambda: space.remove(["b"]),
    ):
        change()
        seen.append(space.fingerprint)
    assert len(set(seen)) == 4
    assert Space(space.folder).fingerprint == seen[-1]


def test_compacting_merges_small_parts_and_changes_nothing_else(space: Space) -> None:
    for letter in "fabd":
        space.append(*rows(letter))
    space.append(*rows("a", plus=9))
    before = (space.ids, space.vectors.copy())
    space.compact()
    assert len(list(space.folder.glob("part-*"))) == 1
    assert space.ids == before[0]
    np.testing.assert_array_equal(Space(space.folder).vectors, before[1])


def test_compacting_killed_half_way_leaves_the_same_rows(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    for letter in "ab":
        space.append(*rows(letter))
    space.append(*rows("a", plus=9))
    before = space.vectors.copy()

    def killed(self: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda self, missing_ok=False: None if missing_ok else killed(self))
        with pytest.raises(KeyboardInterrupt):
            space.compact()
    reopened = Space(space.folder)
    assert len(list(space.folder.glob("part-*"))) == 3
    np.testing.assert_array_equal(reopened.vectors, before)
    reopened.remove(["a"])
    assert reopened.ids == ("b",)


def test_rebuilding_empties_the_space_for_its_new_key(space: Space) -> None:
    space.append(*rows("a"))
    stale = next(space.folder.glob("part-*"))
    content = stale.read_bytes()
    space.rebuild(SpaceInfo(model="pretrained", key="k2", dim=2, metric="l2"))
    stale.write_bytes(content)  # as if killed before the old parts were deleted
    reopened = Space(space.folder)
    assert (reopened.ids, reopened.key, reopened.dim) == ((), "k2", 2)
    reopened.append(["z"], np.ones((1, 2), np.float32))
    assert Space(space.folder).ids == ("z",)


def test_half_written_files_are_not_parts(space: Space) -> None:
    space.append(*rows("a"))
    (space.folder / ".part-000002.parquet.1.tmp").write_bytes(b"PAR1")
    assert Space(space.folder).ids == ("a",)


def test_a_reader_survives_parts_that_vanish_under_it(space: Space) -> None:
    space.append(*rows("a"))
    space.append(*rows("b"))
    reader = Space(space.folder)
    space.compact()
    assert reader.ids == ("a", "b")


def test_one_writer_at_a_time(space: Space) -> None:
    other = Space(space.folder)
    with space.writing(), pytest.raises(ConflictError, match="looks is being written"), other.writing():
        pytest.fail("two writers")
    with other.writing():
        other.append(*rows("a"))


@pytest.mark.parametrize(
    ("ids", "vectors"),
    [
        (["a"], np.ones((1, 4), np.float32)),
        (["a", "b"], np.ones((1, 3), np.float32)),
        (["a", "a"], np.ones((2, 3), np.float32)),
        (["a"], np.full((1, 3), np.nan, np.float32)),
    ],
)
def test_wrong_rows_are_refused(space: Space, ids: list[str], vectors: NDArray[np.float32]) -> None:
    with pytest.raises(UsageError):
        space.append(ids, vectors)
    assert len(space) == 0


def test_damage_is_reported_with_what_to_do(space: Space) -> None:
    space.append(*rows("a"))
    part = next(space.folder.glob("part-*"))
    part.write_bytes(part.read_bytes()[:-30])
    with pytest.raises(LookscapeError, match="embed again"):
        Space(space.folder)
    (space.folder / "space.json").write_text(json.dumps({"nonsense": 1}))
    with pytest.raises(LookscapeError, match="damaged"):
        Space(space.folder)


def test_spaces_are_listed_opened_and_deleted_by_name(spaces: Spaces) -> None:
    assert spaces.names() == ()
    spaces.create("two", INFO)
    spaces.create("one", INFO)
    assert spaces.names() == ("one", "two")
    assert spaces.open("one").info == INFO
    with pytest.raises(ConflictError):
        spaces.create("one", INFO)
    with pytest.raises(UnknownNameError, match="did you mean one"):
        spaces.open("on")
    spaces.delete("one")
    assert spaces.names() == ("two",)


@pytest.mark.parametrize("name", ["", "../x", ".hidden", "a/b", "x" * 300])
def test_names_that_are_no_file_names_are_refused(spaces: Spaces, name: str) -> None:
    with pytest.raises(UsageError):
        spaces.create(name, INFO)
    with pytest.raises(UnknownNameError):
        spaces.open(name)


def test_a_folder_without_a_space_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="embed first"):
        Space(tmp_path)
