"""What was measured is standardised over the photos learned from, and unknown values stay unknown."""

from pathlib import Path

import numpy as np

from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.training.measured import nothing, standardised, write_measured

VALUES_NA = np.array(
    [[1.0, np.nan, 7.0, np.nan], [3.0, 5.0, 7.0, np.nan], [np.nan, 9.0, 7.0, 2.0], [50.0, 1.0, 7.0, 3.0]]
)
TRAIN = np.array([0, 1, 2])


def test_columns_are_standardised_over_the_known_values_of_the_rows() -> None:
    columns_NA = standardised(VALUES_NA, rows=TRAIN)
    np.testing.assert_allclose(columns_NA[:, 0], [-1, 1, np.nan, 48])
    np.testing.assert_allclose(columns_NA[:, 1], [np.nan, -1, 1, -3])
    assert columns_NA.dtype == np.float32


def test_a_column_that_says_nothing_is_unknown() -> None:
    columns_NA = standardised(VALUES_NA, rows=TRAIN)
    assert np.isnan(columns_NA[:, 2:]).all()
    assert np.isnan(standardised(nothing(["a", "b"], ["light"]), rows=np.array([0, 1]))).all()


def test_the_file_is_named_by_its_content_and_there_is_none_when_nothing_is_wanted(tmp_path: Path) -> None:
    pixels = Pixels(path=tmp_path / "x.npy", ids=("a", "b", "c", "d"), array_NHWC=np.zeros((4, 2, 2, 3), np.uint8))

    def write(scale: float) -> Path | None:
        return write_measured(
            pixels, ["p", "q", "r", "s"], rows=TRAIN, measure=lambda *_: scale * VALUES_NA, folder=tmp_path
        )

    first, same = write(1.0), write(1.0)
    assert first is not None
    assert first == same
    np.testing.assert_array_equal(np.load(first), standardised(VALUES_NA, rows=TRAIN))
    assert write_measured(pixels, [], rows=TRAIN, measure=nothing, folder=tmp_path) is None
