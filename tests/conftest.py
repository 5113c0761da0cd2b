"""Fixtures that every test may use: a small rendered catalogue, an empty one, photo files.

catalogue_folder    a catalogue of 24 rendered products, 96 px, made once; look at it, never change it
catalogue           the same, opened
catalogue_copy      a copy of it in the test's own folder, opened, to be changed at will
engine              an engine over the shared catalogue, embedded with the default model; for looking only
empty_catalogue     a new catalogue in the test's own folder
photo_bytes         photo_bytes(7) -> a small JPEG or PNG; equal seeds give equal bytes, others do not
"""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.settings import Settings

RENDERED = "rendered:24,size=96"


@pytest.fixture(autouse=True, scope="session")
def no_settings_from_outside() -> Iterator[None]:
    """A developer's own LOOKSCAPE_* variables must not change what the tests see."""
    with pytest.MonkeyPatch.context() as patch:
        for name in Settings.model_fields:
            patch.delenv(f"LOOKSCAPE_{name.upper()}", raising=False)
        yield


@pytest.fixture(scope="session")
def catalogue_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the shared rendered catalogue."""
    folder = tmp_path_factory.mktemp("rendered") / "catalogue"
    made = Catalogue(Settings(catalogue=folder, workers=1))
    ingest(made, RENDERED, progress=lambda done, total, stage: None)
    made.close()
    return folder


@pytest.fixture(scope="session")
def catalogue(catalogue_folder: Path) -> Iterator[Catalogue]:
    """The shared rendered catalogue, for looking only."""
    opened = Catalogue(Settings(catalogue=catalogue_folder, workers=1))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def engine(catalogue_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The shared rendered catalogue, embedded with the default model, for looking only."""
    folder = tmp_path_factory.mktemp("embedded") / "catalogue"
    shutil.copytree(catalogue_folder, folder)
    opened = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
    opened.manage.embed()
    yield opened
    opened.catalogue.close()


@pytest.fixture
def catalogue_copy(catalogue_folder: Path, tmp_path: Path) -> Iterator[Catalogue]:
    """The rendered catalogue to change at will."""
    folder = tmp_path / "copy"
    shutil.copytree(catalogue_folder, folder)
    opened = Catalogue(Settings(catalogue=folder, workers=1))
    yield opened
    opened.close()


@pytest.fixture
def empty_catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """A catalogue without products."""
    opened = Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def photo_bytes() -> Callable[..., bytes]:
    """Makes small photos: `photo_bytes(seed, size=(40, 30), kind="JPEG")`; other seeds give other pictures."""
    return _photo_bytes


def _photo_bytes(seed: int, *, size: tuple[int, int] = (40, 30), kind: str = "JPEG") -> bytes:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8))
    file = io.BytesIO()
    coarse.resize(size, Image.Resampling.BICUBIC).save(file, kind)
    return file.getvalue()
