"""Checks are run, reviewed and applied; each step can be stopped, repeated and taken back."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from checks_of_tests import only_these_checks
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import CancelledError, ConflictError, NotFoundError, UnknownNameError, UsageError
from lookscape.tools.clean import check as check_tool


@pytest.fixture(autouse=True)
def two_checks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, only_these_checks(tmp_path_factory.mktemp("checks"), patch):
        yield


@pytest.fixture
def engine(catalogue_copy: Catalogue) -> Engine:
    return Engine(catalogue_copy)


def pixels(engine: Engine, photo_id: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(engine.catalogue.read_photo(photo_id))))


def test_checks_run_once_and_only_on_what_is_new(engine: Engine) -> None:
    first = engine.clean.check()
    assert [(ran.check, ran.judged, ran.open) for ran in first.checks] == [("facing", 24, 10), ("twin", 24, 1)]
    again = engine.clean.check("facing")
    assert [(ran.check, ran.judged, ran.open) for ran in again.checks] == [("facing", 0, 10)]
    engine.manage.ingest("rendered:26,size=96")
    assert [ran.judged for ran in engine.clean.check().checks] == [2, 2]
    assert engine.clean.check("facing", again=True).checks[0].judged == 26


def test_several_checks_are_named_with_dashes_and_unknown_ones_refused(engine: Engine) -> None:
    assert [ran.check for ran in engine.clean.check(["twin", "facing"]).checks] == ["twin", "facing"]
    with pytest.raises(UnknownNameError, match="did you mean facing"):
        engine.clean.check(["facin"])


def test_nothing_to_check_is_said(empty_catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match="no photos yet"):
        Engine(empty_catalogue).clean.check()


def test_what_was_judged_before_a_stop_is_kept(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_tool, "BATCH", 4)

    def stop(done: int, total: int, stage: str) -> None:
        if stage == "facing: looking" and done == 10:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        engine.clean.check("facing", progress=stop)
    left = engine.catalogue.due("facing", 1)
    assert len(left) == 14
    assert engine.clean.check("facing").checks[0].judged == 14
    assert engine.clean.findings(check=["facing"]).total == 10


def test_unreadable_photos_stop_nothing_and_stay_due(engine: Engine) -> None:
    bad = engine.catalogue.photo_ids()[5]
    path = engine.catalogue.blobs.local_path(engine.catalogue.photo(bad).blob)
    assert path is not None
    path.write_bytes(b"no picture")
    [ran] = engine.clean.check("facing").checks
    assert (ran.judged, ran.unreadable) == (23, 1)
    assert engine.catalogue.due("facing", 1) == [bad]


def test_findings_are_listed_with_what_accepting_does(engine: Engine) -> None:
    engine.clean.check()
    listed = engine.clean.findings(limit=3)
    assert listed.total == 11
    assert [item.confidence for item in listed.findings] == [0.95, 0.9, 0.85]
    first = listed.findings[0]
    assert (first.check, first.says, first.effect, first.state) == ("facing", "points left", "mirrors", "open")
    assert first.product_id == engine.catalogue.products_of_photos([first.photo_id])[first.photo_id][0]
    [twin] = engine.clean.findings(check=["twin"]).findings
    assert (twin.effect, twin.removes) == ("puts the photo aside", True)
    assert twin.other_id == engine.catalogue.photo_ids()[0]
    assert engine.clean.findings(check=["facing"], least=0.8).total == 4
    assert engine.clean.findings(check=["facing"], state="all").total == 12
    assert engine.clean.findings(check=["facing"], least=0.0).total == 12


def test_the_queue_counts(engine: Engine) -> None:
    before = engine.clean.queue()
    assert [(check.name, check.due, check.judged) for check in before.checks] == [("facing", 24, 0), ("twin", 24, 0)]
    engine.clean.check()
    engine.clean.decide("accept", check="twin")
    after = engine.clean.queue()
    facing, twin = after.checks
    assert (facing.open, facing.due, twin.open, twin.accepted) == (9, 0, 0, 1)
    assert (after.open, after.aside, after.photos) == (9, 1, 23)
    assert engine.clean.queue(least=0.9).open == 1


def test_deciding_by_number_and_by_check(engine: Engine) -> None:
    engine.clean.check()
    numbers = [item.id for item in engine.clean.findings(check=["facing"], limit=2).findings]
    done = engine.clean.decide("reject", numbers, by="ada")
    assert (done.decided, done.open, done.aside) == (2, 9, 0)
    bulk = engine.clean.decide("accept", check="facing", least=0.7, by="ada")
    assert bulk.decided == 4
    assert engine.clean.findings(state="accepted").total == 4
    assert engine.clean.decide("accept", check="facing", least=0.7).act is None
    undone = engine.clean.undo(by="ada")
    assert (undone.act, undone.kind, undone.count) == (bulk.act, "accept", 4)
    assert engine.clean.undo(by="ada").act == done.act
    with pytest.raises(NotFoundError, match="ada has no decision"):
        engine.clean.undo(by="ada")


def test_a_bulk_decision_is_about_what_was_seen(engine: Engine) -> None:
    engine.clean.check()
    with pytest.raises(ConflictError, match="10 findings are open now, not 9"):
        engine.clean.decide("accept", check="facing", expect=9)
    assert engine.clean.decide("accept", check="facing", expect=10).decided == 10


def test_decisions_that_cannot_be(engine: Engine) -> None:
    engine.clean.check()
    with pytest.raises(UsageError, match="either"):
        engine.clean.decide("accept")
    [number] = [item.id for item in engine.clean.findings(limit=1).findings]
    with pytest.raises(UsageError, match="either"):
        engine.clean.decide("accept", [number], check="facing")
    engine.clean.decide("accept", [number], by="ada")
    with pytest.raises(ConflictError, match="accepted by ada"):
        engine.clean.decide("reject", [number], by="bob")
    assert engine.clean.decide("reject", [number], change=True).decided == 1
    with pytest.raises(NotFoundError):
        engine.clean.undo(999)


def test_standardising_mirrors_keeps_the_original_and_is_taken_back(engine: Engine) -> None:
    engine.clean.check()
    engine.clean.decide("accept", check="facing", least=0.9)
    [first, *_] = engine.catalogue.photo_ids()
    before = pixels(engine, first)
    dry = engine.clean.standardise(size=96, dry_run=True)
    assert (dry.act, dry.changed, dry.mirrored, dry.unchanged) == (None, 2, 2, 22)
    done = engine.clean.standardise(size=96)
    assert (done.changed, done.mirrored, done.restored, done.unchanged) == (2, 2, 0, 22)
    after = pixels(engine, first)
    assert np.abs(after.astype(int) - before[:, ::-1]).mean() < 2
    again = engine.clean.standardise(size=96)
    assert (again.act, again.changed, again.unchanged) == (None, 0, 24)
    undone = engine.clean.undo(done.act)
    assert (undone.kind, undone.count) == ("standardise", 2)
    assert np.array_equal(pixels(engine, first), before)


def test_a_decision_taken_back_is_taken_off_the_picture(engine: Engine) -> None:
    engine.clean.check()
    decided = engine.clean.decide("accept", check="facing", least=0.9)
    [first, *_] = engine.catalogue.photo_ids()
    before = engine.catalogue.read_photo(first)
    engine.clean.standardise()
    engine.clean.undo(decided.act)
    done = engine.clean.standardise()
    assert (done.changed, done.restored) == (0, 2)
    assert engine.catalogue.read_photo(first) == before
    engine.clean.undo(done.act)
    assert engine.catalogue.read_photo(first) != before


def test_every_photo_gets_one_size_on_demand(engine: Engine) -> None:
    done = engine.clean.standardise(size=64, every=True)
    assert (done.changed, done.mirrored) == (24, 0)
    assert {pixels(engine, one).shape for one in engine.catalogue.photo_ids()} == {(64, 64, 3)}
    assert engine.clean.standardise().restored == 24


def test_a_standardisation_that_was_stopped_goes_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lookscape.services.review.standard.BATCH", 5)

    def stop(done: int, total: int, stage: str) -> None:
        if done == 10:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        engine.clean.standardise(size=64, every=True, progress=stop)
    assert engine.catalogue.history()[0].count == 10
    done = engine.clean.standardise(size=64, every=True)
    assert (done.changed, done.unchanged) == (14, 10)


def test_spaces_and_measures_notice_that_a_picture_changed(engine: Engine) -> None:
    engine.manage.embed("pretrained")
    engine.manage.gauge()
    before = dict(zip(engine.space("pretrained").ids, engine.space("pretrained").vectors.copy(), strict=True))
    engine.clean.check()
    engine.clean.decide("accept", check="facing", least=0.9)
    done = engine.clean.standardise(size=96)
    report = engine.manage.embed("pretrained")
    assert report.added == 2
    after = dict(zip(engine.space("pretrained").ids, engine.space("pretrained").vectors, strict=True))
    changed = {one for one in before if not np.array_equal(before[one], after[one])}
    assert changed == set(engine.catalogue.accepted_findings())
    assert engine.manage.gauge().measured == 2
    assert engine.manage.embed("pretrained").added == 0
    engine.clean.undo(done.act)
    assert engine.manage.embed("pretrained").added == 2
    restored = dict(zip(engine.space("pretrained").ids, engine.space("pretrained").vectors, strict=True))
    assert all(np.array_equal(before[one], restored[one]) for one in before)


def test_a_photo_put_aside_leaves_search_at_once_and_the_space_when_embedded(engine: Engine) -> None:
    engine.manage.embed("pretrained")
    engine.clean.check()
    [twin] = engine.clean.findings(check=["twin"]).findings
    engine.clean.decide("accept", [twin.id])
    [first] = engine.catalogue.products_of_photos([str(twin.other_id)])[str(twin.other_id)]
    hits = engine.search.like(first, space="pretrained", limit=50).hits
    assert twin.photo_id not in {hit.photo_id for hit in hits}
    assert len(hits) == 22
    assert engine.manage.embed("pretrained").removed == 1
    assert engine.manage.info().aside == 1


def test_copies_are_exported_with_a_table_and_the_catalogue_is_not_touched(engine: Engine, tmp_path: Path) -> None:
    engine.clean.check()
    engine.clean.decide("accept", check="twin")
    engine.clean.decide("accept", check="facing", least=0.9)
    blobs = [photo.blob for photo in engine.catalogue.photos(engine.catalogue.photo_ids())]
    folder = tmp_path / "out"
    assert engine.clean.export(str(folder), dry_run=True).photos == 23
    assert not folder.exists()
    done = engine.clean.export(str(folder), size=64)
    assert (done.photos, done.mended, done.aside, done.failed) == (23, 1, 1, [])
    with (folder / "metadata.csv").open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 23
    assert {"file_name", "product_id", "name"} < set(rows[0])
    assert {Image.open(io.BytesIO((folder / row["file_name"]).read_bytes())).size for row in rows} == {(64, 64)}
    assert [photo.blob for photo in engine.catalogue.photos(engine.catalogue.photo_ids())] == blobs
    other = Engine.open(tmp_path / "again")
    assert other.manage.ingest(str(folder)).products == 23
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        engine.clean.export(str(tmp_path / "file"))
