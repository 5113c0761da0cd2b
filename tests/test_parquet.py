"""Columns built from buffers are Arrow's own, byte for byte, and come back as they went."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lookscape import parquet

WORDS = ["", "shoe", "Schuh – größer", None, "靴"]
NUMBERS = np.array([1.5, -2.0, np.nan, np.inf, 0.0], np.float32)
KNOWN = np.array([True, False, True, True, False])


def by_arrow(column: pa.Array, **how: object) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"it": column}).replace_schema_metadata({"about": "it"}), file, **how)
    return file.getvalue()


@pytest.mark.parametrize(
    ("ours", "arrows"),
    [
        (lambda: parquet.texts(WORDS), lambda: pa.array(WORDS, pa.string())),
        (lambda: parquet.texts(["a", "b"]), lambda: pa.array(["a", "b"], pa.string())),
        (lambda: parquet.texts([]), lambda: pa.array([], pa.string())),
        (lambda: parquet.texts([None, None]), lambda: pa.array([None, None], pa.string())),
        (lambda: parquet.numbers(NUMBERS), lambda: pa.array(NUMBERS)),
        (lambda: parquet.numbers(NUMBERS[::2]), lambda: pa.array(NUMBERS[::2].copy())),
        (lambda: parquet.numbers(NUMBERS, known_N=KNOWN), lambda: pa.array(NUMBERS, mask=~KNOWN)),
        (lambda: parquet.numbers(np.arange(3)), lambda: pa.array(np.arange(3))),
        (lambda: parquet.numbers(KNOWN), lambda: pa.array(KNOWN)),
        (lambda: parquet.numbers(np.ones(0, np.float64)), lambda: pa.array(np.ones(0))),
        (lambda: parquet.lists(NUMBERS[:4].reshape(2, 2)), lambda: pa.array(list(NUMBERS[:4].reshape(2, 2)))),
        (
            lambda: parquet.vectors(NUMBERS[:4].reshape(2, 2)),
            lambda: pa.FixedSizeListArray.from_arrays(pa.array(NUMBERS[:4]), 2),
        ),
    ],
)
def test_a_file_is_the_one_that_arrow_writes(ours, arrows) -> None:
    assert ours().validate(full=True) is None
    assert parquet.encode({"it": ours()}, metadata={"about": "it"}) == by_arrow(arrows())
    assert parquet.encode({"it": ours()}, metadata={"about": "it"}, compression="NONE") == by_arrow(
        arrows(), compression="NONE"
    )


@pytest.mark.parametrize("memory_map", [False, True])
def test_what_was_written_is_read(tmp_path, memory_map: bool) -> None:
    columns = {"words": parquet.texts(WORDS), "numbers": parquet.numbers(NUMBERS), "flags": parquet.numbers(KNOWN)}
    (tmp_path / "it.parquet").write_bytes(parquet.encode(columns, row_group_size=2))
    table = parquet.read(tmp_path / "it.parquet", memory_map=memory_map)
    assert table["words"].to_pylist() == WORDS
    np.testing.assert_array_equal(parquet.array(table["numbers"], np.float32), NUMBERS)
    np.testing.assert_array_equal(parquet.array(table["flags"], np.bool_), KNOWN)
    assert parquet.read(tmp_path / "it.parquet", ["words"]).column_names == ["words"]


def test_pieces_and_parts_of_columns_become_arrays() -> None:
    flags_N = np.random.default_rng(0).random(50) < 0.5
    for column, values_N in ((parquet.numbers(np.arange(50)), np.arange(50)), (parquet.numbers(flags_N), flags_N)):
        np.testing.assert_array_equal(parquet.array(column[3:21], values_N.dtype), values_N[3:21])
        joined = pa.chunked_array([column[:5], column[5:5], column[13:]])
        np.testing.assert_array_equal(parquet.array(joined, values_N.dtype), np.delete(values_N, slice(5, 13)))
        none = parquet.array(pa.chunked_array([], column.type), values_N.dtype)
        assert (none.shape, none.dtype) == ((0,), values_N.dtype)


@pytest.mark.parametrize("column", [parquet.numbers(NUMBERS, known_N=KNOWN), parquet.numbers(np.arange(3))])
def test_nulls_and_other_types_are_no_array(column) -> None:
    with pytest.raises(ValueError, match="is no column of float32"):
        parquet.array(column, np.float32)
