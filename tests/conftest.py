"""Fixtures that every test may use: a small rendered catalogue, an empty one, photo files.

catalogue_folder    a catalogue of 24 rendered products, 96 px, made once; look at it, never change it
catalogue           the same, opened
catalogue_copy      a copy of it in the test's own folder, opened, to be changed at will
engine              an engine over the shared catalogue, embedded with the default model; for looking only
empty_catalogue     a new catalogue in the test's own folder
made_once           made_once(name, make) -> a folder that make(folder) filled, once for all workers; copy it, no change
drawn_folder        a catalogue of 260 rendered products, 64 px; copy it, never change it
told_folder         the folder of tests/helpers/told_catalogue.py; copy it, never change it
told_and_embedded   the same with vectors
photo_bytes         photo_bytes(7) -> a small JPEG or PNG; equal seeds give equal bytes, others do not
"""

import io
import os
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
from made_once import MadeOnce
from told_catalogue import embed_told, make_told

RENDERED = "rendered:24,size=96"
pytest_plugins = ["changed_first"]


def pytest_configure(config: pytest.Config) -> None:
    """Workers of pytest-xdist share the cores: threads of each that wait for one another would take them by turns."""
    workers = len(getattr(config.option, "tx", None) or ())
    if workers:
        os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // workers)))


@pytest.fixture(autouse=True, scope="session")
def no_settings_from_outside() -> Iterator[None]:
    """A developer's own LOOKSCAPE_* variables must not change what the tests see."""
    with pytest.MonkeyPatch.context() as patch:
        for name in Settings.model_fields:
            patch.delenv(f"LOOKSCAPE_{name.upper()}", raising=False)
        yield


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> MadeOnce:
    """made_once(name, make) -> a folder that all workers share."""
    return MadeOnce(tmp_path_factory, is_worker=hasattr(pytestconfig, "workerinput"))


@pytest.fixture(scope="session")
def catalogue_folder(made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the shared rendered catalogue: each worker has its own copy, as reading makes caches."""
    return _copy(made_once("rendered", _render), tmp_path_factory, "rendered")


def _render(folder: Path) -> None:
    made = Catalogue(Settings(catalogue=folder, workers=1))
    ingest(made, RENDERED, progress=lambda done, total, stage: None)
    made.close()


def _copy(folder: Path, factory: pytest.TempPathFactory, name: str) -> Path:
    return Path(shutil.copytree(folder, factory.mktemp(name) / "catalogue"))


@pytest.fixture(scope="session")
def drawn_folder(made_once: MadeOnce) -> Path:
    """260 drawn products, 64 px: as many as a language, and a board of models, need."""

    def make(folder: Path) -> None:
        made = Catalogue(Settings(catalogue=folder, workers=1))
        ingest(made, "rendered:260,size=64", progress=lambda done, total, stage: None)
        made.close()

    return made_once("drawn", make)


@pytest.fixture(scope="session")
def told_folder(made_once: MadeOnce) -> Path:
    """A catalogue in which people labelled `tone` and a tiny classifier learned it."""
    return made_once("told", make_told)


@pytest.fixture(scope="session")
def told_and_embedded(made_once: MadeOnce, told_folder: Path) -> Path:
    """The same with vectors."""

    def make(folder: Path) -> None:
        shutil.copytree(told_folder, folder)
        embed_told(folder)

    return made_once("told-and-embedded", make)


@pytest.fixture(scope="session")
def catalogue(catalogue_folder: Path) -> Iterator[Catalogue]:
    """The shared rendered catalogue, for looking only."""
    opened = Catalogue(Settings(catalogue=catalogue_folder, workers=1))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def engine(made_once: MadeOnce, catalogue_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The shared rendered catalogue, embedded with the default model, for looking only."""

    def make(folder: Path) -> None:
        shutil.copytree(catalogue_folder, folder)
        made = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
        made.manage.embed()
        made.catalogue.close()

    folder = _copy(made_once("embedded", make), tmp_path_factory, "embedded")
    opened = Engine(Catalogue(Settings(catalogue=folder, workers=1)))
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
