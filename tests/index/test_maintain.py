"""An index follows its Space: opened, updated by difference, or built again."""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lookscape.errors import UnknownNameError
from lookscape.index import maintain
from lookscape.index.backends.exact import Backend
from lookscape.index.protocol import Index, Metric


@dataclass(frozen=True)
class Rows:
    """A stand-in for a Space."""

    ids: tuple[str, ...]
    vectors: NDArray[np.float32]
    fingerprint: str

    @property
    def dim(self) -> int:
        return self.vectors.shape[1]


def space(num: int, fingerprint: str, dim: int = 8) -> Rows:
    vectors = np.random.default_rng(2).normal(size=(num, dim)).astype(np.float32)
    return Rows(tuple(f"photo {n:03}" for n in range(num)), vectors, fingerprint)


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What is done to exact indexes, with how many rows."""
    done: list[tuple[str, int]] = []
    add, remove, save = Backend.add, Backend.remove, Backend.save

    def spy_add(self, ids, vectors_ND):
        done.append(("add", len(ids)))
        add(self, ids, vectors_ND)

    def spy_remove(self, ids):
        done.append(("remove", len(ids)))
        return remove(self, ids)

    def spy_save(self, path):
        done.append(("save", self.count()))
        save(self, path)

    monkeypatch.setattr(Backend, "add", spy_add)
    monkeypatch.setattr(Backend, "remove", spy_remove)
    monkeypatch.setattr(Backend, "save", spy_save)
    return done


def opened(path: Path, rows: Rows, metric: Metric = Metric.COSINE) -> Index:
    index = maintain.open_index(path, rows, backend="exact", metric=metric)
    assert index.ids() == sorted(rows.ids)
    assert index.fingerprint == rows.fingerprint
    assert index.holds(rows.ids, rows.vectors).all()
    return index


def test_built_once_then_only_opened(tmp_path: Path, acts: list[tuple[str, int]]) -> None:
    opened(tmp_path / "i", space(20, "one"))
    opened(tmp_path / "i", space(20, "one"))
    assert acts == [("add", 20), ("save", 20)]


def test_only_the_difference_is_added_and_removed(tmp_path: Path, acts: list[tuple[str, int]]) -> None:
    before = space(40, "one")
    opened(tmp_path / "i", before)
    vectors = before.vectors.copy()
    vectors[3] += 1
    vectors = np.concatenate([vectors[2:], vectors[:2] + 5])
    opened(tmp_path / "i", Rows((*before.ids[2:], "new a", "new b"), vectors, "two"))
    assert acts[2:] == [("remove", 2), ("add", 3), ("save", 40)]


def test_much_change_another_metric_and_another_width_build_again(tmp_path: Path, acts: list[tuple[str, int]]) -> None:
    opened(tmp_path / "i", space(20, "one"))
    opened(tmp_path / "i", space(60, "two"))
    opened(tmp_path / "i", space(60, "two"), Metric.L1)
    opened(tmp_path / "i", space(60, "two", dim=9), Metric.L1)
    assert [act for act in acts if act[0] != "save"] == [("add", 20), ("add", 60), ("add", 60), ("add", 60)]


def test_a_damaged_index_is_built_again_and_said_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    opened(tmp_path / "i", space(20, "one"))
    (tmp_path / "i").write_bytes(b"spoilt")
    with caplog.at_level(logging.WARNING):
        opened(tmp_path / "i", space(20, "one"))
    assert "damaged" in caplog.text
    caplog.clear()
    opened(tmp_path / "i", space(20, "one"))
    assert not caplog.text


def test_an_emptied_space_gives_an_empty_index(tmp_path: Path) -> None:
    opened(tmp_path / "i", space(20, "one"))
    empty = Rows((), np.empty((0, 8), dtype=np.float32), "none")
    assert opened(tmp_path / "i", empty).count() == 0


def test_a_backend_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="exact"):
        maintain.open_index(tmp_path / "i", space(3, "one"), backend="exacd", metric=Metric.L2)


def test_each_metric_and_backend_has_its_own_file(tmp_path: Path) -> None:
    path = maintain.index_path(tmp_path, space="photos", metric=Metric.L1, backend="faiss")
    assert path == tmp_path / "photos.l1.faiss"
