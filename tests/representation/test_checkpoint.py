import pickle
from pathlib import Path

import numpy as np
import pytest

from lookscape.errors import NotFoundError
from lookscape.representation.checkpoint import CONFIG, WEIGHTS, Checkpoint, load, save

TENSORS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([7])}


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    save(tmp_path / "model", Checkpoint(config={"network": "n1", "dim": 3}, tensors=TENSORS))
    loaded = load(tmp_path / "model")
    assert loaded.config == {"network": "n1", "dim": 3}
    assert loaded.tensors.keys() == TENSORS.keys()
    for name, expected in TENSORS.items():
        np.testing.assert_array_equal(loaded.tensors[name], expected)
        assert loaded.tensors[name].dtype == expected.dtype


def test_a_run_killed_between_the_two_files_is_no_checkpoint(tmp_path: Path) -> None:
    save(tmp_path, Checkpoint(config={"network": "n1"}, tensors=TENSORS))
    config = (tmp_path / CONFIG).read_bytes()
    save(tmp_path, Checkpoint(config={"network": "n1"}, tensors={"a": TENSORS["a"] + 1}))
    (tmp_path / CONFIG).write_bytes(config)
    with pytest.raises(NotFoundError, match="another save"):
        load(tmp_path)


@pytest.mark.parametrize("broken", [CONFIG, WEIGHTS])
@pytest.mark.parametrize("content", [None, b"", b"{}", pickle.dumps({"a": 1})])
def test_damage_is_no_checkpoint(tmp_path: Path, broken: str, content: bytes | None) -> None:
    save(tmp_path, Checkpoint(config={}, tensors=TENSORS))
    if content is None:
        (tmp_path / broken).unlink()
    else:
        (tmp_path / broken).write_bytes(content)
    with pytest.raises(NotFoundError):
        load(tmp_path)


def test_nothing_else_is_left_behind(tmp_path: Path) -> None:
    for _ in range(2):
        save(tmp_path, Checkpoint(config={}, tensors=TENSORS))
    assert sorted(path.name for path in tmp_path.iterdir()) == [CONFIG, WEIGHTS]
