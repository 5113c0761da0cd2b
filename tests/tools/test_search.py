"""Searching the rendered catalogue: against brute force, with filters, pages and an honest no."""

import numpy as np
import pytest

from lookscape.catalogue import imaging
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UnknownNameError, UsageError
from lookscape.tools.search.by_photo import parse_crop


def brute_force(engine: Engine, product_id: str) -> list[str]:
    """Products by cosine distance of their first photos, computed without the index."""
    space = engine.space()
    rows = dict(zip(space.ids, space.vectors, strict=True))
    first = {product.id: rows[product.photo_ids[0]] for product in engine.catalogue.find(limit=500).products}
    unit = {key: row / np.linalg.norm(row) for key, row in first.items()}
    return sorted(set(unit) - {product_id}, key=lambda key: (-float(unit[key] @ unit[product_id]), key))


def test_like_is_the_order_of_brute_force(engine: Engine) -> None:
    for product in engine.catalogue.find(limit=6).products:
        hits = engine.search.like(product.id, limit=5).hits
        assert [hit.product_id for hit in hits] == brute_force(engine, product.id)[:5]


def test_by_photo_finds_the_photo_itself_at_distance_zero(engine: Engine) -> None:
    photo_id = engine.catalogue.photo_ids()[3]
    hit = engine.search.by_photo(engine.catalogue.read_photo(photo_id), limit=1).hits[0]
    assert hit.photo_id == photo_id
    assert hit.distance == pytest.approx(0, abs=1e-3)
    assert hit.score > 0.95
    assert hit.image_url == f"/photos/{photo_id}.jpg"
    assert hit.sources
    assert hit.sources[0].startswith("rendered:")


def test_pages_join_without_gap_or_repeat(engine: Engine) -> None:
    product_id = engine.catalogue.find(limit=1).products[0].id
    whole = [hit.product_id for hit in engine.search.like(product_id, limit=12).hits]
    pages = [engine.search.like(product_id, limit=4, offset=offset).hits for offset in (0, 4, 8)]
    assert [hit.product_id for page in pages for hit in page] == whole
    assert len(set(whole)) == 12


def test_filters_hold_and_keep_the_order(engine: Engine) -> None:
    product_id = engine.catalogue.find(limit=1).products[0].id
    everything = engine.search.like(product_id, limit=100).hits
    wanted = [hit.product_id for hit in everything if hit.attributes["silhouette"] in {"low", "mid"}]
    found = engine.search.like(product_id, limit=100, where=("silhouette=low", "silhouette=mid")).hits
    assert [hit.product_id for hit in found] == wanted
    assert wanted
    nothing = engine.search.like(product_id, where=("silhouette=none such",))
    assert (nothing.hits, nothing.found) == ([], False)
    assert nothing.message == "no product passes the filters"


def test_scores_fall_with_distance_and_stay_in_bounds(engine: Engine) -> None:
    hits = engine.search.like(engine.catalogue.find(limit=1).products[0].id, limit=20).hits
    distances = [hit.distance for hit in hits]
    scores = [hit.score for hit in hits]
    assert distances == sorted(distances)
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_photo_of_something_else_gets_an_honest_no(engine: Engine) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (96, 96, 3), dtype=np.uint8)
    answer = engine.search.by_photo(imaging.encode_jpeg(noise))
    assert not answer.found
    assert "nothing like this" in answer.message
    assert answer.hits


def test_cropping_by_parameter_equals_cropping_by_hand(engine: Engine) -> None:
    photo = engine.catalogue.read_photo(engine.catalogue.photo_ids()[0])
    pixels = imaging.decode(photo).pixels
    height, width, _ = pixels.shape
    part = pixels[height // 4 :, : width // 2]
    by_hand = engine.search.by_photo(imaging.encode_jpeg(part, quality=100), limit=3).hits
    by_parameter = engine.search.by_photo(photo, crop="0,0.25,0.5,1", limit=3).hits
    assert by_parameter[0].product_id == by_hand[0].product_id
    assert by_parameter[0].distance == pytest.approx(by_hand[0].distance, abs=0.05)


@pytest.mark.parametrize("metric", ["l1", "l2", "cosine", "hamming"])
def test_every_metric_finds_the_photo_itself(engine: Engine, metric: str) -> None:
    photo_id = engine.catalogue.photo_ids()[7]
    answer = engine.search.by_photo(engine.catalogue.read_photo(photo_id), metric=metric, limit=2)
    assert answer.metric == metric
    assert answer.hits[0].photo_id == photo_id
    assert answer.hits[0].distance < answer.hits[1].distance


def test_wrong_calls(engine: Engine) -> None:
    with pytest.raises(NotFoundError, match="no product 'nope'"):
        engine.search.like("nope")
    with pytest.raises(UnknownNameError, match="no space named 'nope'"):
        engine.search.like(engine.catalogue.find(limit=1).products[0].id, space="nope")
    with pytest.raises(UsageError, match="metric 'cos' is not one of"):
        engine.search.like(engine.catalogue.find(limit=1).products[0].id, metric="cos")
    with pytest.raises(UsageError, match="is not like colour=red"):
        engine.search.find(where=("red",))
    with pytest.raises(UsageError, match="limit"):
        engine.search.find(limit=0)
    with pytest.raises(UsageError, match="cannot be read"):
        engine.search.by_photo("/no/such/photo.jpg")


@pytest.mark.parametrize("given", ["1,0,0,1", "0,0,1", "a,b,c,d", "0,0,2,1", "nan,0,1,1"])
def test_a_crop_that_is_no_box_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="crop"):
        parse_crop(given)
