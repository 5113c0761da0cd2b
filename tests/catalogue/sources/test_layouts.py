"""COCO, YOLO, FiftyOne and WebDataset: each box is a photo, what is said of it stays with it, faults are named."""

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lookscape.catalogue.source import Item, SourceOptions, read_source
from lookscape.errors import UsageError

PhotoBytes = Callable[..., bytes]


def items(spec: Path) -> list[Item]:
    return list(read_source(str(spec), SourceOptions()).items)


def told(spec: Path, root: Path) -> list[tuple[str, dict[str, Any]]]:
    """Path and attributes of every photo."""
    found = [item for item in items(spec) if item.problem is None]
    return [(item.file.path.removeprefix(f"{root}/"), dict(item.file.attributes)) for item in found]


def problems(spec: Path) -> list[str]:
    return [item.problem for item in items(spec) if item.problem]


@pytest.fixture
def photos(tmp_path: Path, photo_bytes: PhotoBytes) -> Path:
    (tmp_path / "images").mkdir()
    for name in ("top", "side"):
        (tmp_path / "images" / f"{name}.jpg").write_bytes(photo_bytes(len(name)))
    return tmp_path


def coco(root: Path, **changed: Any) -> Path:
    document = {
        "images": [
            {"id": 1, "file_name": "images\\top.jpg", "width": 64, "height": 64},
            {"id": 2, "file_name": "./images/side.jpg", "product_id": "P2", "width": 64, "height": 64},
        ],
        "categories": [
            {"id": 1, "name": "boot", "supercategory": "shoe"},
            {"id": 2, "name": "colour=red", "supercategory": "colour"},
            {"id": 3, "name": "loose"},
        ],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 4, 4]},
            {"id": 2, "image_id": 1, "category_id": 2, "bbox": [0, 0, 4, 4]},
            {"id": 3, "image_id": 1, "category_id": 3, "bbox": [4, 0, 4, 4.5]},
            {"id": 4, "image_id": 2, "category_id": 1, "bbox": [0, 0, 64, 64]},
            {"id": 5, "image_id": 2, "category_id": 2},
        ],
    }
    (root / "annotations.json").write_text(json.dumps(document | changed))
    return root / "annotations.json"


def test_coco(photos: Path) -> None:
    assert told(coco(photos), photos) == [
        ("images/top.jpg [0, 0, 4, 4]", {"shoe": "boot", "colour": "red"}),
        ("images/top.jpg [4, 0, 8, 5]", {"category": "loose"}),
        ("images/side.jpg", {"shoe": "boot", "colour": "red"}),
    ]


def test_what_coco_says_of_nothing_is_named(photos: Path) -> None:
    lost = [{"id": 8, "image_id": 9, "category_id": 1}, {"id": 9, "image_id": 1, "category_id": 7}]
    gone = [{"id": 1, "file_name": "images/top.jpg"}, {"id": 3, "file_name": "gone.jpg"}, {"id": 4}]
    found = problems(coco(photos, annotations=lost, images=gone))
    assert [problem.partition(": ")[2] or problem for problem in found] == [
        "there is no category with id 7",
        "listed in the table but not there (annotations.json, image 3)",
        "the image has no file_name",
        "there is no image with id 9",
    ]


def test_what_else_coco_says(photos: Path) -> None:
    outline = [[2, 2, 12, 2, 12, 22]]
    more = [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 9, 9], "iscrowd": 1, "segmentation": {"counts": [3]}},
        {
            "id": 2,
            "image_id": 1,
            "category_id": 1,
            "segmentation": outline,
            "attributes": {"colour": "red", "worn": True},
        },
        {"id": 3, "image_id": 1, "category_id": 3, "bbox": ["2", "2", "10", "20"]},
        {"id": 4, "image_id": 2, "category_id": 3, "bbox": [1, 2, "wide", 4]},
        {"id": 5, "image_id": 2, "category_id": 3, "bbox": [1, 2, 3]},
    ]
    path = coco(photos, annotations=more)
    listing = read_source(str(path), SourceOptions())
    found = {item.file.path.removeprefix(f"{photos}/"): dict(item.file.attributes) for item in listing.items}
    assert found["images/top.jpg [2, 2, 12, 22]"] == {
        "shoe": "boot",
        "colour": "red",
        "worn": "true",
        "category": "loose",
    }
    assert listing.account.skipped == {"regions of a crowd": 1}
    assert [problem.partition(": ")[2] for problem in problems(path)] == [
        "bbox [1, 2, 'wide', 4] is no box",
        "bbox [1, 2, 3] is no box",
    ]


