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
    with tarfile.open(tmp_path / "t.tar", "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
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
