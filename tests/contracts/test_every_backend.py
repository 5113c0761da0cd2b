"""Every search backend gives what brute force gives, ties included, through add, replace, remove, save and open."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lookscape import parts
from lookscape.errors import LookscapeError, NotFoundError, UsageError
from lookscape.index.protocol import Index, Metric, Neighbours, Vectors

PACKAGE = "lookscape.index.backends"
BACKENDS = parts.names(PACKAGE)
METRICS = tuple(Metric)
DIM = 24

each_backend = pytest.mark.parametrize("backend", BACKENDS)
each_metric = pytest.mark.parametrize("metric", METRICS)


def brute_force(rows: dict[str, NDArray[np.float32]], query: NDArray[np.float32], metric: Metric) -> dict[str, float]:
    """Every distance in float64, straight from the definitions."""
    names = list(rows)
    x = np.stack([rows[name] for name in names]).astype(np.float64)
    q = query.astype(np.float64)
    if metric is Metric.L1:
        distances = np.abs(x - q).sum(axis=1)
    elif metric is Metric.L2:
        distances = np.sqrt(((x - q) ** 2).sum(axis=1))
    elif metric is Metric.COSINE:
        lengths = np.linalg.norm(x, axis=1) * np.linalg.norm(q)
        distances = 1 - np.divide(x @ q, lengths, out=np.zeros(len(x)), where=lengths > 0)
    else:
        centre = x.mean(axis=0).astype(np.float32)
        distances = ((x > centre) != (q > centre)).sum(axis=1).astype(np.float64)
    return dict(zip(names, distances.tolist(), strict=True))


def assert_congruent(index: Index, rows: dict[str, NDArray[np.float32]], queries: Vectors, limit: int) -> None:
    """The same distances as brute force at every rank, each hit's own distance right, equal distances by id."""
    found = index.search(queries, limit=limit)
    expected_hits = min(limit, len(rows))
    for query, ids, distances in zip(queries, found.ids, found.distances, strict=True):
        truth = brute_force(rows, query, index.metric)
        tolerance = 1e-5 * max(1.0, *truth.values())
        assert len(ids) == len(distances) == len(set(ids)) == expected_hits
        np.testing.assert_allclose(distances, sorted(truth.values())[:expected_hits], atol=tolerance)
        np.testing.assert_allclose(distances, [truth[name] for name in ids], atol=tolerance)
        assert list(zip(distances, ids, strict=True)) == sorted(zip(distances, ids, strict=True))


def make(backend: str, metric: Metric, dim: int = DIM) -> Index:
    return parts.load(PACKAGE, backend).Backend(metric=metric, dim=dim)


def photo_id(number: int) -> str:
    return f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" * 4


def filled(backend: str, metric: Metric, *, num: int = 300) -> tuple[Index, dict[str, NDArray[np.float32]]]:
    rng = np.random.default_rng(5)
    vectors = rng.normal(0.3, 1, (num, DIM)).astype(np.float32)
    rows = {photo_id(number): vector for number, vector in enumerate(vectors)}
    index = make(backend, metric)
    index.add(list(rows), vectors)
    return index, rows


def queries(num: int = 12) -> Vectors:
    return np.random.default_rng(6).normal(0.3, 1, (num, DIM)).astype(np.float32)


@each_backend
@each_metric
def test_agrees_with_brute_force(backend: str, metric: Metric) -> None:
    index, rows = filled(backend, metric)
    assert index.count() == 300
    assert index.search(queries(0), limit=5) == Neighbours(ids=(), distances=())
    assert index.ids() == sorted(rows)
    for limit in (1, 10, 300, 1000):
        assert_congruent(index, rows, queries(), limit)


@each_backend
@each_metric
def test_ties_go_by_id_however_they_were_added(backend: str, metric: Metric) -> None:
    few = np.random.default_rng(1).integers(-1, 2, (5, DIM)).astype(np.float32)
    rows = {photo_id(number): few[number % 5] for number in range(200)}
    forward, backward = make(backend, metric), make(backend, metric)
    forward.add(list(rows), np.stack(list(rows.values())))
    for name in reversed(list(rows)):
        backward.add([name], rows[name][None])
    assert_congruent(forward, rows, few, 13)
    found = forward.search(few, limit=13)
    assert found == backward.search(few, limit=13)
    nearest = found.distances[0][0]
    tied = sorted(n for n, d in brute_force(rows, few[0], metric).items() if abs(d - nearest) < 1e-6)
    assert list(found.ids[0]) == tied[:13]


@each_backend
@each_metric
def test_add_replace_and_remove(backend: str, metric: Metric) -> None:
    index, rows = filled(backend, metric)
    names = list(rows)
    fresh = np.random.default_rng(7).normal(0, 2, (60, DIM)).astype(np.float32)
    changed = names[:30] + [photo_id(number) for number in range(1000, 1030)]
    index.add(changed, fresh)
    rows.update(zip(changed, fresh, strict=True))
    assert index.remove([*names[20:120], "never there", names[20]]) == 100
    for name in names[20:120]:
        del rows[name]
    assert index.count() == len(rows) == 230
    assert index.ids() == sorted(rows)
    assert_congruent(index, rows, queries(), 17)