def test_the_json_of_a_shop_is_no_coco(photos: Path) -> None:
    shown = [{"src": "images/top.jpg"}, {"src": "images/side.jpg"}]
    product = {"id": 7, "title": "Runner", "images": shown, "categories": [{"id": 1, "name": "Shoes"}]}
    (photos / "products.json").write_text(json.dumps({"products": [product]}))
    listing = read_source(str(photos / "products.json"), SourceOptions())
    assert listing.kind == "table"
    assert [(item.file.product_id, item.file.name) for item in listing.items] == [("7", "Runner"), ("7", "Runner")]


def test_coco_beside_its_photos(photos: Path) -> None:
    (photos / "annotations").mkdir()
    path = coco(photos).rename(photos / "annotations" / "instances.json")
    assert len(told(path, photos)) == 3


def test_yolo(photos: Path) -> None:
    (photos / "labels").mkdir()
    (photos / "data.yaml").write_text("names:\n  0: boot\n  1: clog\n")
    lines = ["1 0.5 0.5 0.5 0.25", "0 0.5 0.5 0.5 0.25 0.9", "0 0.1 0.1 0.4 0.1 0.2 0.6", "", "0 40 40 20 20", "boot 1"]
    (photos / "labels" / "top.txt").write_text("\n".join(lines))
    assert told(photos, photos) == [
        ("images/side.jpg", {}),
        ("images/top.jpg [0.25, 0.375, 0.75, 0.625]", {"category": ("clog", "boot")}),
        ("images/top.jpg [0.1, 0.1, 0.4, 0.6]", {"category": "boot"}),
    ]
    assert [problem.partition(":")[0] for problem in problems(photos)] == [
        "labels/top.txt, line 5",
        "labels/top.txt, line 6",
    ]


@pytest.mark.parametrize("names", ["names: [boot, clog]", "names:\n- boot\n- clog", "names: {0: boot, 1: clog}"])
@pytest.mark.parametrize("folder", ["images/train", "train/images"])
def test_yolo_in_the_forms_it_comes_in(tmp_path: Path, photo_bytes: PhotoBytes, names: str, folder: str) -> None:
    for where in (tmp_path / folder, tmp_path / folder.replace("images", "labels")):
        where.mkdir(parents=True)
    (tmp_path / folder / "1.png").write_bytes(photo_bytes(1))
    (tmp_path / "data.yaml").write_text(f"train: ../{folder}\nnc: 2\n{names}\n")
    turned = "1 0.5 0.2 0.8 0.5 0.5 0.8 0.2 0.5"
    (tmp_path / folder.replace("images", "labels") / "1.txt").write_text(f"{turned}\n7 0.5 0.5 0.5 0.5\n")
    assert told(tmp_path, tmp_path) == [
        (f"{folder}/1.png [0.2, 0.2, 0.8, 0.8]", {"split": "train", "category": "clog"}),
        (f"{folder}/1.png [0.25, 0.25, 0.75, 0.75]", {"split": "train", "category": "7"}),
    ]


@pytest.mark.parametrize("content", ["names: 3", "[", "nothing: 1"])
def test_names_that_are_none_are_one_sentence(photos: Path, content: str) -> None:
    (photos / "labels").mkdir()
    (photos / "data.yaml").write_text(content)
    with pytest.raises(UsageError, match=r"data\.yaml"):
        items(photos)


def test_fiftyone(photos: Path) -> None:
    boot = {"_cls": "Detection", "label": "boot", "bounding_box": [0.25, 0.25, 0.5, 0.5]}
    sample = {
        "filepath": "images/top.jpg",
        "tags": ["new", "sale"],
        "price": 12.50,
        "colour": {"_cls": "Classification", "label": "red"},
        "objects": {"_cls": "Detections", "detections": [boot]},
    }
    (photos / "samples.json").write_text(json.dumps({"samples": [sample, {"filepath": "images/side.jpg"}, {}]}))
    assert told(photos / "samples.json", photos) == [
        (
            "images/top.jpg [0.25, 0.25, 0.75, 0.75]",
            {"tag": ("new", "sale"), "price": "12.5", "colour": "red", "objects": "boot"},
        ),
        ("images/side.jpg", {}),
    ]
    assert problems(photos / "samples.json") == ["samples.json, sample 3: the sample has no filepath"]


