"""Tools over HTTP: JSON and forms in, records out, problems told."""

import base64
import json

import pytest
from starlette.testclient import TestClient

from lookscape.engine import Engine


@pytest.fixture(scope="module")
def photo(engine: Engine) -> bytes:
    return engine.catalogue.read_photo(engine.catalogue.photo_ids()[5])


@pytest.fixture(scope="module")
def product_id(engine: Engine) -> str:
    photo_id = engine.catalogue.photo_ids()[5]
    return engine.catalogue.products_of_photos([photo_id])[photo_id][0]


def test_a_photo_as_a_form_finds_its_product(client: TestClient, photo: bytes, product_id: str) -> None:
    answer = client.post("/api/v1/search/by-photo", files={"photo": ("shoe.jpg", photo)}, data={"limit": "3"})
    assert answer.status_code == 200
    hits = answer.json()["hits"]
    assert hits[0]["product_id"] == product_id
    assert len(hits) == 3
    assert set(hits[0]) >= {"photo_id", "product_id", "distance", "score", "name", "attributes", "sources", "image_url"}


def test_a_photo_as_base64_gives_the_same(client: TestClient, photo: bytes) -> None:
    form = client.post("/api/v1/search/by-photo", files={"photo": ("shoe.jpg", photo)}).json()
    encoded = base64.b64encode(photo).decode()
    assert client.post("/api/v1/search/by-photo", json={"photo": encoded}).json() == form
    assert client.post("/api/v1/search/by-photo", json={"photo": f"data:image/jpeg;base64,{encoded}"}).json() == form


def test_filters_come_as_repeated_form_fields(client: TestClient, photo: bytes) -> None:
    fields = {"where": ["silhouette=low", "silhouette=boot"]}
    hits = client.post("/api/v1/search/by-photo", files={"photo": ("a", photo)}, data=fields).json()["hits"]
    assert hits
    assert {hit["attributes"]["silhouette"] for hit in hits} <= {"low", "boot"}


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"photo": "/etc/passwd"}, 422, "neither a http(s) URL nor base64"),
        ({"photo": base64.b64encode(b"hello").decode()}, 422, "not an image"),
        ({"photo": ""}, 422, "empty"),
        ({}, 422, "photo: field required"),
        ({"photo": "http://127.0.0.1:9/x.jpg"}, 403, "not a public address"),
        ({"photo": "aGVsbG8=", "sise": 3}, 422, "sise is not a parameter"),
        ({"photo": "aGVsbG8=", "limit": 0}, 422, "limit"),
    ],
)
def test_a_wrong_question_gets_a_problem(client: TestClient, body: dict, status: int, words: str) -> None:
    answer = client.post("/api/v1/search/by-photo", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "instance"}
    assert words in problem["detail"]


def test_a_photo_over_the_limit_is_413(client: TestClient) -> None:
    answer = client.post("/api/v1/search/by-photo", files={"photo": ("big.jpg", b"\xff" * 20_000_001)})
    assert answer.status_code == 413


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe"])
def test_a_broken_body_is_422(client: TestClient, content: bytes) -> None:
    answer = client.post("/api/v1/search/find", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422


def test_names_that_are_not_there_are_404(client: TestClient, photo: bytes) -> None:
    assert client.post("/api/v1/search/like", json={"product": "nope"}).status_code == 404
    answer = client.post("/api/v1/search/by-photo", files={"photo": ("a", photo)}, data={"space": "nope"})
    assert answer.status_code == 404
    assert client.post("/api/v1/search/nothing", json={}).status_code == 404


def test_a_slow_tool_becomes_a_job(client: TestClient) -> None:
    answer = client.post("/api/v1/measure/recall", json={"queries": 5})
    assert answer.status_code == 202
    where = answer.headers["location"]
    job = client.get(where).json()
    assert (job["tool"], job["state"]) == ("measure/recall", "queued")
    assert json.loads(job["params"])["queries"] == 5
    assert client.post(f"{where}/cancel").json()["state"] == "cancelled"
    assert client.post("/api/v1/jobs/clear").json()["removed"] >= 1
    assert client.get(where).status_code == 404


def test_photos_are_kept_until_they_change_and_thumbnails_are_small(client: TestClient, engine: Engine) -> None:
    photo_id = engine.catalogue.photo_ids()[0]
    whole = client.get(f"/photos/{photo_id}.jpg")
    assert whole.headers["content-type"] == "image/jpeg"
    assert whole.headers["cache-control"] == "no-cache"
    again = client.get(f"/photos/{photo_id}.jpg", headers={"if-none-match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    small = client.get(f"/photos/{photo_id}/96.webp")
    assert small.headers["content-type"] == "image/webp"
    assert client.get(f"/photos/{photo_id}/97.webp").status_code == 422
    assert client.get(f"/photos/{'0' * 64}.jpg").status_code == 404
    assert client.get("/photos/../../etc/passwd").status_code == 404


def test_the_schema_is_valid_openapi(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    assert schema["openapi"].startswith("3.")
    assert "multipart/form-data" in schema["paths"]["/api/v1/search/by-photo"]["post"]["requestBody"]["content"]
