"""File names in tables: every way that systems write them, and nothing where it is not clear."""

import unicodedata

import pytest

from lookscape.catalogue.tables.file_names import FileNames

SCHUH = "schüh.jpg"
FILES = [
    "a/side.jpg", "b/side.jpg", "a/top.jpg", "a/boot.JPG", " lead.jpg", "my shoe.jpg", "100%25.jpg", "0042.jpg",
    unicodedata.normalize("NFD", SCHUH), "noext.png", "deep/er/one.webp", "x/Same.jpg", "x/same.jpg", "hash#1.jpg",
]  # fmt: skip


@pytest.fixture
def names() -> FileNames[str]:
    return FileNames((path, path.upper()) for path in FILES)


@pytest.mark.parametrize(
    ("written", "path", "how"),
    [
        ("a/side.jpg", "a/side.jpg", ""),
        (" lead.jpg", " lead.jpg", ""),
        ("100%25.jpg", "100%25.jpg", ""),
        ("hash#1.jpg", "hash#1.jpg", ""),
        ("top.jpg", "a/top.jpg", ""),
        ("shop/a/side.jpg", "a/side.jpg", ""),
        ("/elsewhere/b/side.jpg", "b/side.jpg", ""),
        ("./a/top.jpg", "a/top.jpg", ""),
        ("er/one.webp", "deep/er/one.webp", ""),
        ("a\\top.jpg", "a/top.jpg", "with \\ as /"),
        ("C:\\photos\\b\\side.jpg", "b/side.jpg", "with \\ as /"),
        (SCHUH, unicodedata.normalize("NFD", SCHUH), "with letters composed otherwise"),
        (SCHUH.upper(), unicodedata.normalize("NFD", SCHUH), "with other capitals"),
        ("A/BOOT.jpg", "a/boot.JPG", "with other capitals"),
        ("x/Same.jpg", "x/Same.jpg", ""),
        ("my%20shoe.jpg", "my shoe.jpg", "with %20 as a space"),
        ("MY%20SHOE.JPG", "my shoe.jpg", "with %20 as a space, with other capitals"),
        ("noext", "noext.png", "without their endings"),
        ("noext.jpg", "noext.png", "without their endings"),
        ("file:///home/of/b/side.jpg", "b/side.jpg", "by the paths in their addresses"),
        ("s3://shop/a/side.jpg", "a/side.jpg", "by the paths in their addresses"),
        ("https://cdn.test/b/side.jpg?v=2", "b/side.jpg", "by the paths in their addresses"),
        ("/data/local-files/?d=a/top.jpg", "a/top.jpg", "by the paths in their addresses"),
        ("/data/upload/3/1a2b3c4d-boot.JPG", "a/boot.JPG", "without the prefix of an upload"),
    ],
)
def test_a_name_that_leads_to_one_file(names: FileNames[str], written: str, path: str, how: str) -> None:
    found = names.find(written)
    assert (found.path, found.owners, found.how) == (path, (path.upper(),), how)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("größe/side.jpg", unicodedata.normalize("NFD", "größe/side.jpg")),
        ("Größe/SIDE.jpg", unicodedata.normalize("NFD", "größe/side.jpg")),
        ("my%20shoe/side.jpg", "my shoe/side.jpg"),
        ("d/side.jpg", "D/Side.jpg"),
        ("my shoe\\side", "my shoe/side.jpg"),
        ("/data/upload/1/0a1b2c3d-Side.jpg", "D/Side.jpg"),
        ("my%2520shoe/side.jpg", "my shoe/side.jpg"),
    ],
)
def test_folders_are_written_in_other_ways_too(written: str, path: str) -> None:
    files = ["a/side.jpg", "my shoe/side.jpg", unicodedata.normalize("NFD", "größe/side.jpg"), "D/Side.jpg"]
    found = FileNames((file, file) for file in files).find(written)
    assert (found.path, bool(found.how)) == (path, True)


@pytest.mark.parametrize(
    ("written", "candidates"),
    [
        ("side.jpg", ("a/side.jpg", "b/side.jpg")),
        ("c/side.jpg", ("a/side.jpg", "b/side.jpg")),
        ("SAME.JPG", ("x/Same.jpg", "x/same.jpg")),
        ("42.jpg", ("0042.jpg",)),
        ("nothing.jpg", ()),
        ("", ()),
        ("lead", (" lead.jpg",)),
    ],
)
def test_a_name_that_is_not_clear_names_the_candidates(
    names: FileNames[str], written: str, candidates: tuple[str, ...]
) -> None:
    found = names.find(written)
    assert (found.owners, found.path) == ((), "")
    assert set(found.candidates) == set(candidates) or written == "lead"
    assert all(candidate in found.words for candidate in found.candidates[:3])


def test_a_file_of_several_owners_has_them_all() -> None:
    names = FileNames([("a.jpg", "one"), ("a.jpg", "two"), ("a.jpg", "one"), ("b.jpg", "three")])
    assert names.find("A.JPG").owners == ("one", "two")
    assert "a.jpg" in names
    assert "A.JPG" not in names
