"""Findings as images: the photo, why, and how it would be."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from checks_of_tests import only_these_checks
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app


@pytest.fixture(autouse=True)
def two_checks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, only_these_checks(tmp_path_factory.mktemp("checks"), patch):
        yield


@pytest.fixture
def engine(catalogue_copy: Catalogue) -> Engine:
    engine = Engine(catalogue_copy)
    engine.clean.check()
    return engine


@pytest.fixture
def client(engine: Engine) -> TestClient:
    return TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1")


def image(client: TestClient, url: str) -> np.ndarray:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    return np.asarray(Image.open(io.BytesIO(answer.content))).astype(int)


def test_the_photo_why_and_how_it_would_be(client: TestClient, engine: Engine) -> None:
    first = engine.clean.findings(check="facing", limit=1).findings[0]
    photo, why, fixed = (image(client, url) for url in (first.image_url, first.why_url, first.fixed_url))
    assert photo.shape == why.shape == fixed.shape == (96, 96, 3)
    assert np.abs(photo[:, ::-1] - fixed).mean() < 6
    assert np.abs(why[48].mean(axis=0) - (220, 30, 30)).max() < 40


def test_a_copy_is_shown_beside_what_it_is_a_copy_of(client: TestClient, engine: Engine) -> None:
    [twin] = engine.clean.findings(check="twin").findings
    assert image(client, twin.why_url).shape == (96, 192, 3)


def test_findings_show_the_photo_as_ingested_whatever_was_applied(client: TestClient, engine: Engine) -> None:
    first = engine.clean.findings(check="facing", limit=1).findings[0]
    engine.clean.decide("accept", first.id)
    photo_url = f"/photos/{first.photo_id}/96.webp"
    before = client.get(photo_url)
    unchanged = client.get(photo_url, headers={"if-none-match": before.headers["etag"]})
    assert unchanged.status_code == 304
    engine.clean.standardise(size=64)
    after = client.get(photo_url, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert image(client, first.image_url).shape == (96, 96, 3)
    assert image(client, first.fixed_url).shape == (96, 96, 3)


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get("/findings/9999/why.jpg").status_code == 404
    assert client.get("/findings/1/other.jpg").status_code == 422