@each_backend
@each_metric
def test_save_and_open_give_the_same_index(backend: str, metric: Metric, tmp_path: Path) -> None:
    index, rows = filled(backend, metric)
    names = list(rows)
    index.remove(names[:9])
    index.fingerprint = "state 1"
    before = index.search(queries(), limit=9)
    path = tmp_path / "made" / "on the way" / f"space.{backend}"
    index.save(path)
    opened = parts.load(PACKAGE, backend).Backend.open(path)
    assert (opened.metric, opened.dim, opened.fingerprint, opened.count()) == (metric, DIM, "state 1", 291)
    assert opened.search(queries(), limit=9) == before == index.search(queries(), limit=9)
    assert [file.name for file in path.parent.iterdir()] == [path.name]

    opened.add([names[0], "not a digest"], np.stack([rows[names[0]], rows[names[0]] + 1]))
    opened.remove(names[100:110])
    kept = {name: rows[name] for name in [names[0], *names[9:100], *names[110:]]}
    assert_congruent(opened, kept | {"not a digest": rows[names[0]] + 1}, queries(), 20)
    untouched = parts.load(PACKAGE, backend).Backend.open(path)
    assert untouched.search(queries(), limit=9) == before
    opened.save(path)
    assert untouched.search(queries(), limit=9) == before, "a reader keeps the file it opened"
    assert parts.load(PACKAGE, backend).Backend.open(path).ids() == opened.ids()


@each_backend
@each_metric
def test_an_empty_index_finds_nothing(backend: str, metric: Metric, tmp_path: Path) -> None:
    index = make(backend, metric)
    nothing = Neighbours(ids=((), ()), distances=((), ()))
    assert index.search(queries(2), limit=5) == nothing
    index.add([], np.empty((0, DIM), dtype=np.float32))
    index.save(tmp_path / "empty")
    opened = parts.load(PACKAGE, backend).Backend.open(tmp_path / "empty")
    assert (opened.count(), opened.ids(), opened.remove(["a"])) == (0, [], 0)
    assert opened.search(queries(2), limit=5) == nothing
    opened.add(["a"], queries(1))
    assert opened.search(queries(1), limit=5).ids == (("a",),)
    assert opened.search(queries(2), limit=0) == nothing


@each_backend
@each_metric
def test_holds_tells_which_rows_are_there_unchanged(backend: str, metric: Metric) -> None:
    index, rows = filled(backend, metric)
    names = [*list(rows)[:3], "never there"]
    vectors = np.stack([rows[name] for name in names[:3]] + [rows[names[0]]])
    vectors[1, 0] += 0.5
    assert index.holds(names, vectors).tolist() == [True, False, True, False]
    assert make(backend, metric).holds(names, vectors).tolist() == [False] * 4


@each_backend
@pytest.mark.parametrize("spoil", ["cut", "grown", "flipped", "empty", "text", "folder"])
def test_a_damaged_file_is_one_clear_error(backend: str, spoil: str, tmp_path: Path) -> None:
    index, _ = filled(backend, Metric.L2)
    path = tmp_path / "index"
    index.save(path)
    whole = path.read_bytes()
    if spoil == "folder":
        path.unlink()
        path.mkdir()
    else:
        flips = [whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :] for at in range(3, len(whole), 199)]
        versions = {"cut": [whole[:n] for n in (1, 9, 200, 5000, len(whole) - 1)], "grown": [whole + b"\0"]}
        versions |= {"flipped": flips, "empty": [b""], "text": [b"these are not vectors, but long enough"]}
    for damaged in [b""] if spoil == "folder" else versions[spoil]:
        if spoil != "folder":
            path.write_bytes(damaged)
        with pytest.raises(LookscapeError, match="build it again") as error:
            parts.load(PACKAGE, backend).Backend.open(path)
        assert "\n" not in str(error.value)


@each_backend
def test_wrong_calls_say_what_is_wrong(backend: str, tmp_path: Path) -> None:
    index, rows = filled(backend, Metric.L2)
    vector = queries(1)
    spoilt = np.where(np.arange(DIM) == 3, np.nan, vector).astype(np.float32)
    with pytest.raises(UsageError, match="24 dimensions"):
        index.search(vector[:, :20], limit=3)
    with pytest.raises(UsageError, match="not finite"):
        index.add(["a"], spoilt)
    with pytest.raises(UsageError, match="not finite"):
        index.search(spoilt, limit=3)
    with pytest.raises(UsageError, match="one id per vector"):
        index.add(["a", "b"], vector)
    with pytest.raises(UsageError, match="'a' is given twice"):
        index.add(["a", "a"], np.repeat(vector, 2, axis=0))
    with pytest.raises(UsageError, match="limit -1"):
        index.search(vector, limit=-1)
    with pytest.raises(NotFoundError, match="build the index first"):
        parts.load(PACKAGE, backend).Backend.open(tmp_path / "not there")
    assert index.ids() == sorted(rows), "a refused call changes nothing"


@each_backend
def test_another_backends_file_is_refused(backend: str, tmp_path: Path) -> None:
    other = next(name for name in BACKENDS if name != backend)
    filled(other, Metric.L2)[0].save(tmp_path / "index")
    with pytest.raises(LookscapeError, match=f"not an index of the {backend} backend"):
        parts.load(PACKAGE, backend).Backend.open(tmp_path / "index")


@each_backend
@pytest.mark.parametrize("metric", [Metric.L1, Metric.L2, Metric.HAMMING])
def test_large_offsets_do_not_cost_accuracy(backend: str, metric: Metric) -> None:
    """Far from the origin |q|^2 - 2 q.x + |x|^2 loses digits; the hits must not."""
    rng = np.random.default_rng(9)
    vectors = (rng.normal(0, 0.05, (400, DIM)) + 30).astype(np.float32)
    rows = {photo_id(number): vector for number, vector in enumerate(vectors)}
    index = make(backend, metric)
    index.add(list(rows), vectors)
    assert_congruent(index, rows, vectors[:10] + np.float32(0.01), 10)
