"""Every file in index/layouts is a whole layout: neighbours stay near, new rows are placed, the same bytes again."""

from types import ModuleType

import numpy as np
import pytest

from lookscape import parts
from lookscape.index.neighbourhood import Neighbourhood

LAYOUTS = "lookscape.index.layouts"
HEAPS, EACH = 3, 12


@pytest.fixture(params=parts.names(LAYOUTS))
def layout(request: pytest.FixtureRequest) -> ModuleType:
    return parts.load(LAYOUTS, request.param)


def silent(done: int, total: int) -> None:
    pass


def rows() -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.repeat(8 * np.eye(4)[:HEAPS], EACH, axis=0) + rng.normal(0, 0.3, (HEAPS * EACH, 4))


def nearest(queries_ND: np.ndarray, rows_MD: np.ndarray, *, own: bool, num: int = 15) -> Neighbourhood:
    apart_NM = np.linalg.norm(queries_ND[:, None] - rows_MD[None], axis=2)
    if own:
        np.fill_diagonal(apart_NM, np.inf)
    order_NK = np.argsort(apart_NM, axis=1)[:, :num]
    far_NK = np.take_along_axis(apart_NM, order_NK, axis=1).astype(np.float32)
    return Neighbourhood(rows_NK=order_NK.astype(np.int64), distances_NK=far_NK, num_rows=len(rows_MD))


def test_it_says_how_much_it_looks_at_and_takes(layout: ModuleType) -> None:
    assert layout.__doc__
    assert 2 < len(layout.TITLE) <= 40
    assert layout.NEIGHBOURS > 1
    assert set(layout.LARGEST) == {2, 3}
    assert layout.lay_out.__doc__
    assert layout.place.__doc__


@pytest.mark.parametrize("dimensions", [2, 3])
def test_heaps_stay_apart_and_new_rows_join_theirs(layout: ModuleType, dimensions: int) -> None:
    rows_MD = rows()
    near = nearest(rows_MD, rows_MD, own=True, num=10)
    start = rows_MD[:, :dimensions] + np.random.default_rng(1).normal(0, 0.01, (len(rows_MD), dimensions))
    made = [layout.lay_out(near, start, seed=3, threads=1, report=silent) for _ in range(2)]
    assert made[0].shape == (len(rows_MD), dimensions)
    assert made[0].tobytes() == made[1].tobytes()
    heap_M = np.repeat(np.arange(HEAPS), EACH)
    new_ND = rows_MD[::EACH] + 0.05
    before = made[0].copy()
    placed = layout.place(nearest(new_ND, rows_MD, own=False, num=10), made[0], threads=1, report=silent)
    assert made[0].tobytes() == before.tobytes()
    apart_NM = np.linalg.norm(placed[:, None] - made[0][None], axis=2)
    assert heap_M[apart_NM.argmin(axis=1)].tolist() == list(range(HEAPS))
