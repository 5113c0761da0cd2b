"""Beyond its threshold the faiss backend walks a graph: its recall, its upkeep, and when it does not answer."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from lookscape.index.backends import exact
from lookscape.index.backends import faiss as approximate
from lookscape.index.graph import encoding as graph_encoding
from lookscape.index.graph import graph, kernels
from lookscape.index.graph.beam_width import MAX_WIDTH, Widths
from lookscape.index.graph.graph import Graph
from lookscape.index.protocol import Index, Metric, Vectors

DIM = 48
GRAPH_METRICS = (Metric.L1, Metric.L2, Metric.COSINE)
THRESHOLD = 3000


@pytest.fixture(autouse=True)
def small_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approximate, "MAX_SCANNED", THRESHOLD)
    monkeypatch.setattr(graph, "NUM_HELD_BACK", 500)


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of rows of every graph built."""
    sizes: list[int] = []
    build = Graph.build

    def spy(rows):
        sizes.append(len(rows))
        return build(rows)

    monkeypatch.setattr(Graph, "build", spy)
    return sizes


def clustered(num: int, seed: int) -> Vectors:
    """Rows in 40 clusters on a curved surface, as embeddings are."""
    rng, shape = np.random.default_rng(seed), np.random.default_rng(0)
    centres, bend = shape.normal(size=(40, 8)), shape.normal(size=(8, DIM))
    latent = centres[rng.integers(0, 40, num)] + 0.5 * rng.normal(size=(num, 8))
    return (np.tanh(latent @ bend / 3) + 0.03 * rng.normal(size=(num, DIM))).astype(np.float32)


def names(num: int, start: int = 0) -> list[str]:
    return [f"{number:064x}" for number in range(start, start + num)]


def filled(metric: Metric, vectors: NDArray[np.float32]) -> tuple[approximate.Backend, exact.Backend]:
    pair = approximate.Backend(metric=metric, dim=DIM), exact.Backend(metric=metric, dim=DIM)
    for index in pair:
        index.add(names(len(vectors)), vectors)
    return pair


def recall(index: Index, oracle: Index, queries: Vectors, limit: int) -> float:
    found, truth = index.search(queries, limit=limit), oracle.search(queries, limit=limit)
    np.testing.assert_array_less(np.array(truth.distances), np.array(found.distances) * (1 + 1e-5) + 1e-6)
    return np.mean([len({*a} & {*b}) / limit for a, b in zip(found.ids, truth.ids, strict=True)])


@pytest.mark.parametrize("metric", GRAPH_METRICS)
def test_recall_on_queries_it_has_never_seen(metric: Metric) -> None:
    index, oracle = filled(metric, clustered(6000, seed=1))
    queries = clustered(400, seed=2)
    for limit in (1, 10, 60):
        assert recall(index, oracle, queries, limit) > 0.98
    assert index._graph is not None
    assert index.search(queries[:0], limit=10).ids == ()
    first, alone = index.search(queries, limit=5), index.search(queries[7:8], limit=5)
    assert (first.ids[7], first.distances[7]) == (alone.ids[0], alone.distances[0])
    truth = oracle.search(queries, limit=5)
    agreed = [a == b for a, b in zip(first.ids, truth.ids, strict=True)]
    np.testing.assert_allclose(
        np.array(first.distances)[agreed], np.array(truth.distances)[agreed], rtol=1e-4, atol=1e-6
    )


def test_crossing_the_threshold_builds_once_and_later_rows_are_linked_in(builds: list[int]) -> None:
    vectors = clustered(5000, seed=1)
    index, oracle = filled(Metric.L2, vectors[:THRESHOLD])
    index.search(vectors[:1], limit=1)
    assert builds == []
    for start in range(THRESHOLD, 5000, 400):
        part = vectors[start : start + 400]
        for each in (index, oracle):
            each.add(names(len(part), start), part)
        found = index.search(part, limit=1)
        assert np.mean([a == (b,) for a, b in zip(found.ids, names(len(part), start), strict=True)]) > 0.98
    assert builds == [THRESHOLD + 400]
    assert recall(index, oracle, clustered(300, seed=2), 10) > 0.98


