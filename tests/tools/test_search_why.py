"""Why two products are near: the places, the figures, and what they agree on."""

import numpy as np
import pytest

from lookscape.engine import Engine
from lookscape.errors import ConflictError, NotFoundError
from lookscape.index.protocol import Metric
from lookscape.services.search.shared import Pair, shared_map, shared_picture, strongest_place
from lookscape.tools.search.like import Result as Hits


@pytest.fixture
def near(engine: Engine) -> Hits:
    first = engine.search.find(limit=1).products[0]
    return engine.search.like(first.product_id, limit=1)


def test_it_says_how_near_they_are_as_the_search_does(engine: Engine, near: Hits) -> None:
    first, hit = engine.search.find(limit=1).products[0], near.hits[0]
    for metric in Metric:
        asked = engine.search.like(first.product_id, limit=1, metric=metric.value).hits[0]
        found = engine.search.why(first.product_id, asked.product_id, metric=metric.value)
        assert found.distance == pytest.approx(asked.distance, rel=1e-4)
        assert found.score == pytest.approx(asked.score, abs=1e-3)
    found = engine.search.why(first.product_id, hit.product_id)
    assert [side.product_id for side in found.sides] == [first.product_id, hit.product_id]
    for clause in found.same:
        name, _, value = clause.partition("=")
        assert first.attributes.get(name, value) == value == hit.attributes.get(name, value)


def test_the_background_does_not_matter(engine: Engine, near: Hits) -> None:
    space = engine.space()
    first = engine.search.find(limit=1).products[0]
    pair = Pair(space=space.name, metric=Metric.COSINE, photo_id=first.photo_id, other_id=near.hits[0].photo_id)
    found = shared_map(engine, pair)
    edge = np.concatenate([found[0], found[-1]])
    assert found.max() == 1
    assert found.mean() > 2 * edge.mean(), "the shoe stands in the middle"
    assert shared_picture(engine, pair, key=space.key).shape == (384, 384, 3)
    with pytest.raises(ConflictError, match="was recreated"):
        shared_picture(engine, pair, key="older")


def test_who_is_not_there_is_said(engine: Engine) -> None:
    first = engine.search.find(limit=1).products[0]
    with pytest.raises(NotFoundError):
        engine.search.why(first.product_id, "nobody")


def test_places_have_names() -> None:
    found = np.zeros((30, 30), np.float32)
    found[0:5, 25:] = 1
    assert strongest_place(found) == "top right"
    found[12:18, 12:18] = 1
    assert strongest_place(found) == "centre"
