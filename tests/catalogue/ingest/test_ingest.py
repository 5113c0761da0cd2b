"""Ingest: what a run does to the catalogue, that a second one does only what changed, and that no death hurts it."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lookscape.catalogue.ingest import pool
from lookscape.catalogue.ingest import run as ingest_module
from lookscape.catalogue.ingest.run import IngestReport, ingest
from lookscape.catalogue.records import Attribute, Filter, Origin
from lookscape.catalogue.source import SourceOptions
from lookscape.catalogue.sources import folder
from lookscape.catalogue.store import files as store_files
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.errors import CancelledError, ConflictError, UsageError
from lookscape.settings import Settings

PhotoBytes = Callable[..., bytes]


def run(catalogue: Catalogue, spec: Path | str, *, again: bool = False, labels: bool = True) -> IngestReport:
    options = SourceOptions(labels=labels, downloads=catalogue.folder / "downloads")
    return ingest(catalogue, str(spec), options=options, progress=lambda done, total, stage: None, again=again)


def contents(catalogue: Catalogue) -> dict[str, Any]:
    """Everything a catalogue says, blobs on the disk included; what two equal catalogues have in common."""
    products = catalogue.find(limit=10_000).products
    for photo_id in catalogue.photo_ids():
        assert catalogue.read_photo(photo_id)
    return {
        "counts": catalogue.counts(),
        "rejections": catalogue.rejections(),
        "products": products,
        "photos": catalogue.photos(catalogue.photo_ids()),
        "sources": catalogue.sources([product.id for product in products]),
        "attributes": [catalogue.attributes(product.id) for product in products],
        "blobs": sorted(catalogue.blobs.keys()),
        "temporary": [path.name for path in (catalogue.folder / "blobs" / "tmp").glob("*")],
    }


@pytest.fixture
def photos(tmp_path: Path, photo_bytes: PhotoBytes) -> Path:
    """Seven files in two folders: `red/3.jpg` is `red/2.jpg` again, and `blue/6.jpg` is no photo."""
    folder = tmp_path / "photos"
    for number, colour in enumerate(["red", "red", "red", "blue", "blue", "blue", "blue"]):
        (folder / colour).mkdir(parents=True, exist_ok=True)
        data = b"not a photo" if number == 6 else photo_bytes(2 if number == 3 else number)
        (folder / colour / f"{number}.jpg").write_bytes(data)
    return folder


def test_files_become_photos_and_products(empty_catalogue: Catalogue, photos: Path, photo_bytes: PhotoBytes) -> None:
    report = run(empty_catalogue, photos)
    assert report == IngestReport(listed=7, added=6, unchanged=0, removed=0, rejected=1)
    counts = empty_catalogue.counts()
    assert (counts.files, counts.photos, counts.products) == (7, 5, 5)
    assert (counts.duplicates, counts.rejected) == (1, 1)
    found = empty_catalogue.find().products
    assert [product.name for product in found] == ["3", "4", "5", "0", "1"]
    assert [product.attributes["label"] for product in found] == ["blue"] * 3 + ["red"] * 2
    [bad] = empty_catalogue.rejections()
    assert bad.path == str(photos / "blue" / "6.jpg")
    assert "not" in bad.reason


def test_one_photo_under_two_names_has_two_sources_and_both_labels(empty_catalogue: Catalogue, photos: Path) -> None:
    run(empty_catalogue, photos)
    twice = empty_catalogue.find(Filter(where={"label": ("red",)})).products[0]
    assert len(twice.photo_ids) == 1
    assert [file.path for file in empty_catalogue.sources([twice.id])] == [
        str(photos / "blue" / "3.jpg"),
        str(photos / "red" / "2.jpg"),
    ]
    assert [item.value for item in empty_catalogue.attributes(twice.id)] == ["blue", "red"]


def test_a_second_run_reads_nothing(empty_catalogue: Catalogue, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(empty_catalogue, photos)
    before = contents(empty_catalogue)
    monkeypatch.setattr(pool, "_submit", None)
    assert run(empty_catalogue, photos) == IngestReport(listed=7, added=0, unchanged=7, removed=0, rejected=0)
    assert contents(empty_catalogue) == before


def test_a_source_that_looks_the_same_is_not_even_listed(
    empty_catalogue: Catalogue, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(empty_catalogue, photos)
    before = contents(empty_catalogue)
    with monkeypatch.context() as patched:
        patched.setattr(folder, "file_item", None)
        assert run(empty_catalogue, photos) == IngestReport(
            listed=first.listed, added=0, unchanged=first.listed, removed=0, rejected=0
        )
    assert contents(empty_catalogue) == before
    (photos / "metadata.csv").write_text(
        "file_name,colour\n" + f"{next(photos.rglob('*.jpg')).relative_to(photos)},red\n"
    )
    run(empty_catalogue, photos)
    assert contents(empty_catalogue) != before


def test_again_reads_everything_and_changes_nothing(empty_catalogue: Catalogue, photos: Path) -> None:
    run(empty_catalogue, photos)
    before = contents(empty_catalogue)
    assert run(empty_catalogue, photos, again=True) == IngestReport(
        listed=7, added=6, unchanged=0, removed=0, rejected=1
    )
    assert contents(empty_catalogue) == before


def test_changed_added_and_removed_files(empty_catalogue: Catalogue, photos: Path, photo_bytes: PhotoBytes) -> None:
    run(empty_catalogue, photos)
    old = empty_catalogue.find().products[1]
    (photos / "blue" / "4.jpg").write_bytes(photo_bytes(44))
    (photos / "blue" / "6.jpg").write_bytes(photo_bytes(6))
    (photos / "red" / "0.jpg").unlink()
    (photos / "red" / "9.jpg").write_bytes(photo_bytes(9))
    assert run(empty_catalogue, photos) == IngestReport(listed=7, added=3, unchanged=4, removed=1, rejected=0)
    assert empty_catalogue.rejections() == []
    names = {product.name for product in empty_catalogue.find().products}
    assert names == {"1", "3", "4", "5", "6", "9"}
    blobs = set(empty_catalogue.blobs.keys())
    assert blobs == {photo.blob for photo in empty_catalogue.photos(empty_catalogue.photo_ids())}
    assert old.id not in empty_catalogue.products([old.id])


def test_a_photo_stays_as_long_as_one_file_has_it(empty_catalogue: Catalogue, photos: Path) -> None:
    run(empty_catalogue, photos)
    [product] = [item for item in empty_catalogue.find().products if item.name == "3"]
    (photos / "blue" / "3.jpg").unlink()
    run(empty_catalogue, photos)
    assert empty_catalogue.product(product.id).name == "2"
    assert empty_catalogue.product(product.id).attributes == {"label": "red"}
    (photos / "red" / "2.jpg").unlink()
    run(empty_catalogue, photos)
    assert empty_catalogue.photos(product.photo_ids) == []
    assert not list((empty_catalogue.folder / "blobs").glob(f"??/{product.photo_ids[0][2:]}"))


def test_renaming_and_coming_back(empty_catalogue: Catalogue, photos: Path) -> None:
    run(empty_catalogue, photos)
    before = contents(empty_catalogue)
    (photos / "red").rename(photos / "green")
    assert run(empty_catalogue, photos).removed == 3
    assert {item.attributes["label"] for item in empty_catalogue.find().products} == {"blue", "green"}
    (photos / "green").rename(photos / "red")
    run(empty_catalogue, photos)
    after = contents(empty_catalogue)
    assert {key: after[key] for key in ("counts", "products", "photos", "blobs")} == {
        key: before[key] for key in ("counts", "products", "photos", "blobs")
    }


def test_two_sources_live_side_by_side(empty_catalogue: Catalogue, photos: Path) -> None:
    run(empty_catalogue, photos / "red")
    run(empty_catalogue, photos / "blue")
    assert (empty_catalogue.counts().files, empty_catalogue.counts().photos) == (7, 5)
    shutil.rmtree(photos / "blue")
    (photos / "blue").mkdir()
    assert run(empty_catalogue, photos / "blue").removed == 4
    assert (empty_catalogue.counts().files, empty_catalogue.counts().photos) == (3, 3)


def test_a_source_that_vanished_is_an_error_and_removes_nothing(empty_catalogue: Catalogue, photos: Path) -> None:
    run(empty_catalogue, photos)
    before = contents(empty_catalogue)
    photos.rename(photos.with_name("away"))
    with pytest.raises(UsageError, match="is not there"):
        run(empty_catalogue, photos)
    assert contents(empty_catalogue) == before


def test_product_ids_group_photos_and_metadata_changes_are_seen(empty_catalogue: Catalogue, photos: Path) -> None:
    def describe(rows: list[dict[str, str]]) -> IngestReport:
        (photos / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))
        return run(empty_catalogue, photos)

    both = [{"file_name": f"red/{number}.jpg", "product_id": "P1", "name": "Runner"} for number in (0, 1)]
    describe([both[0], {**both[1], "colour": "red", "size": "42"}])
    assert empty_catalogue.counts().products == 4
    runner = empty_catalogue.product("P1")
    assert (runner.name, len(runner.photo_ids)) == ("Runner", 2)
    assert runner.attributes == {"colour": "red", "size": "42"}
    report = describe([both[0], {**both[1], "colour": "blue", "product_id": "P2"}])
    assert (report.added, report.unchanged) == (1, 6)
    assert len(empty_catalogue.product("P1").photo_ids) == 1
    assert empty_catalogue.product("P1").attributes == {}
    assert empty_catalogue.product("P2").attributes == {"colour": "blue"}


def test_the_same_bytes_may_belong_to_two_products(empty_catalogue: Catalogue, photos: Path) -> None:
    rows = [
        {"file_name": "red/2.jpg", "product_id": "A", "price": "10"},
        {"file_name": "blue/3.jpg", "product_id": "B", "price": "20"},
    ]
    (photos / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))
    run(empty_catalogue, photos)
    [shared] = empty_catalogue.product("A").photo_ids
    assert empty_catalogue.product("B").photo_ids == (shared,)
    assert empty_catalogue.products_of_photos([shared]) == {shared: ("A", "B")}  # the order of the table
    assert [empty_catalogue.product(name).attributes["price"] for name in "AB"] == ["10", "20"]


def test_what_people_said_outlives_changes_of_the_source(empty_catalogue: Catalogue, photos: Path) -> None:
    run(empty_catalogue, photos)
    product = next(item for item in empty_catalogue.find().products if item.name == "0")
    said = Attribute(product_id=product.id, name="label", value="crimson", origin=Origin.HUMAN)
    empty_catalogue.annotate([said], by="ada")
    run(empty_catalogue, photos, again=True)
    assert empty_catalogue.product(product.id).attributes == {"label": "crimson"}
    assert [item.value for item in empty_catalogue.attributes(product.id)] == ["crimson", "red"]
    kept = (photos / "red" / "0.jpg").read_bytes()
    (photos / "red" / "0.jpg").unlink()
    run(empty_catalogue, photos)
    assert empty_catalogue.matching(Filter(where={"label": ("crimson",)})) == set()
    assert "crimson" not in {value.value for facet in empty_catalogue.facets() for value in facet.values}
    (photos / "red" / "new name.jpg").write_bytes(kept)
    run(empty_catalogue, photos)
    assert empty_catalogue.product(product.id).attributes == {"label": "crimson"}


def test_labels_can_be_turned_off(empty_catalogue: Catalogue, photos: Path) -> None:
    run(empty_catalogue, photos, labels=False)
    assert empty_catalogue.facets() == []


def test_a_file_that_cannot_be_read_is_tried_on_every_run(
    empty_catalogue: Catalogue, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lookscape.catalogue import source

    victim = photos / "red" / "0.jpg"
    if os.geteuid() == 0:  # root reads everything, so put a folder where the file was listed
        kept, status = victim.read_bytes(), victim.stat()
        real = source.read_source

        def swapped(spec: str, options: SourceOptions) -> source.Listing:
            listing = real(spec, options)
            victim.unlink()
            victim.mkdir()
            return listing

        monkeypatch.setattr(ingest_module, "read_source", swapped)
        run(empty_catalogue, photos)
        monkeypatch.setattr(ingest_module, "read_source", real)
        victim.rmdir()
        victim.write_bytes(kept)
        os.utime(victim, ns=(status.st_atime_ns, status.st_mtime_ns))
    else:
        victim.chmod(0)
        run(empty_catalogue, photos)
        victim.chmod(0o600)
    assert [item.reason.split(":")[0] for item in empty_catalogue.rejections() if item.path == str(victim)] == [
        "cannot be read"
    ]
    assert run(empty_catalogue, photos).added == 1


def test_one_ingest_at_a_time(empty_catalogue: Catalogue, photos: Path) -> None:
    with empty_catalogue.exclusive("ingest"), pytest.raises(ConflictError, match=f"process {os.getpid()}"):
        run(empty_catalogue, photos)
    assert run(empty_catalogue, photos).added == 6


class Killed(BaseException):
    """Stands for a process that ends here and now."""


def _die_at(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, moment: int, *, after: bool) -> None:
    real, calls = getattr(owner, name), iter(range(1000))

    def deadly(*args: Any, **kwargs: Any) -> Any:
        is_due = next(calls) == moment
        if is_due and not after:
            raise Killed
        result = real(*args, **kwargs)
        if is_due:
            raise Killed
        return result

    monkeypatch.setattr(owner, name, deadly)


MOMENTS = [
    (store_files, "put", 0),
    (store_files, "put", 1),
    (store_files, "forget", 0),
    (store_files, "drop_orphans", 0),
    (Catalogue, "sweep", 0),
    (store_files, "finish", 0),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("owner", "name", "moment"), MOMENTS, ids=[f"{name}-{moment}" for _, name, moment in MOMENTS])
def test_a_run_that_died_anywhere_goes_on_to_the_same_catalogue(
    tmp_path: Path, photos: Path, photo_bytes: PhotoBytes, monkeypatch: pytest.MonkeyPatch,
    *, owner: object, name: str, moment: int, after: bool,
) -> None:  # fmt: skip
    """Both catalogues see the same two states of the folder; the second change is interrupted in one of them."""
    monkeypatch.setattr(ingest_module, "BATCH", 2)
    undisturbed, victim = (
        Catalogue(Settings(catalogue=tmp_path / folder, workers=1)) for folder in ("undisturbed", "victim")
    )
    for catalogue in (undisturbed, victim):
        run(catalogue, photos)
    for number, colour in enumerate(["red", "blue"]):
        (photos / colour / f"{10 + number}.jpg").write_bytes(photo_bytes(10 + number))
    (photos / "blue" / "4.jpg").write_bytes(photo_bytes(44))
    (photos / "red" / "1.jpg").unlink()
    run(undisturbed, photos)
    with monkeypatch.context() as patch:
        if name == "sweep":  # only runs after another death
            _die_at(patch, store_files, "put", 0, after=False)
            with pytest.raises(Killed):
                run(victim, photos)
            patch.undo()
            patch.setattr(ingest_module, "BATCH", 2)
        _die_at(patch, owner, name, moment, after=after)
        with pytest.raises(Killed):
            run(victim, photos)
    run(victim, photos)
    assert contents(victim) == contents(undisturbed)
    undisturbed.close()
    victim.close()


def test_leftovers_of_a_killed_run_are_swept_even_when_its_files_are_gone(
    empty_catalogue: Catalogue, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _die_at(patch, store_files, "put", 0, after=False)
        with pytest.raises(Killed):
            run(empty_catalogue, photos)
    (empty_catalogue.folder / "blobs" / "tmp" / "half").write_bytes(b"half a blob")
    assert len(set(empty_catalogue.blobs.keys())) == 5
    shutil.rmtree(photos / "red")
    run(empty_catalogue, photos)
    after = contents(empty_catalogue)
    assert after["blobs"] == sorted(photo.blob for photo in after["photos"])
    assert (len(after["blobs"]), after["temporary"]) == (3, [])


def test_cancelling_keeps_what_was_finished(
    empty_catalogue: Catalogue, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_module, "BATCH", 2)
    monkeypatch.setattr(pool, "CHUNK", 1)
    monkeypatch.setattr(pool, "AHEAD", 1)

    def stop(done: int, total: int, stage: str) -> None:
        if done > 4:
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        ingest(empty_catalogue, str(photos), progress=stop)
    assert 0 < empty_catalogue.counts().files < 7
    assert run(empty_catalogue, photos).listed == 7
    assert empty_catalogue.counts().files == 7


def test_odd_names_survive(empty_catalogue: Catalogue, tmp_path: Path, photo_bytes: PhotoBytes) -> None:
    names = [
        b"plain.jpg", "schuh für ß.jpg".encode(), "靴.jpg".encode(), "emoji 👟.jpg".encode(), b"new\nline.jpg",
        b"quote'\".jpg", b"per%cent_.jpg", b"back\\slash.jpg", b"-rf.jpg", b"no ending", b"latin\xff\xfe.jpg", b" .jpg",
        b"x" * 200 + b".jpg", b"..dots..jpg", b"$(touch oops).jpg", b"<b>.jpg",
    ]  # fmt: skip
    folder = tmp_path / "odd"
    folder.mkdir()
    for seed, name in enumerate(names):
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(photo_bytes(seed))
    assert run(empty_catalogue, folder).added == len(names)
    paths = {file.path for product in empty_catalogue.find().products for file in empty_catalogue.sources([product.id])}
    assert str(folder / "latin\\xff\\xfe.jpg") in paths
    assert len(paths) == len(names)
    assert run(empty_catalogue, folder).unchanged == len(names)
