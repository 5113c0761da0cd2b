"""What is left behind beside photos is skipped and counted wherever folders are walked; a table may ask for it."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import lookscape
from corpus import encoded, smooth
from lookscape.catalogue import imaging
from lookscape.catalogue.source import SourceOptions, read_source
from lookscape.catalogue.sources._left_behind import Kind

APPLE_DOUBLE = b"\0\x05\x16\x07" + bytes(100)


def photo(path: Path, width: int = 96, height: int = 64, *, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    form = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[path.suffix[1:].lower()]
    path.write_bytes(encoded(np.roll(smooth(width, height), seed, axis=1), form))


def listed(spec: Path) -> tuple[list[str], Counter[str]]:
    listing = read_source(str(spec), SourceOptions())
    names = [str(Path(item.file.path).relative_to(spec.resolve())) for item in listing.items]
    assert listing.total is not None
    assert listing.total <= len(names)
    return names, listing.account.skipped


def test_a_folder_from_a_nas_a_mac_and_a_shop(tmp_path: Path) -> None:
    for name in ("shoe.jpg", "boot.jpg", "@eaDir/shoe.jpg/SYNOPHOTO_THUMB_XL.jpg", ".thumbnails/1.jpg"):
        photo(tmp_path / name)
    for name in (
        ".Trash-1000/files/old.jpg",
        "__MACOSX/._shoe.jpg",
        "._shoe.jpg",
        "._gone.jpg",
        ".~lock.metadata.csv#",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(APPLE_DOUBLE)
    photo(tmp_path / "shoe-60x40.jpg", 60, 40)
    photo(tmp_path / "shoe-60x40.jpg.webp", 60, 40)
    photo(tmp_path / "boot-scaled.jpg", 90, 60)
    (tmp_path / "shoe.xmp").write_text("<x/>")
    (tmp_path / "shoe.NEF").write_bytes(b"MM\0*" + bytes(50))
    assert listed(tmp_path) == (
        ["boot.jpg", "shoe.jpg"],
        {Kind.SYSTEM: 7, Kind.COPY: 3, Kind.SIDECAR: 1, Kind.RAW: 1},
    )


@pytest.mark.parametrize("name", ["rug-60x90.jpg", "._rug.png", "other-150x150.jpg", "rug-150x150.png", "only.xmp"])
def test_a_name_alone_takes_no_photo_away(tmp_path: Path, name: str) -> None:
    """A rug of 60 x 90 cm, a photo called so, a copy without its photo: the bytes or the folder say otherwise."""
    photo(tmp_path / "rug.jpg")
    if name.endswith("xmp"):
        (tmp_path / name).write_text("<x/>")
    else:
        photo(tmp_path / name, seed=9)
    assert listed(tmp_path) == (sorted(["rug.jpg", name]), {})


def test_a_table_that_names_a_copy_gets_it(tmp_path: Path) -> None:
    photo(tmp_path / "a.jpg")
    photo(tmp_path / "a-60x40.jpg", 60, 40)
    photo(tmp_path / "@eaDir/a.jpg")
    (tmp_path / "metadata.csv").write_text("file_name,colour\na-60x40.jpg,red\nA.JPG,blue\n")
    names, skipped = listed(tmp_path)
    assert names == ["a-60x40.jpg", "a.jpg"]
    assert skipped == {Kind.SYSTEM: 1}


def test_a_folder_of_yolo(tmp_path: Path) -> None:
    for name in ("images/a.jpg", "images/@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", "images/a-60x40.jpg"):
        photo(tmp_path / name, *((60, 40) if "60x40" in name else (96, 64)))
    (tmp_path / "images" / "._a.jpg").write_bytes(APPLE_DOUBLE)
    (tmp_path / "labels").mkdir()
    (tmp_path / "classes.txt").write_text("shoe\n")
    (tmp_path / "labels" / "a.txt").write_text("0 0.5 0.5 0.4 0.4\n")
    listing = read_source(str(tmp_path), SourceOptions())
    assert (listing.kind, len(list(listing.items))) == ("yolo", 1)
    assert listing.account.skipped == {Kind.SYSTEM: 2, Kind.COPY: 1}


def test_names_in_a_table_do_not_find_what_is_in_a_wastebasket(tmp_path: Path) -> None:
    photo(tmp_path / "photos" / "a.jpg")
    photo(tmp_path / ".Trash-1000" / "a.jpg", seed=5)
    (tmp_path / "list.csv").write_text("file_name,colour\na.jpg,red\n")
    listing = read_source(str(tmp_path / "list.csv"), SourceOptions())
    assert [item.problem for item in listing.items] == [None]


def test_the_order_of_the_table_is_the_order_of_the_photos(tmp_path: Path) -> None:
    order = ["c.jpg", "a.jpg", "d.jpg", "b.jpg"]
    for place, name in enumerate(order):
        photo(tmp_path / "photos" / name, seed=3 * place)
    rows = "".join(f"{name},same\n" for name in order)
    (tmp_path / "photos" / "metadata.csv").write_text("file_name,product_id\n" + rows)
    engine = lookscape.open(tmp_path / "catalogue")
    result = engine.manage.ingest(str(tmp_path / "photos"))
    assert (result.added, result.skipped) == (4, [])
    paths = [Path(one.path).name for one in engine.catalogue.sources(["same"])]
    assert paths == order
    (product,) = engine.catalogue.find().products
    for photo_id, name in zip(product.photo_ids, order, strict=True):
        assert engine.catalogue.read_photo(photo_id) == imaging.prepare((tmp_path / "photos" / name).read_bytes()).blob
