"""What `ingest --dry-run` says of sources that are no table."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lookscape.catalogue.ingest.preview import preview
from lookscape.catalogue.source import SourceOptions
from lookscape.errors import UsageError

PhotoBytes = Callable[..., bytes]


def test_a_folder_says_what_it_would_leave_out(tmp_path: Path, photo_bytes: PhotoBytes) -> None:
    for name in ("a/1.jpg", "b/2.jpg", "__MACOSX/3.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(photo_bytes(1))
    (tmp_path / "gone.jpg").symlink_to("nowhere")
    found = preview(str(tmp_path), SourceOptions())
    assert found.words == "3 files as a source of kind folder, 1 of them not to be used"
    assert (found.listed, found.rejected, sum(found.skipped.values())) == (3, 1, 1)
    assert "gone.jpg: symbolic link cannot be followed" in found.notes[-1]


def test_coco_says_what_is_missing(tmp_path: Path, photo_bytes: PhotoBytes) -> None:
    (tmp_path / "1.jpg").write_bytes(photo_bytes(1))
    images = [{"id": number, "file_name": f"{number}.jpg", "width": 8, "height": 8} for number in (1, 2)]
    document = {"images": images, "annotations": [], "categories": [{"id": 1, "name": "boot", "supercategory": "kind"}]}
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(document))
    found = preview(str(path), SourceOptions())
    assert (found.listed, found.rejected) == (2, 1)
    assert any("2.jpg" in note for note in found.notes)


def test_what_is_no_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not there"):
        preview(str(tmp_path / "none"), SourceOptions())
