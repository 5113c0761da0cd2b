"""The folder that all photos lie in, and their paths below it: readers of COCO refuse absolute file names."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePath

from lookscape.engine import Engine
from lookscape.services.labels.formats import Labelled

FOLDER = "folder:"
PAGE = 5000


def with_relative_paths(engine: Engine, products: Sequence[Labelled]) -> tuple[str, list[Labelled]]:
    """That folder and the products with their paths below it; "" and the paths as they are when there is none.

    It is the folder that was ingested, or what several of them have in common; of other sources it is what the paths
    of the photos have in common.
    """
    roots = {key.removeprefix(FOLDER) for key in _sources(engine, products) if key.startswith(FOLDER)}
    folder = _common(roots | _folders_elsewhere(roots, products))
    return folder, [replace(product, relative=_below(folder, product.path)) for product in products]


def _folders_elsewhere(roots: set[str], products: Sequence[Labelled]) -> set[str]:
    """Folders of photos that no ingested folder holds, such as those that a table names."""
    files = (product.path for product in products if os.path.isabs(product.path))
    return {os.path.dirname(path) for path in files if not any(_is_below(root, path) for root in roots)}


def _sources(engine: Engine, products: Sequence[Labelled]) -> set[str]:
    ids = [product.product_id for product in products]
    pages = (ids[start : start + PAGE] for start in range(0, len(ids), PAGE))
    return {file.source for page in pages for file in engine.catalogue.sources(page)}


def _common(folders: Iterable[str]) -> str:
    try:
        return os.path.commonpath(sorted(folders))
    except ValueError:  # none, or several drives
        return ""


def _below(folder: str, path: str) -> str:
    if not folder or not _is_below(folder, path):
        return path
    return PurePath(os.path.relpath(path, folder)).as_posix()


def _is_below(folder: str, path: str) -> bool:
    return os.path.isabs(path) and path.startswith(folder.rstrip(os.sep) + os.sep)
