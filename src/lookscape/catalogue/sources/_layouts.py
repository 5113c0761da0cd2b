"""Layouts of folders that say more than a folder of photos."""

from pathlib import Path

YOLO_NAMES = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt")
"""Files that name the classes of a folder in YOLO's layout."""


SAMPLES = "samples.json"
"""Where FiftyOne writes what is in a dataset."""


def is_yolo(folder: Path) -> bool:
    """Are there names of classes, and a folder `labels` beside each folder `images` or below each part?"""
    if not folder.is_dir() or not any((folder / name).is_file() for name in YOLO_NAMES):
        return False
    places = [folder, *(folder / part for part in ("train", "val", "valid", "test"))]
    return any((place / "images").is_dir() and (place / "labels").is_dir() for place in places)


def is_fiftyone(folder: Path) -> bool:
    """A dataset in FiftyOne's own form: its samples, and words about it, beside each other."""
    return (folder / SAMPLES).is_file() and (folder / "metadata.json").is_file()
