"""A catalogue with a Space of made-up vectors: three heaps, so that neighbours are known."""

import shutil
from pathlib import Path

import numpy as np

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.representation.spaces.space import SpaceInfo
from lookscape.settings import Settings

HEAPS = 3
DIM = 8


def engine_with_heaps(folder: Path, rendered: Path, *, held: int | None = None) -> Engine:
    """A copy of the rendered catalogue with a Space `heaps` of its first `held` photos."""
    shutil.copytree(rendered, folder)
    engine = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    ids = sorted(engine.catalogue.photo_ids())
    info = SpaceInfo(model="made-up", key="first", dim=DIM, metric="l2")
    engine.spaces.create("heaps", info).append(ids[:held], vectors(len(ids))[:held])
    return engine


def vectors(num: int) -> np.ndarray:
    """Row n belongs to heap n modulo HEAPS."""
    rng = np.random.default_rng(5)
    centres = 10 * np.eye(DIM)[:HEAPS]
    return (centres[np.arange(num) % HEAPS] + rng.normal(0, 0.3, (num, DIM))).astype(np.float32)
