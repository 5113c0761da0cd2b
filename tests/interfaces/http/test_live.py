"""Answers with their pictures in them: the tool's own, and nothing sent twice."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.interfaces.http import live
from lookscape.interfaces.http.app import create_app

MATCHES = 4


@pytest.fixture
def engine_copy(catalogue_copy: Catalogue) -> Engine:
    engine = Engine(catalogue_copy)
    engine.manage.train("pca", side=32, dim=6)
    return engine


@pytest.fixture
def talk(engine_copy: Engine) -> TestClient:
    return TestClient(create_app(engine_copy, worker=False), base_url="http://127.0.0.1", raise_server_exceptions=False)


def ids_of(engine: Engine, count: int) -> list[str]:
    return [product.id for product in engine.catalogue.find(limit=count).products]


def opened(address: str) -> tuple[str, Image.Image]:
    kind, _, content = address.partition(";base64,")
    return kind, Image.open(io.BytesIO(base64.b64decode(content)))


def test_a_move_comes_with_its_picture_and_the_photos_that_are_not_there(engine_copy: Engine, talk: TestClient) -> None:
    [product] = ids_of(engine_copy, 1)
    params = {"product": product, "factors": ["1=1.5"], "limit": MATCHES}
    found = engine_copy.latent.steer(product, factors=("1=1.5",), limit=MATCHES)
    answer = talk.post("/live/steer", json={"params": params}).raise_for_status().json()
    assert answer["matches"] == [match.model_dump() for match in found.matches]
    assert answer["drawn_url"] == found.drawn_url
    assert "sliders" not in answer
    kind, drawn = opened(answer["drawn"])
    plain = Image.open(io.BytesIO(talk.get(found.drawn_url).raise_for_status().content))
    assert kind == "data:image/webp"
    assert np.array_equal(np.asarray(drawn), np.asarray(plain))
    photos = [match.photo_id for match in found.matches]
    assert sorted(answer["photos"]) == sorted(set(photos))
    for photo_id, address in answer["photos"].items():
        _, small = opened(address)
        stored = Image.open(io.BytesIO(engine_copy.catalogue.read_photo(photo_id)))
        size = (16, 16)
        difference = np.asarray(small.convert("RGB").resize(size), float) - np.asarray(stored.resize(size), float)
        assert np.abs(difference).mean() < 6
    again = talk.post("/live/steer", json={"params": params, "have": photos[:3]}).raise_for_status().json()
    assert sorted(again["photos"]) == sorted(set(photos[3:]))


def test_a_sum_comes_the_same_way(engine_copy: Engine, talk: TestClient) -> None:
    one, other = ids_of(engine_copy, 2)
    found = engine_copy.latent.arithmetic(plus=(one, f"{other}=3"), limit=MATCHES)
    asked = {"params": {"plus": [one, f"{other}=3"], "limit": MATCHES}}
    answer = talk.post("/live/arithmetic", json=asked).raise_for_status().json()
    assert answer["kept"] == found.kept
    assert [match["product_id"] for match in answer["matches"]] == [match.product_id for match in found.matches]


@pytest.mark.parametrize("size", [0, 10**9])
def test_large_photos_come_small_and_small_ones_as_they_are(
    size: int, engine_copy: Engine, talk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_BYTES", size)
    [product] = ids_of(engine_copy, 1)
    asked = {"params": {"product": product, "limit": 1}}
    [(photo_id, address)] = talk.post("/live/steer", json=asked).json()["photos"].items()
    kind, small = opened(address)
    assert max(small.size) <= (live.SIDE if not size else 10**4)
    assert kind == ("data:image/jpeg" if size else "data:image/webp")
    if size:
        assert base64.b64decode(address.partition(",")[2]) == engine_copy.catalogue.read_photo(photo_id)


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("steer", {"params": {"product": "nobody"}}, 404),
        ("steer", {"params": {"colour": "red"}}, 422),
        ("steer", {"parameters": {}}, 422),
        ("forget", {"params": {}}, 422),
    ],
)
def test_mistakes_are_told_as_everywhere(path: str, asked: dict, status: int, talk: TestClient) -> None:
    answer = talk.post(f"/live/{path}", json=asked)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_other_pages_may_not_ask(talk: TestClient) -> None:
    answer = talk.post("/live/steer", json={"params": {}}, headers={"origin": "http://elsewhere.example"})
    assert answer.status_code == 403