@pytest.mark.parametrize("metric", GRAPH_METRICS)
def test_removed_and_replaced_rows_are_never_found(metric: Metric, builds: list[int]) -> None:
    vectors = clustered(4000, seed=1)
    index, oracle = filled(metric, vectors)
    index.search(vectors[:1], limit=1)
    for each in (index, oracle):
        each.add(names(200, 100), vectors[300:500] + np.float32(0.01))
        assert each.remove(names(300, 1000)) == 300
    found = index.search(vectors[1000:1300], limit=10)
    assert not {name for hits in found.ids for name in hits} & {*names(300, 1000)}
    assert recall(index, oracle, vectors[:400], 10) > 0.98
    assert builds == [4000]


def test_many_holes_or_many_new_rows_build_it_again(builds: list[int]) -> None:
    vectors = clustered(9000, seed=1)
    index, oracle = filled(Metric.L2, vectors[:4500])
    index.search(vectors[:1], limit=1)
    for each in (index, oracle):
        each.remove(names(1300))
    assert recall(index, oracle, vectors[:300], 10) > 0.98
    for each in (index, oracle):
        each.add(names(4500, 4500), vectors[4500:])
    assert recall(index, oracle, vectors[:300], 10) > 0.98
    assert builds == [4500, 3200, 7700]


def test_fallen_below_the_threshold_it_scans_again(builds: list[int]) -> None:
    index, oracle = filled(Metric.L2, clustered(3500, seed=1))
    index.search(clustered(1, seed=2), limit=1)
    for each in (index, oracle):
        each.remove(names(1500))
    assert recall(index, oracle, clustered(100, seed=2), 10) == 1
    assert (builds, index._graph) == ([3500], None)


def test_a_saved_graph_opens_unbuilt_and_grows(tmp_path: Path, builds: list[int]) -> None:
    vectors = clustered(4200, seed=1)
    index, oracle = filled(Metric.COSINE, vectors[:4000])
    index.remove(names(10))
    index.save(tmp_path / "i")
    queries = clustered(200, seed=2)
    opened = approximate.Backend.open(tmp_path / "i")
    assert opened.search(queries, limit=10) == index.search(queries, limit=10)
    opened.add(names(200, 4000), vectors[4000:])
    oracle.remove(names(10))
    oracle.add(names(200, 4000), vectors[4000:])
    assert recall(opened, oracle, vectors[3800:], 10) > 0.98
    assert approximate.Backend.open(tmp_path / "i").count() == 3990
    opened.save(tmp_path / "i")
    assert approximate.Backend.open(tmp_path / "i").search(queries, limit=10) == opened.search(queries, limit=10)
    assert builds == [3990]


def test_hamming_never_needs_a_graph(builds: list[int]) -> None:
    index, oracle = filled(Metric.HAMMING, clustered(4000, seed=1))
    queries = clustered(50, seed=2)
    assert index.search(queries, limit=10) == oracle.search(queries, limit=10)
    assert builds == []


def test_the_same_rows_give_the_same_graph() -> None:
    vectors = clustered(3500, seed=1)
    first, second = (filled(Metric.L2, vectors)[0] for _ in range(2))
    for index in (first, second):
        index.search(vectors[:1], limit=1)
    for name, array in first._graph.arrays().items():
        np.testing.assert_array_equal(array, second._graph.arrays()[name], err_msg=name)


def test_many_equal_rows_do_not_hide_the_others() -> None:
    vectors = clustered(4000, seed=1)
    vectors[500:1500] = vectors[500]
    index, oracle = filled(Metric.L2, vectors)
    found = index.search(vectors[500:501], limit=50)
    assert found.distances[0] == (0.0,) * 50
    assert recall(index, oracle, vectors[2000:2400], 10) > 0.97