def test_what_else_fiftyone_says(photos: Path) -> None:
    outline = {"label": "toe", "points": [[[0.1, 0.2], [0.5, 0.2], [0.5, 0.4]]], "closed": True}
    sample = {
        "filepath": "/another/machine/images/top.jpg",
        "one": {
            "_cls": "Detection",
            "label": "boot",
            "bounding_box": [0, 0, 0.5, 0.5],
            "colour": "red",
            "confidence": 0.9,
        },
        "outlines": {"_cls": "Polylines", "polylines": [outline]},
        "kinds": {"_cls": "Classifications", "classifications": [{"label": "a"}, {"label": "b"}]},
        "size": {"width": 12.50},
        "points": {"_cls": "Keypoints", "keypoints": []},
    }
    (photos / "samples.json").write_text(json.dumps({"samples": [sample]}))
    whole = {"kinds": ("a", "b"), "size": '{"width": "12.5"}'}
    assert told(photos / "samples.json", photos) == [
        ("images/top.jpg [0, 0, 0.5, 0.5]", whole | {"one": "boot", "colour": "red"}),
        ("images/top.jpg [0.1, 0.2, 0.5, 0.4]", whole | {"outlines": "toe"}),
    ]
    listing = read_source(str(photos / "samples.json"), SourceOptions())
    assert len(list(listing.items)) == 2
    assert "field 'points' is a Keypoints: left out" in listing.account.sentences


def tar_of(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.parametrize("name", ["s.tar", "s.tar.gz", "s.tgz"])
def test_webdataset_gzipped_nested_with_masks(tmp_path: Path, photo_bytes: PhotoBytes, name: str) -> None:
    members = {
        "./a/b/1.jpg": photo_bytes(1),
        "./a/b/1.json": b'{"product_id": "P1"}',
        "__MACOSX/a/b/._1.jpg": b"x",
        "x.y/2.seg.png": photo_bytes(2),
        "x.y/2.jpg": photo_bytes(3),
        "x.y/2.mask.png": photo_bytes(4),
        "3.JPG": photo_bytes(5),
    }
    listing = read_source(str(tar_of(tmp_path / name, members)), SourceOptions())
    found = list(listing.items)
    assert [item.file.product_id for item in found] == ["P1", None, None]
    wanted = [photo_bytes(1), photo_bytes(3), photo_bytes(5)]
    assert [item.load() for item in found if item.load] == wanted
    assert [item.load() for item in reversed(found) if item.load] == wanted[::-1]
    assert listing.account.skipped == {"files of other kinds in the tar": 2, "files of systems and programs": 1}


def test_webdataset(tmp_path: Path, photo_bytes: PhotoBytes) -> None:
    members = {
        "a/0001.jpg": photo_bytes(1),
        "a/0001.json": b'{"colour": ["red", "white"], "name": "Runner", "price": 12.50}',
        "a/0001.cls": b"7",
        "a/0002.front.png": photo_bytes(2),
        "a/0002.back.jpg": photo_bytes(3),
        "a/0002.txt": b"black boots\n",
        "a/0003.json": b"{}",
        "a/0004.jpg": photo_bytes(4),
        "a/0004.json": b"{oops",
        "a/0004.npy": b"x",
        "a/._0004.jpg": b"x",
        "__MACOSX/a/._0001.json": b"x",
    }
    tar_of(tmp_path / "t.tar", members)
    listing = read_source(str(tmp_path / "t.tar"), SourceOptions())
    found = [item for item in listing.items if item.load is not None]
    assert [(item.file.product_id, item.file.name, dict(item.file.attributes)) for item in found] == [
        (None, "Runner", {"colour": ("red", "white"), "price": "12.50", "class": "7"}),
        ("a/0002", "0002", {"caption": "black boots"}),
        ("a/0002", "0002", {}),
    ]
    assert [item.load() for item in found if item.load] == [
        members[name] for name in list(members) if name.endswith("g")
    ][:3]
    assert [problem.partition(":")[0] for problem in problems(tmp_path / "t.tar")] == [
        "the sample has no photo",
        "its .json is not JSON",
    ]
    assert listing.account.skipped == {
        "files of other kinds in the tar": 1,
        "files of systems and programs": 2,
    }


def test_a_tar_that_is_cut_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "t.tar").write_bytes(b"nothing" * 300)
    with pytest.raises(UsageError, match=r"t\.tar cannot be read as a tar"):
        items(tmp_path / "t.tar")
