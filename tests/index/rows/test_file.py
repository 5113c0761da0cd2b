"""Index files: readable as safetensors, private once opened, old or new but never half."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from lookscape.errors import LookscapeError
from lookscape.index.rows import file as rows_file


def arrays() -> dict[str, np.ndarray]:
    return {
        "small": np.arange(5, dtype=np.uint8),
        "wide": np.arange(6, dtype=np.int64).reshape(2, 3),
        "real": np.linspace(0, 1, 7, dtype=np.float32),
        "none": np.empty((0, 4), dtype=np.int32),
    }


def test_any_safetensors_reader_opens_it(tmp_path: Path) -> None:
    rows_file.write(tmp_path / "a", arrays(), metadata={"word": "é"})
    theirs = load_file(tmp_path / "a")
    ours = rows_file.read(tmp_path / "a")
    assert ours.metadata["word"] == "é"
    for name, array in arrays().items():
        np.testing.assert_array_equal(theirs[name], array)
        np.testing.assert_array_equal(ours.arrays[name], array)
        assert ours.arrays[name].dtype == array.dtype


def test_writing_to_what_was_read_leaves_the_file(tmp_path: Path) -> None:
    rows_file.write(tmp_path / "a", arrays(), metadata={})
    before = (tmp_path / "a").read_bytes()
    rows_file.read(tmp_path / "a").arrays["real"][:] = 9
    assert (tmp_path / "a").read_bytes() == before


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows_file.write(tmp_path / "a", arrays(), metadata={"is": "old"})

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rows_file.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        rows_file.write(tmp_path / "a", arrays(), metadata={"is": "new"})
    assert rows_file.read(tmp_path / "a").metadata["is"] == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_large_arrays_are_not_read_through_but_small_ones_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows_file.write(tmp_path / "a", arrays(), metadata={})
    raw = bytearray((tmp_path / "a").read_bytes())
    raw[-1] ^= 1
    (tmp_path / "a").write_bytes(raw)
    with pytest.raises(LookscapeError, match="its small do not match"):
        rows_file.read(tmp_path / "a")
    monkeypatch.setattr(rows_file, "CHECKED_BYTES", 4)
    assert rows_file.read(tmp_path / "a").arrays["small"].tolist() == [0, 1, 2, 3, 5]
