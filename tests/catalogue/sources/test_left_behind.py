"""What is left beside photos is known by its name, and stays where the photo is not."""

import pytest

from lookscape.catalogue.sources._left_behind import Kind, folder_left_behind, left_behind


@pytest.mark.parametrize(
    "name",
    ["@eaDir", "#recycle", "@Recycle", ".thumbnails", ".Trash", ".Trashes", ".Trash-1000", "__MACOSX", ".AppleDouble"],
)
def test_folders_of_systems(name):
    found = folder_left_behind(name)
    assert found is not None
    assert found.kind is Kind.SYSTEM


@pytest.mark.parametrize("name", ["thumbnails", "Trash", "trashy", ".trashcan", "recycle", "red", "eaDir", ".hidden"])
def test_folders_of_people_are_read(name):
    assert folder_left_behind(name) is None


@pytest.mark.parametrize(
    ("name", "beside", "kind"),
    [
        ("a.xmp", "a.JPG", Kind.SIDECAR),
        ("a.jpg.xmp", "a.jpg", Kind.SIDECAR),
        ("A.AAE", "a.heic", Kind.SIDECAR),
        ("a.mov", "a.HEIC", Kind.SIDECAR),
        ("a.mp4", "a.jpg", Kind.SIDECAR),
        ("a.THM", "a.jpg", Kind.SIDECAR),
        ("a.xmp", "a.nef", Kind.SIDECAR),
        ("a.nef.xmp", "a.nef", Kind.SIDECAR),
        ("a.jpg.json", "a.jpg", Kind.SIDECAR),
        ("a.jpg.supplemental-metadata.json", "a.jpg", Kind.SIDECAR),
        ("a.NEF", "a.jpg", Kind.RAW),
        ("a.dng", "a.heic", Kind.RAW),
        ("Caf\u0065\u0301.cr3", "Caf\u00e9.jpg", Kind.RAW),
        ("a-150x150.jpg", "a.jpg", Kind.COPY),
        ("a-1024x683.webp", "a.jpg", Kind.COPY),
        ("a-150x150.jpg.webp", "a.jpg", Kind.COPY),
        ("a-scaled.jpg", "a.jpg", Kind.COPY),
        ("a-150x150.jpg", "a-scaled.jpg", Kind.COPY),
        ("b-2-300x300.png", "b-2.png", Kind.COPY),
        ("a-rotated.jpg", "a.jpg", Kind.COPY),
        ("a-150x150@2x.jpg", "a.jpg", Kind.COPY),
        ("a.jpg.webp", "a.jpg", Kind.COPY),
        ("12-home_default.jpg", "12.jpg", Kind.COPY),
        ("metadata.csv~", "metadata.csv", Kind.SYSTEM),
    ],
)
def test_beside_its_photo_and_alone(name, beside, kind):
    found = left_behind([name, beside])
    assert set(found) == {name}
    assert (found[name].kind, found[name].of) == (kind, beside)
    assert left_behind([name]) == {}
    assert left_behind([name, "other.jpg"]) == {}


@pytest.mark.parametrize(
    "name",
    [
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        ".nomedia",
        ".~lock.metadata.csv#",
        "~$metadata.xlsx",
        ".metadata.csv.swp",
        "#metadata.csv#",
        ".#metadata.csv",
        "index.php",
        "._a.jpg",
    ],
)
def test_files_of_systems_are_left_out_anywhere(name):
    assert set(left_behind([name])) == {name}


def test_what_a_mac_keeps_of_a_file_that_is_not_there_is_known_by_its_bytes():
    assert left_behind(["._a.jpg"])["._a.jpg"].begins == b"\0\x05\x16\x07"
    assert left_behind(["._a.jpg", "a.jpg"])["._a.jpg"].begins == b""


def test_a_copy_says_which_size_it_must_have():
    found = left_behind(["rug.jpg", "rug-160x230.jpg", "rug-scaled.jpg"])
    assert found["rug-160x230.jpg"].size == (160, 230)
    assert found["rug-scaled.jpg"].size is None


@pytest.mark.parametrize(
    "names",
    [
        [
            "a.jpg",
            "a-home_default.jpg",
            "#1 shoe.jpg",
            "a~.jpg",
            "a.webp",
            "a-1.jpg",
            "a_150x150.jpg",
            "a-150x.jpg",
            "a-0x0.jpg",
            "a-150x150-b.jpg",
        ],
        ["a.jpg", "a.png", "a.heic"],
        ["a.jpg", "metadata.json", "metadata.csv", "notes.txt", "b.json"],
        ["movie.mp4", "other.jpg"],
        ["a.nef", "a.dng"],
        [".jpg", "jpg"],
    ],
)
def test_nothing_else_is_left_out(names):
    assert left_behind(names) == {}


def test_every_name_of_a_large_folder_is_looked_up_at_once():
    names = [f"IMG_{number:05}.{ending}" for number in range(5000) for ending in ("JPG", "CR3", "xmp", "MOV")]
    assert len(left_behind(names)) == 15000
