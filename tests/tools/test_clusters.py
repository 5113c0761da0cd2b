"""Clusters: the heaps are found, the numbers are scikit-learn's, names say what sets a group apart."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score

from lookscape.catalogue.records import Attribute, Origin
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UnknownNameError, UsageError
from lookscape.services.clusters import file, names
from lookscape.services.clusters import fit as clusters_fit
from lookscape.services.clusters.fit import Tried
from maps_catalogue import HEAPS, engine_with_heaps, vectors


@pytest.fixture
def engine(catalogue_folder: Path, tmp_path: Path) -> Iterator[Engine]:
    opened = engine_with_heaps(tmp_path / "catalogue", catalogue_folder)
    yield opened
    opened.catalogue.close()


def heap_of(engine: Engine, product_ids: tuple[str, ...]) -> list[int]:
    order = sorted(engine.catalogue.photo_ids())
    return [order.index(engine.catalogue.product(one).photo_ids[0]) % HEAPS for one in product_ids]


@pytest.mark.parametrize(("method", "more"), [("kmeans", {}), ("hdbscan", {"smallest": 4})])
def test_the_heaps_are_found_and_stored_as_one_undoable_prediction(engine: Engine, method: str, more: dict) -> None:
    made = engine.atlas.clusters(space="heaps", method=method, most=6, **more)
    assert (made.k, made.products, made.outside) == (HEAPS, 24, 0)
    members = file.open_members(engine, "cluster")
    assert adjusted_rand_score(heap_of(engine, members.product_ids), members.cluster_N) == 1
    assert made.silhouette > 0.8
    [stored] = [one for one in engine.catalogue.attributes(members.product_ids[0]) if one.name == "cluster"]
    assert (stored.value, stored.origin) == (str(members.cluster_N[0]), Origin.PREDICTED)
    assert 0 <= stored.confidence <= 1
    assert made.act is not None
    engine.catalogue.undo(made.act)
    assert "cluster" not in engine.catalogue.product(members.product_ids[0]).attributes


def test_the_curves_are_what_scikit_learn_says(engine: Engine) -> None:
    made = engine.atlas.clusters(space="heaps", most=5, components=4, seed=3)
    rows_NC = PCA(4, svd_solver="full").fit_transform(vectors(24).astype(np.float64))
    order = sorted(engine.catalogue.photo_ids())
    members = file.open_members(engine, "cluster")
    rows_NC = rows_NC[[order.index(photo_id) for photo_id in members.photo_ids]]
    assert [step.k for step in made.steps] == [2, 3, 4, 5]
    for step in made.steps:
        fitted = KMeans(step.k, n_init=3, random_state=3).fit(rows_NC)
        assert step.inertia == pytest.approx(fitted.inertia_, rel=1e-3)
        assert step.silhouette == pytest.approx(silhouette_score(rows_NC, fitted.labels_), abs=1e-3)
    assert made.k == max(made.steps, key=lambda step: step.silhouette).k == HEAPS


def test_k_can_be_given_and_prototypes_are_nearest_to_the_centre(engine: Engine) -> None:
    made = engine.atlas.clusters(space="heaps", k=2, most=4)
    assert made.k == 2
    assert [one.size for one in made.clusters] == sorted([one.size for one in made.clusters], reverse=True)
    assert sum(one.size for one in made.clusters) == 24
    members = file.open_members(engine, "cluster")
    for cluster in made.clusters:
        apart = members.distance_N[members.cluster_N == cluster.number]
        shown = [members.product_ids.index(one.product_id) for one in cluster.prototypes]
        np.testing.assert_array_equal(members.distance_N[shown], np.sort(apart)[: len(shown)])


def test_the_elbow_is_where_the_curve_is_farthest_below_the_line() -> None:
    inertias = [100, 40, 10, 8, 6, 4]
    tried = [Tried(k=k, inertia=inertia, silhouette=0) for k, inertia in enumerate(inertias, start=2)]
    assert clusters_fit.elbow(tried) == 4
    assert clusters_fit.elbow(tried[:2]) is None


@pytest.mark.parametrize(
    ("silhouettes", "chosen"),
    [
        ([0.1, 0.06, 0.07, 0.08, 0.05, 0.04], 4),  # two weak groups: the elbow
        ([0.6, 0.2, 0.3, 0.2, 0.1, 0.1], 2),  # two groups that stand apart
        ([0.1, 0.1, 0.2, 0.3, 0.3, 0.1], 5),  # weak, but more than two
    ],
)
def test_two_groups_that_are_hardly_apart_leave_it_to_the_elbow(silhouettes: list[float], chosen: int) -> None:
    inertias = [100, 40, 10, 8, 6, 4]
    pairs = zip(inertias, silhouettes, strict=True)
    tried = [Tried(k=k, inertia=inertia, silhouette=score) for k, (inertia, score) in enumerate(pairs, start=2)]
    assert clusters_fit.choose(tried) == chosen
    assert clusters_fit.choose(tried[:1]) == 2


def test_a_cloud_without_groups_is_cut_at_the_elbow() -> None:
    cloud_NC = np.random.default_rng(4).standard_normal((300, 6))
    found = clusters_fit.by_kmeans(cloud_NC, range(2, 9), k=None, seed=0, report=lambda *_: None)
    clearest = max(found.tried, key=lambda one: one.silhouette)
    expected = clusters_fit.elbow(found.tried) if clearest.k == 2 else clearest.k
    assert len(found.centres_KC) == expected
    assert max(one.silhouette for one in found.tried) < clusters_fit.WEAK


def test_names_say_what_is_over_represented() -> None:
    rng = np.random.default_rng(0)
    labels_N = np.arange(300) % 3
    products = [
        {
            "colour.main": ("red" if label == 0 else str(rng.choice(["red", "blue", "white"], p=[0.1, 0.5, 0.4])),),
            "shape.ankle_height": (f"{rng.normal(1.5 if label == 1 else 0, 0.3):.3f}",),
            "noise": (f"{rng.normal():.3f}",),
        }
        for label in labels_N
    ]
    found = names.signs(labels_N, products, num_groups=3, seed=0)
    assert (found[0][0].attribute, found[0][0].value, found[0][0].words) == ("colour.main", "red", "red")
    assert found[0][0].inside == 1
    assert (found[1][0].attribute, found[1][0].words) == ("shape.ankle_height", "boot")
    assert min(found[0][0].confidence, found[1][0].confidence) == 1
    assert all(sign.attribute != "noise" for signs in found for sign in signs)
    taken: set[str] = set()
    assert names.suggested(found[0], 1, taken).startswith("red")
    assert names.suggested([], 3, taken) == "Group 3"


def test_a_numbers_strength_is_twice_the_area_under_the_curve_less_one() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(2)
    labels_N = rng.integers(0, 2, 200)
    numbers = rng.normal(labels_N, 0.8)
    found = names.signs(labels_N, [{"a": (str(number),)} for number in numbers], num_groups=2, seed=0)
    assert found[1][0].strength == pytest.approx(2 * roc_auc_score(labels_N == 1, numbers) - 1, abs=1e-3)


def test_a_person_names_a_cluster_in_one_act(engine: Engine) -> None:
    engine.atlas.clusters(space="heaps", most=4)
    members = file.open_members(engine, "cluster")
    mine = [members.product_ids[row] for row in members.of(2)]
    named = engine.atlas.name_cluster(2, "high tops", by="a test")
    assert named.products == len(mine)
    assert {engine.catalogue.product(one).attributes["group"] for one in mine} == {"high tops"}
    assert engine.catalogue.history(limit=1)[0].id == named.act
    engine.catalogue.undo(named.act)
    assert all("group" not in engine.catalogue.product(one).attributes for one in mine)


def test_pixels_can_be_grouped(engine: Engine) -> None:
    assert engine.atlas.clusters(space="pixels", most=3, name="cluster.colours").name == "cluster.colours"
    assert file.cluster_names(engine) == ["cluster.colours"]


def test_words_for_what_cannot_be_done(engine: Engine) -> None:
    with pytest.raises(UnknownNameError, match="clusters"):
        engine.atlas.name_cluster(1, "x")
    with pytest.raises(UsageError, match="kmeans"):
        engine.atlas.clusters(space="heaps", method="k")
    with pytest.raises(UsageError, match="cannot name"):
        engine.atlas.clusters(space="heaps", name="brand")
    engine.atlas.clusters(space="heaps", most=3)
    with pytest.raises(NotFoundError, match="99"):
        engine.atlas.name_cluster(99, "x")
    with pytest.raises(UsageError, match="own"):
        engine.atlas.name_cluster(1, "x", attribute="cluster")


def test_an_attribute_of_a_person_stands_above_the_clusters(engine: Engine) -> None:
    product = engine.catalogue.find(limit=1).products[0]
    mark = Attribute(product_id=product.id, name="cluster", value="mine", origin=Origin.HUMAN)
    engine.catalogue.annotate([mark], by="a test")
    engine.atlas.clusters(space="heaps", most=3)
    assert engine.catalogue.product(product.id).attributes["cluster"] == "mine"
