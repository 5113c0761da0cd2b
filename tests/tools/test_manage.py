"""Embedding follows the catalogue: new photos in, vanished ones out, the index and the calibration with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UsageError
from lookscape.settings import Settings

MODEL = "pretrained?weights=none,side=32"


@pytest.fixture
def folder(tmp_path: Path, photo_bytes: Callable[..., bytes]) -> Path:
    photos = tmp_path / "photos"
    photos.mkdir()
    for seed in range(8):
        (photos / f"{seed}.jpg").write_bytes(photo_bytes(seed))
    return photos


@pytest.fixture
def fresh(tmp_path: Path) -> Engine:
    return Engine(Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1, model=MODEL)))


def test_embedding_follows_what_ingest_did(fresh: Engine, folder: Path, photo_bytes: Callable[..., bytes]) -> None:
    fresh.manage.ingest(str(folder))
    first = fresh.manage.embed()
    assert (first.vectors, first.added, first.removed) == (8, 8, 0)
    again = fresh.manage.embed()
    assert (again.added, again.removed, again.rebuilt) == (0, 0, False)

    (folder / "0.jpg").unlink()
    (folder / "9.jpg").write_bytes(photo_bytes(9))
    fresh.manage.ingest(str(folder))
    third = fresh.manage.embed()
    assert (third.vectors, third.added, third.removed) == (8, 1, 1)
    hit = fresh.search.by_photo(photo_bytes(9), limit=1).hits[0]
    assert hit.sources == [str(folder / "9.jpg")]
    assert hit.name == "9"


def test_info_counts_everything(fresh: Engine, folder: Path) -> None:
    (folder / "copy.jpg").write_bytes((folder / "0.jpg").read_bytes())
    (folder / "broken.jpg").write_bytes(b"broken")
    fresh.manage.ingest(str(folder))
    fresh.manage.embed()
    info = fresh.manage.info()
    assert (info.files, info.photos, info.products, info.duplicates) == (10, 8, 8, 1)
    assert [item.path for item in info.rejected] == [str(folder / "broken.jpg")]
    assert info.rejected[0].reason
    assert [(space.dim > 0, space.vectors) for space in info.spaces] == [(True, 8)]
    assert len(info.indexes) == 1


def test_before_there_is_anything(fresh: Engine) -> None:
    with pytest.raises(UsageError, match="no photos yet"):
        fresh.manage.embed()
    with pytest.raises(NotFoundError, match="nothing is embedded yet"):
        fresh.search.by_photo(b"x")


def test_a_catalogue_of_one_product_can_be_searched(tmp_path: Path, photo_bytes: Callable[..., bytes]) -> None:
    lonely = Engine(Catalogue(Settings(catalogue=tmp_path / "c", workers=1, model=MODEL)))
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "shoe.jpg").write_bytes(photo_bytes(1))
    lonely.manage.ingest(str(tmp_path / "one"))
    lonely.manage.embed()
    assert len(lonely.search.by_photo(photo_bytes(1)).hits) == 1
    assert lonely.search.like(lonely.search.find().products[0].product_id).hits == []


def test_another_process_that_embeds_is_noticed(fresh: Engine, folder: Path, photo_bytes: Callable[..., bytes]) -> None:
    fresh.manage.ingest(str(folder))
    fresh.manage.embed()
    assert len(fresh.search.by_photo(photo_bytes(1), limit=50).hits) == 8
    other = Engine(Catalogue(fresh.settings))
    (folder / "9.jpg").write_bytes(photo_bytes(9))
    other.manage.ingest(str(folder))
    other.manage.embed()
    assert fresh.search.by_photo(photo_bytes(9), limit=50).hits[0].name == "9"


def test_tools_are_called_by_position_or_name(fresh: Engine) -> None:
    with pytest.raises(UsageError, match="takes 1 positional"):
        fresh.manage.ingest("a", "b")
    with pytest.raises(UsageError, match="source twice"):
        fresh.manage.ingest("a", source="b")
    with pytest.raises(AttributeError, match=r"no tool manage\.nope"):
        fresh.manage.nope()
    with pytest.raises(AttributeError, match="group of tools 'nope'"):
        fresh.nope.nope()
