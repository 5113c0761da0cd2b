"""What would change an answer: runner-up, the part that is covered, and the products that it learned from."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from scipy.spatial.distance import cdist

from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UnknownNameError
from lookscape.interfaces.http.app import create_app
from lookscape.representation.spaces.preprocess import decode, square
from lookscape.representation.splits.saved import open_split
from lookscape.services.spaces.vectors import vectors_of
from told_catalogue import open_told


@pytest.fixture(scope="module")
def folder(told_and_embedded: Path) -> Path:
    return told_and_embedded


@pytest.fixture
def engine(folder: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(folder, tmp_path / "catalogue")
    opened = open_told(tmp_path / "catalogue")
    yield opened
    opened.catalogue.close()


def test_it_says_answer_runner_up_and_what_covering_does(engine: Engine) -> None:
    classifier, flipped = engine.classifier(""), 0
    for product_id in engine.catalogue.ids()[:12]:
        found = engine.predict.counterfactual(product_id)
        [photo_id] = engine.catalogue.product(product_id).photo_ids
        [chances] = classifier.chances([decode(engine.catalogue.read_photo(photo_id), side=classifier.side)])
        order = np.argsort(-chances)
        assert (found.value, found.runner_up) == tuple(classifier.classes[code] for code in order)
        assert (found.chance, found.runner_up_chance) == (
            pytest.approx(chances[order[0]], abs=1e-4),
            pytest.approx(chances[order[1]], abs=1e-4),
        )
        flipped += found.covered is not None
        assert (found.becomes == "") == (found.picture_url == "") == (found.covered is None)
        assert found.becomes in ("", found.runner_up)  # of two values
        assert (f"it predicts {found.becomes}" in found.words) == (found.covered is not None)
    assert flipped > 0


def test_the_picture_is_the_photo_with_so_much_covered(engine: Engine) -> None:
    client = TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1")
    found = next(one for one in map(engine.predict.counterfactual, engine.catalogue.ids()) if one.covered)
    answer = client.get(found.picture_url)
    assert answer.headers["content-type"] == "image/webp"
    drawn = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB"), np.float64)
    side = len(drawn)
    photo = square(decode(engine.catalogue.read_photo(found.photo_id), side=side), side=side)
    changed = np.abs(drawn - photo).max(axis=2) > 40
    assert 0 < changed.mean() <= found.covered + 0.01
    assert client.get(found.picture_url.replace(".webp", "x.webp")).status_code == 404
    assert client.get(found.picture_url.rpartition("/")[0] + "/10001.webp").status_code == 404


def test_near_products_are_of_those_it_learned_from(engine: Engine) -> None:
    product_id = engine.catalogue.ids()[3]
    found = engine.predict.counterfactual(product_id, nearest=3)
    parts, tones = open_split(engine.folder, "tone").parts, engine.catalogue.values_of("tone")
    space, owners = engine.space(), engine.catalogue.first_products()
    for value, near in ((found.value, found.like_value), (found.runner_up, found.like_runner_up)):
        learned = [
            photo
            for photo in space.ids
            if parts.get(photo) == "train" and tones.get(owners[photo]) == value and owners[photo] != product_id
        ]
        [distances] = cdist(vectors_of(space, [found.photo_id]), vectors_of(space, learned), "cosine")
        assert [one.photo_id for one in near] == [learned[row] for row in np.argsort(distances, kind="stable")[:3]]
        assert [one.distance for one in near] == pytest.approx(np.sort(distances)[:3], abs=1e-4)


def test_what_cannot_be_asked_is_said(engine: Engine) -> None:
    with pytest.raises(NotFoundError):
        engine.predict.counterfactual("nobody")
    with pytest.raises(UnknownNameError, match="classifier"):
        engine.predict.counterfactual(engine.catalogue.ids()[0], name="nothing")
