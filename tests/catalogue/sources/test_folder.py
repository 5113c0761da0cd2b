"""Folders: the Hugging Face imagefolder layout, labels, links, and things that are no photos."""

import os
from pathlib import Path

import pytest

from lookscape.catalogue.source import Item, SourceOptions
from lookscape.catalogue.sources import _walking, folder
from lookscape.errors import UsageError


def tree(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return root


def items(root: Path, *, labels: bool = True) -> dict[str, Item]:
    listing = folder.read(str(root), SourceOptions(labels=labels))
    found = list(listing.items)
    return {os.path.relpath(item.file.path, os.path.realpath(root)): item for item in found}


def labels_of(root: Path) -> dict[str, str | None]:
    return {path: item.file.attributes.get("label") for path, item in items(root).items()}


def test_files_are_listed_in_the_order_of_their_paths_without_the_systems_own(tmp_path: Path) -> None:
    tree(tmp_path, "b/2.jpg", "b/10.jpg", "a/z.png", "top.gif", ".DS_Store", "b/Thumbs.db")
    tree(tmp_path, ".Trash-1000/1.jpg")
    assert list(items(tmp_path)) == ["top.gif", "a/z.png", "b/10.jpg", "b/2.jpg"]
    listing = folder.read(str(tmp_path), SourceOptions())
    assert (listing.kind, listing.total) == ("folder", 4)


@pytest.mark.parametrize("spelling", ["{0}", "{0}/", "{0}/../{1}", "{0}/./"])
def test_the_key_does_not_depend_on_the_spelling(tmp_path: Path, spelling: str) -> None:
    tree(tmp_path / "photos", "1.jpg")
    spelled = spelling.format(tmp_path / "photos", "photos")
    assert folder.read(spelled, SourceOptions()).key == f"folder:{tmp_path / 'photos'}"


def test_folder_names_are_labels(tmp_path: Path) -> None:
    tree(tmp_path, "train/boot/1.jpg", "train/sandal/2.jpg", "test/boot/3.jpg")
    assert labels_of(tmp_path) == {
        "train/boot/1.jpg": "boot",
        "train/sandal/2.jpg": "sandal",
        "test/boot/3.jpg": "boot",
    }
    assert all(item.file.attributes == {} for item in items(tmp_path, labels=False).values())


@pytest.mark.parametrize(
    ("names", "labels", "said"),
    [
        (["boot/1.jpg", "heel/2.jpg", "train/3.jpg"], {"boot", "heel"}, ["'train' get no label"]),
        (["boot/1.jpg", "train/3.jpg"], set(), ["'train' get no label", "no photo gets a label: 'boot'"]),
        (["train/boot/1.jpg", "train/heel/2.jpg"], {"boot", "heel"}, []),
    ],
)
def test_a_class_that_is_called_like_a_split_is_said(
    tmp_path: Path, names: list[str], labels: set[str], said: list[str]
) -> None:
    tree(tmp_path, *names)
    listing = folder.read(str(tmp_path), SourceOptions())
    found = {str(item.file.attributes["label"]) for item in listing.items if item.file.attributes}
    assert found == labels
    assert len(listing.account.sentences) == len(said)
    assert all(words in sentence for words, sentence in zip(said, listing.account.sentences, strict=True))


@pytest.mark.parametrize("names", [["train/1.jpg", "test/2.jpg"], ["images/1.jpg", "images/2.jpg"], ["1.jpg", "2.jpg"]])
def test_one_folder_or_splits_alone_say_nothing(tmp_path: Path, names: list[str]) -> None:
    assert set(labels_of(tree(tmp_path, *names)).values()) == {None}


def test_metadata_files_describe_the_photos_beside_and_below_them(tmp_path: Path) -> None:
    tree(tmp_path, "train/1.jpg", "train/deep/2.jpg", "test/3.jpg", "test/4.jpg")
    (tmp_path / "train" / "metadata.csv").write_text("file_name,colour\n1.jpg,red\n./deep/2.jpg,blue\n")
    (tmp_path / "test" / "metadata.jsonl").write_text('{"file_name": "3.jpg", "colour": "green", "product_id": 7}\n')
    found = items(tmp_path)
    assert {path: dict(item.file.attributes) for path, item in found.items()} == {
        "train/1.jpg": {"colour": "red"},
        "train/deep/2.jpg": {"colour": "blue"},
        "test/3.jpg": {"colour": "green"},
        "test/4.jpg": {},
    }
    assert found["test/3.jpg"].file.product_id == "7"


def test_photos_that_only_the_metadata_knows_are_reported(tmp_path: Path) -> None:
    tree(tmp_path, "1.jpg")
    (tmp_path / "metadata.csv").write_text("file_name\n1.jpg\ngone.jpg\n")
    assert {path: item.problem for path, item in items(tmp_path).items()} == {
        "1.jpg": None,
        "gone.jpg": "listed in the metadata but not there (metadata.csv, line 3)",
    }


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("metadata.csv", b"colour\nred\n", "metadata.csv has no column file_name"),
        ("metadata.csv", b"\xff\xfe\x00", "metadata.csv cannot be read as UTF-16 text"),
        ("metadata.jsonl", b"[1]\n", "has no column file_name"),
        ("metadata.parquet", b"PAR1nothing", "not a readable Parquet file"),
    ],
)
def test_metadata_that_cannot_be_used_is_one_sentence(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    tree(tmp_path, "1.jpg")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=message):
        items(tmp_path)


