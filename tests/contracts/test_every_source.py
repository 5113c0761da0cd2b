"""Every source lists lazily, the same each time, under paths of its own, and refuses nonsense in one sentence."""

import io
import json
import pickle
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from lookscape import parts
from lookscape.catalogue import sources as package
from lookscape.catalogue.fetch.download import Failed
from lookscape.catalogue.shops.records import Found, Trouble
from lookscape.catalogue.shops.visit import Visit
from lookscape.catalogue.source import PACKAGE, Item, Listing, SourceOptions, read_source
from lookscape.catalogue.sources import _downloads, shop
from lookscape.errors import UsageError

NAMES = parts.names(PACKAGE)
PhotoBytes = Callable[..., bytes]


@pytest.fixture
def location(tmp_path: Path, photo_bytes: PhotoBytes, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """A small example of each source; a new source needs one here."""

    monkeypatch.setattr(_downloads, "download", _not_downloaded)
    monkeypatch.setattr(shop, "download", _not_downloaded)
    monkeypatch.setattr(shop, "walk", _walked)
    monkeypatch.setattr(Visit, "_reached", lambda self, location, *, allow_http: location)
    monkeypatch.chdir(tmp_path)
    return lambda name: EXAMPLES[name](tmp_path, photo_bytes)


def _folder(root: Path, photo_bytes: PhotoBytes) -> str:
    for number in range(3):
        (root / f"{number}.jpg").write_bytes(photo_bytes(number))
    return str(root)


def _table(root: Path, photo_bytes: PhotoBytes) -> str:
    _folder(root, photo_bytes)
    (root / "shop.csv").write_text("file_name,colour\n2.jpg,red\n0.jpg,blue\n")
    return str(root / "shop.csv")


def _links(root: Path, photo_bytes: PhotoBytes) -> str:
    (root / "shop.csv").write_text("url,colour\nhttp://a.example/1.jpg,red\nhttp://a.example/2.jpg,blue\n")
    return str(root / "shop.csv")


def _rendered(root: Path, photo_bytes: PhotoBytes) -> str:
    return "2,size=32"


def _mnist(root: Path, photo_bytes: PhotoBytes) -> str:
    for prefix in ("train", "t10k"):
        images, labels = np.zeros((2, 28, 28), np.uint8), np.zeros(2, np.uint8)
        for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
            header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
            (root / f"{prefix}-{kind}-ubyte").write_bytes(header + array.tobytes())
    return str(root)


def _coco(root: Path, photo_bytes: PhotoBytes) -> str:
    _folder(root, photo_bytes)
    images = [{"id": number, "file_name": f"{number}.jpg"} for number in range(2)]
    boxes = [{"id": 1, "image_id": 0, "category_id": 1, "bbox": [0, 0, 9, 9]}]
    document = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "boot"}]}
    (root / "instances.json").write_text(json.dumps(document))
    return str(root / "instances.json")


def _yolo(root: Path, photo_bytes: PhotoBytes) -> str:
    for name in ("images", "labels"):
        (root / name).mkdir()
    _folder(root / "images", photo_bytes)
    (root / "classes.txt").write_text("boot\nclog\n")
    (root / "labels" / "1.txt").write_text("1 .5 .5 .4 .4\n0 .2 .2 .1 .1\n")
    return str(root)


def _webdataset(root: Path, photo_bytes: PhotoBytes) -> str:
    with tarfile.open(root / "shard.tar", "w") as tar:
        for number in range(2):
            for ending, content in (("jpg", photo_bytes(number)), ("json", b'{"colour": "red"}')):
                member = tarfile.TarInfo(f"{number:05}.{ending}")
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return str(root / "shard.tar")


def _fiftyone(root: Path, photo_bytes: PhotoBytes) -> str:
    _folder(root, photo_bytes)
    (root / "samples.json").write_text(json.dumps({"samples": [{"filepath": "1.jpg"}, {"filepath": "0.jpg"}]}))
    return str(root / "samples.json")


def _shop(root: Path, photo_bytes: PhotoBytes) -> str:
    return "http://127.0.0.1/shoes"


EXAMPLES: dict[str, Callable[[Path, PhotoBytes], str]] = {
    "folder": _folder,
    "table": _table,
    "links": _links,
    "rendered": _rendered,
    "fashion_mnist": _mnist,
    "coco": _coco,
    "yolo": _yolo,
    "webdataset": _webdataset,
    "fiftyone": _fiftyone,
    "shop": _shop,
}


def _walked(visit: object) -> Iterator[Found | Trouble]:
    yield Found(id="7", page="http://127.0.0.1/7", photos=("http://127.0.0.1/a.jpg", "http://127.0.0.1/b.jpg"))
    yield Trouble(page="http://127.0.0.1/8", reason="not there", is_passing=False)


def _not_downloaded(wanted: object, into: Path, *, options: object) -> Iterator[Failed]:
    return (Failed(link=link, reason="not now") for link in wanted)  # type: ignore[attr-defined]


def read(name: str, location: str) -> Listing:
    listing: Listing = parts.load(PACKAGE, name).read(location, SourceOptions())
    return listing


def files(found: list[Item]) -> list[object]:
    return [item.file for item in found]


@pytest.mark.parametrize("name", NAMES)
def test_it_lists_the_same_every_time(name: str, location: Callable[[str], str]) -> None:
    where = location(name)
    first, second = read(name, where), read(name, where)
    found = list(first.items)
    assert found
    assert files(found) == files(list(second.items))
    assert (first.key, first.kind) == (second.key, second.kind)
    assert first.kind == name.replace("_", "-")
    assert first.key.startswith(first.kind)
    assert first.total in (None, len(found))


@pytest.mark.parametrize("name", NAMES)
def test_items_are_distinct_plain_and_travel_to_other_processes(name: str, location: Callable[[str], str]) -> None:
    found = list(read(name, location(name)).items)
    paths = [item.file.path for item in found]
    assert len(set(paths)) == len(paths)
    for item in found:
        assert (item.load is None) == (item.problem is not None)
        assert item.file.stamp
        for name_of, said in item.file.attributes.items():
            texts = [name_of, said] if isinstance(said, str) else [name_of, *said]
            assert all(isinstance(text, str) for text in texts)
        again = pickle.loads(pickle.dumps(item))
        assert again.file == item.file
        if again.load is not None:
            assert again.load() == item.load()  # type: ignore[misc]


@pytest.mark.parametrize("name", NAMES)
def test_nonsense_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        list(read(name, str(tmp_path / "not there")).items)
    assert "\n" not in str(caught.value)
    assert parts.load(PACKAGE, name).claims(str(tmp_path / "not there")) is False


@pytest.mark.parametrize("name", NAMES)
def test_it_is_reached_by_its_name_and_by_what_it_claims(name: str, location: Callable[[str], str]) -> None:
    where = location(name)
    named = read_source(f"{name.replace('_', '-')}:{where}", SourceOptions())
    assert named.kind == name.replace("_", "-")
    claiming = [other for other in NAMES if parts.load(PACKAGE, other).claims(where)]
    if claiming:
        assert claiming[0] == name
        assert read_source(where, SourceOptions()).key == named.key


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is(name: str) -> None:
    assert parts.summary(package.__name__, name)
