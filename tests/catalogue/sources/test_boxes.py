"""Boxes: the photo in the catalogue is what is in them."""

import io
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lookscape.catalogue import imaging
from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.source import read_file
from lookscape.catalogue.sources._boxes import read_part
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.catalogue.tables.boxes import Box
from lookscape.errors import PhotoError

RED, BLUE, WHITE = (200, 20, 20), (20, 20, 200), (250, 250, 250)


def write_scene(path: Path) -> None:
    """A red and a blue block side by side on white: x 10 to 40 and 60 to 90, y 20 to 60."""
    pixels = np.full((80, 100, 3), WHITE, np.uint8)
    pixels[20:60, 10:40], pixels[20:60, 60:90] = RED, BLUE
    Image.fromarray(pixels).save(path)


def pictures(catalogue: Catalogue) -> dict[str, np.ndarray]:
    found = catalogue.find().products
    return {one.name: np.asarray(Image.open(io.BytesIO(catalogue.read_photo(one.photo_ids[0])))) for one in found}


def test_a_part_is_cut_at_full_size_and_within_the_photo(tmp_path: Path) -> None:
    write_scene(tmp_path / "scene.png")
    part = imaging.decode(
        read_part(partial(read_file, str(tmp_path / "scene.png")), Box(left=60, top=-5, right=500, bottom=30))
    )
    assert (part.width, part.height) == (40, 30)
    assert part.pixels[25, 10].tolist() == list(BLUE)
    assert part.pixels[0, 0].tolist() == list(WHITE)
    with pytest.raises(PhotoError, match="contains none of its 100 x 80 pixels"):
        read_part(partial(read_file, str(tmp_path / "scene.png")), Box(left=100, top=0, right=120, bottom=10))


def test_two_products_in_one_file_become_two_photos_and_the_file_stays(
    tmp_path: Path, empty_catalogue: Catalogue
) -> None:
    write_scene(tmp_path / "scene.png")
    before = (tmp_path / "scene.png").read_bytes()
    rows = ["path,name,bbox", 'scene.png,Red,"[10, 20, 30, 40]"', 'scene.png,Blue,"[60, 20, 30, 40]"']
    (tmp_path / "shop.csv").write_text("\n".join([*rows, 'scene.png,Gone,"[200, 0, 9, 9]"']))
    report = ingest(empty_catalogue, str(tmp_path / "shop.csv"), progress=lambda *_: None)
    assert (report.added, report.rejected) == (2, 1)
    found = pictures(empty_catalogue)
    assert {name: picture.shape for name, picture in found.items()} == {"Red": (40, 40, 3), "Blue": (40, 40, 3)}
    for name, colour in (("Red", RED), ("Blue", BLUE)):
        assert np.abs(found[name][20, 20].astype(int) - colour).max() < 12
    assert "contains none" in empty_catalogue.rejections()[0].reason
    assert (tmp_path / "scene.png").read_bytes() == before
    assert ingest(empty_catalogue, str(tmp_path / "shop.csv"), progress=lambda *_: None).unchanged == 3


def test_another_box_gives_another_photo_and_none_the_whole(tmp_path: Path, empty_catalogue: Catalogue) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    write_scene(shop / "scene.png")
    table = shop / "metadata.csv"
    table.write_text("file_name,name,x_1,y_1,x_2,y_2\nscene.png,Shoe,10,20,40,60\n")
    ingest(empty_catalogue, str(shop), progress=lambda *_: None)
    assert pictures(empty_catalogue)["Shoe"].shape == (40, 40, 3)
    assert empty_catalogue.find().products[0].attributes == {}
    table.write_text("file_name,name,x_1,y_1,x_2,y_2\nscene.png,Shoe,,,,\n")
    report = ingest(empty_catalogue, str(shop), progress=lambda *_: None)
    assert (report.added, report.removed) == (1, 1)
    assert pictures(empty_catalogue)["Shoe"].shape == (100, 100, 3)