def test_links_that_lead_nowhere_or_in_circles_end(tmp_path: Path) -> None:
    tree(tmp_path, "photos/real/1.jpg")
    photos = tmp_path / "photos"
    (photos / "again").symlink_to(photos / "real")
    (photos / "real" / "up").symlink_to("..")
    (photos / "root").symlink_to("/")
    (photos / "self.jpg").symlink_to("self.jpg")
    (photos / "gone.jpg").symlink_to("nowhere.jpg")
    (photos / "alias.jpg").symlink_to("real/1.jpg")
    found = {path: item.problem for path, item in items(photos).items()}
    read_already = "symbolic link to a folder that is read already"
    assert found == {
        "again": read_already,
        "root": read_already,
        "real/up": read_already,
        "self.jpg": "symbolic link cannot be followed: Too many levels of symbolic links",
        "gone.jpg": "symbolic link cannot be followed: No such file or directory",
        "alias.jpg": None,
        "real/1.jpg": None,
    }


def test_links_to_folders_elsewhere_are_followed_once(tmp_path: Path) -> None:
    tree(tmp_path, "photos/1.jpg", "store/2.jpg", "store/deep/3.jpg")
    (tmp_path / "photos" / "a").symlink_to(tmp_path / "store")
    (tmp_path / "photos" / "b").symlink_to(tmp_path / "store")
    (tmp_path / "store" / "deep" / "circle").symlink_to(tmp_path / "store")
    found = {path: item.problem for path, item in items(tmp_path / "photos").items()}
    assert [path for path, problem in found.items() if problem is None] == ["1.jpg", "a/2.jpg", "a/deep/3.jpg"]
    assert set(found) - {"1.jpg", "a/2.jpg", "a/deep/3.jpg"} == {"b", "a/deep/circle"}


def test_what_is_no_file_is_reported_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    os.mkfifo(tmp_path / "metadata.csv")
    assert [item.problem for item in items(tmp_path).values()] == ["not a regular file"] * 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_reported(tmp_path: Path) -> None:
    tree(tmp_path, "open/1.jpg", "closed/2.jpg")
    (tmp_path / "closed").chmod(0)
    found = items(tmp_path)
    (tmp_path / "closed").chmod(0o700)
    assert found["closed"].problem == "folder cannot be read: Permission denied"
    assert found["open/1.jpg"].problem is None


def test_a_folder_that_vanishes_while_it_is_listed_is_reported(tmp_path: Path) -> None:
    walk = _walking.walk(str(tree(tmp_path, "0.jpg", "a/1.jpg")))
    assert next(walk).path == str(tmp_path / "0.jpg")
    (tmp_path / "a" / "1.jpg").unlink()
    (tmp_path / "a").rmdir()
    assert [entry.problem for entry in walk] == ["folder cannot be read: No such file or directory"]


def test_only_a_folder_will_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        folder.read(str(tmp_path / "no"), SourceOptions())
