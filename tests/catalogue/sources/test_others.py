"""The sources that are not folders: tables, links, rendered products, Fashion-MNIST."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from lookscape.catalogue.fetch.download import Downloaded, Failed
from lookscape.catalogue.source import SourceOptions
from lookscape.catalogue.sources import _downloads, fashion_mnist, links, rendered, table
from lookscape.errors import UsageError

OPTIONS = SourceOptions()


def test_a_table_lists_its_files_in_its_order_and_names_what_is_none(tmp_path: Path) -> None:
    for name in ("1.jpg", "2.jpg", "unlisted.jpg"):
        (tmp_path / name).write_bytes(b"x")
    path = tmp_path / "shop.csv"
    path.write_text(
        "path,product_id,colour\n2.jpg,B,blue\n1.jpg,A,red\n./2.jpg,C,again\n2.jpg,B,blue\ngone.jpg,D,grey\n"
    )
    listing = table.read(str(path), OPTIONS)
    found = list(listing.items)
    assert listing.key == f"table:{path}"
    assert [item.file.path for item in found] == [
        str(tmp_path / name) for name in ("2.jpg", "1.jpg", "2.jpg (C)", "gone.jpg")
    ]
    assert [item.file.file for item in found] == [None, None, str(tmp_path / "2.jpg"), None]
    assert [item.problem for item in found] == [None, None, None, "listed in the table but not there (line 6)"]
    assert [item.file.product_id for item in found[:3]] == ["B", "A", "C"]
    assert found[0].file.attributes == {"colour": "blue"}
    assert listing.account.repeated == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", "colour\nred\n", "no column of photos, neither files nor addresses.*there are: colour"),
        ("t.doc", "x", "can end in .csv"),
        ("t.csv", None, "not a file"),
    ],
)
def test_a_table_that_is_none_is_one_sentence(tmp_path: Path, name: str, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(UsageError, match=message):
        table.read(str(tmp_path / name), OPTIONS)


def test_links_come_in_the_tables_order_whatever_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "links.csv"
    path.write_text("url,name,colour\nhttp://a/1,One,red\nhttp://a/2,,blue\nhttp://a/1,Twice,grey\n")

    def backwards(wanted: object, into: Path, *, options: object) -> Iterator[Downloaded | Failed]:
        first, second, third = list(wanted)  # type: ignore[call-overload]
        file = {"path": tmp_path / "f00", "file_name": "photo 2.jpg", "num_bytes": 5, "is_new": True}
        yield Downloaded(link=third, **file)  # type: ignore[arg-type]
        yield Downloaded(link=second, **file)  # type: ignore[arg-type]
        yield Failed(link=first, reason="the server answered 404")

    monkeypatch.setattr(_downloads, "download", backwards)
    found = list(links.read(str(path), OPTIONS).items)
    assert [item.file.path for item in found] == ["http://a/1", "http://a/2", "http://a/1 (2)"]
    assert [item.problem for item in found] == ["the server answered 404", None, None]
    assert [item.file.name for item in found] == ["One", "photo 2", "Twice"]
    assert [item.file.stamp for item in found] == ["the server answered 404", "f00:5", "f00:5"]
    assert [item.file.attributes["colour"] for item in found] == ["red", "blue", "grey"]


def test_rendered_products_are_the_same_every_time_and_more_begin_with_the_same() -> None:
    few, many = (list(rendered.read(f"{count},size=64,seed=3", OPTIONS).items) for count in (3, 5))
    assert [item.file for item in few] == [item.file for item in many[:3]]
    assert [item.load() for item in few] == [item.load() for item in many[:3]]  # type: ignore[misc]
    other = rendered.read("3,size=64,seed=4", OPTIONS)
    assert next(other.items).file.path != few[0].file.path
    assert few[0].file.attributes["silhouette"]


@pytest.mark.parametrize("wrong", ["", "no", "0", "-3", "5,size=1", "5,seed=x", "5,colour=red", "5,nuisance=some", "²"])
def test_a_rendered_spec_that_is_none_is_one_sentence(wrong: str) -> None:
    with pytest.raises(UsageError, match="rendered:"):
        rendered.read(wrong, OPTIONS)


def write_idx(path: Path, array: np.ndarray, *, packed: bool = False) -> None:
    data = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()
    path.with_name(f"{path.name}.gz" if packed else path.name).write_bytes(gzip.compress(data) if packed else data)


@pytest.fixture
def mnist(tmp_path: Path) -> Callable[..., Path]:
    def make(*, packed: bool = False, num_labels: int = 4) -> Path:
        rng = np.random.default_rng(0)
        for prefix, count in (("train", 4), ("t10k", 2)):
            pixels = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
            labels = np.arange(count if prefix == "t10k" else num_labels, dtype=np.uint8)
            write_idx(tmp_path / f"{prefix}-images-idx3-ubyte", pixels, packed=packed)
            write_idx(tmp_path / f"{prefix}-labels-idx1-ubyte", labels, packed=packed)
        return tmp_path

    return make


@pytest.mark.parametrize("packed", [False, True])
def test_fashion_mnist_lists_train_then_test_with_its_pixels(mnist: Callable[..., Path], packed: bool) -> None:
    listing = fashion_mnist.read(str(mnist(packed=packed)), OPTIONS)
    found = list(listing.items)
    assert listing.total == len(found) == 6
    assert [item.file.attributes["split"] for item in found] == ["train"] * 4 + ["test"] * 2
    assert [item.file.attributes["kind"] for item in found][:2] == ["T-shirt/top", "Trouser"]
    pixels = np.random.default_rng(0).integers(0, 256, (4, 28, 28), dtype=np.uint8)
    assert found[3].load is not None
    decoded = cv2.imdecode(np.frombuffer(found[3].load(), np.uint8), cv2.IMREAD_GRAYSCALE)
    np.testing.assert_array_equal(decoded, pixels[3])


def test_fashion_mnist_that_is_not_whole_is_one_sentence(mnist: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not contain train-images"):
        fashion_mnist.read(str(tmp_path), OPTIONS)
    mnist(num_labels=3)
    with pytest.raises(UsageError, match="do not belong together"):
        fashion_mnist.read(str(tmp_path), OPTIONS)
    images = tmp_path / "train-images-idx3-ubyte"
    images.write_bytes(images.read_bytes()[:-1])
    with pytest.raises(UsageError, match="not a complete IDX file"):
        fashion_mnist.read(str(tmp_path), OPTIONS)
