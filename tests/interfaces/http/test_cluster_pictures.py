"""Clusters as pictures: the mean is the mean, the montage is made of the photos nearest to the centre."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app
from lookscape.interfaces.http.images.clusters import SIDE, WIDE, mean
from lookscape.representation.latents.drawings import sheet
from lookscape.services.clusters import file
from lookscape.settings import Settings


@pytest.fixture(scope="module")
def engine(catalogue_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("pictures") / "catalogue"
    shutil.copytree(catalogue_folder, folder)
    opened = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    opened.atlas.clusters(space="pixels", k=2, most=3)
    yield opened
    opened.catalogue.close()


@pytest.fixture(scope="module")
def client(engine: Engine) -> TestClient:
    return TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1")


def picture(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.float64)


def test_the_mean_is_that_of_all_members(client: TestClient, engine: Engine) -> None:
    from lookscape.representation.spaces.preprocess import decode, square

    members = file.open_members(engine, "cluster")
    ids = [members.photo_ids[row] for row in members.of(1)]
    photos = [square(decode(engine.catalogue.read_photo(one), side=SIDE), side=SIDE) for one in ids]
    shown = picture(client.get("/clusters/cluster/1/mean.webp").content)
    assert shown.shape == (SIDE, SIDE, 3)
    assert np.abs(shown - np.mean(photos, axis=0)).mean() < 3  # WebP is lossy


def test_the_mean_and_the_montage_of_plain_colours() -> None:
    dark, light = np.full((SIDE, SIDE, 3), 10, np.uint8), np.full((SIDE, SIDE, 3), 31, np.uint8)
    assert set(np.unique(mean([dark, light]))) == {20}
    drawn = sheet([dark] * 4 + [light], wide=WIDE)
    assert drawn.shape == (2 * SIDE, 4 * SIDE, 3)
    assert [int(drawn[SIDE, column * SIDE, 0]) for column in range(4)] == [31, 255, 255, 255]


def test_pictures_are_asked_for_again_and_not_sent_again(client: TestClient) -> None:
    answer = client.get("/clusters/cluster/1/montage.webp")
    assert answer.headers["content-type"] == "image/webp"
    again = client.get("/clusters/cluster/1/montage.webp", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["cluster/9/mean.webp", "cluster.none/1/mean.webp", "brand/1/mean.webp"])
def test_what_is_not_there_is_told(client: TestClient, path: str) -> None:
    assert client.get(f"/clusters/{path}").status_code in (404, 422)