def test_zero_vectors_under_cosine() -> None:
    vectors = clustered(4000, seed=1)
    vectors[:50] = 0
    index, oracle = filled(Metric.COSINE, vectors)
    assert recall(index, oracle, vectors[50:300], 10) > 0.98
    nowhere = np.zeros((1, DIM), dtype=np.float32)
    assert index.search(nowhere, limit=5) == oracle.search(nowhere, limit=5)


@pytest.mark.parametrize("metric", GRAPH_METRICS)
@pytest.mark.parametrize("value", [0.0, 3.0])
def test_nothing_but_equal_rows(metric: Metric, value: float) -> None:
    index, oracle = filled(metric, np.full((THRESHOLD + 300, DIM), value, dtype=np.float32))
    query = clustered(1, seed=2)
    found, truth = index.search(query, limit=7), oracle.search(query, limit=7)
    np.testing.assert_allclose(found.distances, truth.distances, rtol=1e-5)
    assert len({*found.ids[0]}) == 7


def test_asking_for_very_many_is_answered_exactly() -> None:
    index, oracle = filled(Metric.L2, clustered(3500, seed=1))
    queries = clustered(3, seed=2)
    for limit in (MAX_WIDTH + 1, 3500, 5000):
        assert index.search(queries, limit=limit) == oracle.search(queries, limit=limit)


def test_one_thread_or_many_find_the_same() -> None:
    index, _ = filled(Metric.L2, clustered(3500, seed=1))
    queries, before = clustered(100, seed=2), faiss.omp_get_max_threads()
    found = []
    for threads in (1, 3):
        faiss.omp_set_num_threads(threads)
        found.append(index.search(queries, limit=10))
    faiss.omp_set_num_threads(before)
    assert found[0] == found[1]


def test_widths_between_and_beyond_the_limits_they_were_found_for() -> None:
    widths = Widths((30, 120))
    assert [widths.at(limit, share_live=1) for limit in (1, 10, 55, 100, 200)] == [30, 30, 75, 120, 240]
    assert widths.at(10, share_live=0.75) == 40
    assert widths.at(1000, share_live=1) is None
    assert Widths((30, 0)).at(10, share_live=1) is None


@pytest.mark.parametrize("dim", [5, 48, 300])
def test_code_distances_follow_true_distances(dim: int) -> None:
    rng = np.random.default_rng(3)
    rows = (rng.normal(size=(2000, dim)) * np.linspace(3, 0.1, dim) + 10).astype(np.float32)
    encoding = graph_encoding.fit(rows, seed=1)
    codes = graph_encoding.encode(encoding, rows)
    assert codes.shape[1] % kernels.LINE == 0
    np.testing.assert_allclose(encoding.axes_CD @ encoding.axes_CD.T, np.diag(encoding.axes_CD.any(axis=1)), atol=1e-5)
    true = ((rows[:1000] - rows[1000:]) ** 2).sum(axis=1)
    rough = ((codes[:1000].astype(float) - codes[1000:]) ** 2).sum(axis=1)
    assert np.corrcoef(true, rough)[0, 1] > 0.97


def test_links_are_chosen_by_the_rule() -> None:
    rng = np.random.default_rng(4)
    codes = rng.integers(0, 256, (60, 64), dtype=np.uint8)
    apart = ((codes[:, None].astype(np.int64) - codes) ** 2).sum(axis=2)
    order = [int(node) for node in np.argsort(apart[0]) if node != 0]
    expected: list[int] = []
    for node in order:
        if all(1.2 * apart[node, other] >= apart[0, node] for other in expected):
            expected.append(node)
    chosen = np.empty(32, dtype=np.int32)
    num = kernels.choose(codes, np.array([(int(apart[0, n]) << 32) | (n << 1) for n in order]), chosen, 1.2)
    assert chosen[:num].tolist() == expected[:32]
