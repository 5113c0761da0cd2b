"""A map's points and colours over HTTP: the bytes are those of the file, in its order."""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from lookscape.catalogue.columns.kinds import Said
from lookscape.catalogue.columns.learning import as_said
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.interfaces.http.app import create_app
from lookscape.interfaces.http.atlas import packed
from lookscape.services.maps import file
from lookscape.services.maps.columns import as_column
from lookscape.services.maps.file import About, Map
from lookscape.settings import Settings

BASE = "/api/v1/atlas/maps/made-up"


@pytest.fixture(scope="module")
def engine(catalogue_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("points") / "catalogue"
    shutil.copytree(catalogue_folder, folder)
    opened = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    ids = tuple(sorted(opened.catalogue.photo_ids()))
    about = About(space="none", key="", metric="l2", method="tsne", dimensions=3, seed=0)
    points_ND = np.random.default_rng(0).normal(size=(len(ids), 3)).astype(np.float32)
    placed_N = np.arange(len(ids)) < 5
    file.write_map(file.map_path(opened, "made-up"), Map(about=about, ids=ids, points_ND=points_ND, placed_N=placed_N))
    yield opened
    opened.catalogue.close()


@pytest.fixture(scope="module")
def client(engine: Engine) -> TestClient:
    return TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1")


def test_points_and_photos_are_packed_in_the_order_of_the_file(client: TestClient, engine: Engine) -> None:
    found = file.open_map(engine, "made-up")
    answer = client.get(f"{BASE}/points")
    assert answer.headers["content-type"] == "application/octet-stream"
    np.testing.assert_array_equal(np.frombuffer(answer.content, "<f4").reshape(-1, 3), found.points_ND)
    photos = client.get(f"{BASE}/photos").content
    assert [photos[at : at + 32].hex() for at in range(0, len(photos), 32)] == list(found.ids)
    owners = engine.catalogue.products_of_photos(found.ids)
    assert client.get(f"{BASE}/products").json() == [owners[photo_id][0] for photo_id in found.ids]


def test_what_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    for part in ("points", "photos", "products", "columns/map:placed"):
        tag = client.get(f"{BASE}/{part}").headers["etag"]
        assert client.get(f"{BASE}/{part}", headers={"if-none-match": tag}).status_code == 304
        assert client.get(f"{BASE}/{part}", headers={"if-none-match": '"other"'}).status_code == 200


def test_the_map_is_described(client: TestClient, engine: Engine) -> None:
    found = client.get(BASE).json()
    assert (found["photos"], found["dimensions"]) == (24, 3)
    assert f'"{found["digest"]}"' == client.get(f"{BASE}/points").headers["etag"]
    assert found["low"] == file.open_map(engine, "made-up").points_ND.min(axis=0).tolist()
    assert "map:placed" in [column["name"] for column in found["columns"]]


def test_every_column_it_names_can_be_had_and_fits(client: TestClient) -> None:
    for choice in client.get(BASE).json()["columns"]:
        about, values = unpacked(client.get(f"{BASE}/columns/{choice['name']}").content)
        assert about["name"] == choice["name"]
        assert len(values) == 24
        if about["kind"] == "codes":
            counts = {entry["code"]: entry["count"] for entry in about["legend"]}
            assert {code: int((values == code).sum()) for code in set(values.tolist())} == counts
        else:
            assert (np.nanmin(values), np.nanmax(values)) == pytest.approx((about["low"], about["high"]))


def test_a_column_holds_the_products_values(client: TestClient, engine: Engine) -> None:
    name = next(facet.name for facet in engine.catalogue.facets() if 1 < facet.num_values < 10)
    about, codes = unpacked(client.get(f"{BASE}/columns/attribute:{name}").content)
    legend = {entry["code"]: entry["value"] for entry in about["legend"]}
    found = file.open_map(engine, "made-up")
    owners = engine.catalogue.products_of_photos(found.ids)
    told = [engine.catalogue.product(owners[photo_id][0]).attributes.get(name, "") for photo_id in found.ids]
    assert [legend[code] for code in codes.tolist()] == told


@pytest.mark.parametrize(("first", "bytes_each"), [(10, 4), (16_777_200, 8), (123_456_789, 8), (-123_456_789, 8)])
def test_whole_numbers_stay_apart(first: int, bytes_each: int) -> None:
    values = [str(first + n) for n in range(40)]
    about, numbers = unpacked(
        packed(as_column("stock", values, reading=as_said(Said.NUMBER, dict.fromkeys(values, 1))))
    )
    assert (about["bytes"], about["holds"]) == (bytes_each, "number")
    assert [str(int(number)) for number in numbers] == values


def test_it_is_gzipped_for_those_who_take_it(client: TestClient) -> None:
    plain = client.get(f"{BASE}/columns/map:placed", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream("GET", f"{BASE}/columns/map:placed", headers={"accept-encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(answer.iter_raw())) == plain.content


@pytest.mark.parametrize(
    "path", ["/api/v1/atlas/maps/none/points", f"{BASE}/columns/attribute:none", f"{BASE}/columns/x"]
)
def test_what_is_not_there_is_told(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def unpacked(content: bytes) -> tuple[dict, np.ndarray]:
    size = int.from_bytes(content[:4], "little")
    assert (4 + size) % 8 == 0
    about = json.loads(content[4 : 4 + size])
    assert (about["bytes"] == 1) is (about["kind"] == "codes")
    return about, np.frombuffer(content[4 + size :], {1: "u1", 4: "<f4", 8: "<f8"}[about["bytes"]])
