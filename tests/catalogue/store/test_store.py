"""The Catalogue as a whole: the shared fixture's truth, its folder, its lock, many processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from lookscape.catalogue.records import Filter
from lookscape.catalogue.rendering import product_at
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.errors import ConflictError, NotFoundError


def test_the_rendered_catalogue_holds_what_was_drawn(catalogue: Catalogue) -> None:
    drawn = [product_at(index) for index in range(24)]
    found = catalogue.find(limit=100).products
    assert [(product.id, product.name) for product in found] == [(product.id, product.name) for product in drawn]
    assert [dict(product.attributes) for product in found] == [dict(product.attributes) for product in drawn]
    counts = catalogue.counts()
    assert (counts.files, counts.photos, counts.products, counts.duplicates, counts.rejected) == (24, 24, 24, 0, 0)
    photo = catalogue.photo(found[0].photo_ids[0])
    assert (photo.width, photo.height, photo.format) == (96, 96, "JPEG")
    assert catalogue.read_photo(photo.id)[:2] == b"\xff\xd8"


def test_opening_makes_the_folder_and_opening_again_finds_everything(tmp_path: Path, catalogue: Catalogue) -> None:
    new = Catalogue.open(tmp_path / "some" / "where")
    assert new.counts().files == 0
    assert (tmp_path / "some" / "where" / "catalogue.db").is_file()
    again = Catalogue.open(str(catalogue.folder))
    assert again.find() == catalogue.find()
    new.close()
    again.close()
    assert new.counts().files == 0


def test_a_photo_that_is_not_there_is_told(catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="no photo 'nothing'"):
        catalogue.read_photo("nothing")


def test_a_lock_is_held_among_processes_and_goes_with_its_holder(empty_catalogue: Catalogue) -> None:
    code = (
        "from lookscape.catalogue.store.catalogue import Catalogue\n"
        f"with Catalogue.open({str(empty_catalogue.folder)!r}).exclusive('ingest'): print('held', flush=True); input()"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    told = pytest.raises(ConflictError, match=f"ingest is already running .*process {holder.pid}")
    with told, empty_catalogue.exclusive("ingest"):
        pass
    with empty_catalogue.exclusive("other work"):
        holder.kill()
    holder.communicate()
    with empty_catalogue.exclusive("ingest"):
        pass


def test_what_another_process_writes_is_seen_at_once(catalogue_copy: Catalogue) -> None:
    code = (
        "from lookscape.catalogue.store.catalogue import Catalogue\n"
        "from lookscape.catalogue.records import Attribute, Origin\n"
        f"catalogue = Catalogue.open({str(catalogue_copy.folder)!r})\n"
        "style = Attribute(product_id='R000003', name='style', value='retro', origin=Origin.HUMAN)\n"
        "catalogue.annotate([style], by='x')"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert catalogue_copy.matching(Filter(where={"style": ("retro",)})) == {"R000003"}
