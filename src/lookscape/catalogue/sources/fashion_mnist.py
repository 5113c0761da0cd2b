"""Fashion-MNIST from its IDX files (70,000 grey product photos of 28 x 28, ten kinds; Xiao 2017, arXiv:1708.07747).

The path is the folder that holds them, plain or gzipped, as Zalando ships them and Debian's dataset-fashion-mnist.
"""

import gzip
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.source import FileRow, Item, Listing, SourceOptions
from lookscape.errors import UsageError

KINDS = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
SPLITS = {"train": "train", "test": "t10k"}
IMAGES_MAGIC, LABELS_MAGIC = 2051, 2049


def claims(spec: str) -> bool:
    """A folder that holds the training images."""
    folder = Path(spec)
    return folder.is_dir() and _file(folder, "train-images-idx3-ubyte") is not None


def read(location: str, options: SourceOptions) -> Listing:
    """List train then test, with the attributes `kind` and `split`."""
    folder = Path(location)
    splits = {split: _split(folder, prefix) for split, prefix in SPLITS.items()}
    total = sum(len(labels) for _, labels in splits.values())
    return Listing(key=f"fashion-mnist:{folder.resolve()}", kind="fashion-mnist", items=_items(splits), total=total)


def png(pixels_HW: NDArray[np.uint8]) -> bytes:
    """One grey picture as a PNG file."""
    import cv2

    _, encoded = cv2.imencode(".png", pixels_HW)
    return encoded.tobytes()


def idx(path: Path, *, magic: int) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes. Raises UsageError when it is not one or is cut short."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            data = file.read()
    except (OSError, EOFError) as error:
        raise UsageError(f"{path.name} cannot be read: {error}") from error
    num_axes = data[3] if len(data) > 4 else 0
    shape = tuple(np.frombuffer(data[4 : 4 + 4 * num_axes], dtype=">u4").tolist())
    body = data[4 + 4 * num_axes :]
    if int.from_bytes(data[:4], "big") != magic or len(shape) != num_axes or len(body) != int(np.prod(shape)):
        raise UsageError(f"{path.name} is not a complete IDX file of Fashion-MNIST")
    return np.frombuffer(body, dtype=np.uint8).reshape(shape)


def _split(folder: Path, prefix: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    names = (f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte")
    paths = [_file(folder, name) for name in names]
    if missing := [name for name, path in zip(names, paths, strict=True) if path is None]:
        raise UsageError(f"{str(folder)!r} does not contain {' and '.join(missing)} (plain or .gz)")
    images, labels = (
        idx(path, magic=magic) for path, magic in zip(paths, (IMAGES_MAGIC, LABELS_MAGIC), strict=True) if path
    )
    if len(images) != len(labels) or int(labels.max(initial=0)) >= len(KINDS):
        raise UsageError(f"{names[0]} and {names[1]} do not belong together")
    return images, labels


def _file(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def _items(splits: dict[str, tuple[NDArray[np.uint8], NDArray[np.uint8]]]) -> Iterator[Item]:
    for split, (images, labels) in splits.items():
        for number, (pixels, label) in enumerate(zip(images, labels, strict=True)):
            name = f"{split}-{number:05d}"
            values = {"kind": KINDS[label], "split": split}
            file = FileRow(path=f"fashion-mnist:{name}", stamp="1", product_id=f"fmnist-{name}", attributes=values)
            yield Item(file=file, load=partial(png, pixels))
