"""Hiding places: the map is bright exactly where a figure comes from."""

import numpy as np

from lookscape.classifiers.explaining.occlusion import hidden, map_of, num_windows


def _red_of(photo: np.ndarray, rows: slice, columns: slice) -> float:
    return float((255 - photo[rows, columns, 1]).sum())


def test_the_map_is_brightest_where_the_figure_comes_from() -> None:
    photo = np.full((60, 80, 3), 255, np.uint8)
    rows, columns = slice(6, 18), slice(56, 72)
    photo[rows, columns] = (200, 0, 0)
    before = _red_of(photo, rows, columns)
    changes = np.array([before - _red_of(covered, rows, columns) for covered in hidden(photo)])
    found = map_of(changes, height=60, width=80)
    assert found.shape == (60, 80)
    top, left = np.unravel_index(int(found.argmax()), found.shape)
    assert rows.start <= top < rows.stop
    assert columns.start <= left < columns.stop
    assert found.max() == 1
    assert found[42:, :20].max() < 1e-6, "places without any of it do not matter"


def test_every_pixel_is_hidden_and_the_photo_stays() -> None:
    photo = np.random.default_rng(0).integers(0, 200, (33, 47, 3)).astype(np.uint8)
    photo[0], photo[-1], photo[:, 0], photo[:, -1] = 255, 255, 255, 255
    before = photo.copy()
    covered = list(hidden(photo))
    assert len(covered) == num_windows()
    changed = np.any([np.any(one != photo, axis=2) for one in covered], axis=0)
    assert changed[1:-1, 1:-1].all()
    np.testing.assert_array_equal(photo, before)


def test_a_figure_that_nothing_changes_has_an_empty_map() -> None:
    assert not map_of(np.full(num_windows(), -1.0), height=20, width=20).any()
