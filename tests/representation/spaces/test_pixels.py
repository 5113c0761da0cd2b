"""The array of pixels: made once, made again when photos change, never half there."""

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from lookscape.errors import CancelledError, LookscapeError, UsageError
from lookscape.representation.spaces import pixels as pixel_arrays
from lookscape.representation.spaces.embed import PhotoSet
from lookscape.representation.spaces.pixels import Pixels, prepare
from lookscape.representation.spaces.preprocess import decode, square
from tiny_runs import photo_set


def silent(done: int, total: int, stage: str) -> None:
    """Nobody watches."""


def made(folder: Path, photos: PhotoSet, *, side: int = 32) -> Pixels:
    return prepare(photos, side=side, folder=folder, progress=silent)


def test_rows_are_the_photos_by_id(tmp_path: Path) -> None:
    photos = photo_set(5)
    shuffled = PhotoSet(ids=photos.ids[::-1], read=photos.read)
    pixels = made(tmp_path, shuffled)
    assert pixels.ids == tuple(sorted(photos.ids))
    assert (pixels.side, len(pixels)) == (32, 5)
    assert isinstance(pixels.array_NHWC, np.memmap)
    for row, photo_id in enumerate(pixels.ids):
        expected = square(decode(photos.read(photo_id), side=32), side=32)
        np.testing.assert_array_equal(pixels.array_NHWC[row], expected)


def test_it_is_made_once(tmp_path: Path) -> None:
    photos = photo_set(3)
    made(tmp_path, photos)

    def read(photo_id: str) -> bytes:
        raise AssertionError(photo_id)

    assert len(made(tmp_path, PhotoSet(ids=photos.ids, read=read))) == 3


def test_photos_that_cannot_be_read_are_left_out(tmp_path: Path) -> None:
    photos = photo_set(4)
    damaged = PhotoSet(ids=photos.ids, read=lambda one: b"not a photo" if one == "0001" else photos.read(one))
    pixels = made(tmp_path, damaged)
    assert pixels.ids == ("0000", "0002", "0003")
    np.testing.assert_array_equal(pixels.array_NHWC[1], made(tmp_path / "all", photos).array_NHWC[2])


def test_with_none_that_can_be_read_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none of the catalogue's photos can be read"):
        made(tmp_path, PhotoSet(ids=["a"], read=lambda _: b""))


def test_a_changed_catalogue_replaces_the_array_of_its_side_only(tmp_path: Path) -> None:
    old = made(tmp_path, photo_set(3))
    other_side = made(tmp_path, photo_set(3), side=16)
    new = made(tmp_path, photo_set(4))
    assert len(new) == 4
    assert old.array_NHWC[2].any()  # whoever has it mapped keeps it
    assert other_side.path is not None
    assert new.path is not None
    names = {path.with_suffix(suffix).name for path in (other_side.path, new.path) for suffix in (".npy", ".json")}
    assert {path.name for path in tmp_path.iterdir()} == names


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pixel_arrays.os, "fsync", full)
    with pytest.raises(LookscapeError, match="the disk is full: 3 photos at 32 pixels need 0 MB"):
        made(tmp_path, photo_set(3))
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_one_leaves_nothing(tmp_path: Path) -> None:
    def cancel(done: int, total: int, stage: str) -> None:
        raise CancelledError(stage)

    with pytest.raises(CancelledError):
        prepare(photo_set(3), side=32, folder=tmp_path, progress=cancel)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_was_writing_is_removed(tmp_path: Path) -> None:
    alive = tmp_path / f".pixels-32-aa.npy.{os.getpid()}.0a0b.tmp"
    dead = tmp_path / ".pixels-32-aa.npy.4194999.0a0b.tmp"
    for path in (alive, dead):
        path.write_bytes(b"")
    made(tmp_path, photo_set(3))
    assert alive.exists()
    assert not dead.exists()


def test_an_array_without_its_list_is_made_again(tmp_path: Path) -> None:
    first = made(tmp_path, photo_set(3))
    assert first.path is not None
    listed = first.path.with_suffix(".json")
    assert json.loads(listed.read_bytes()) == list(first.ids)
    listed.unlink()
    assert made(tmp_path, photo_set(3)).ids == first.ids
