"""Findings: judged once, decided in acts, taken back; photos put aside are hidden everywhere and come back whole."""

from collections.abc import Sequence

import pytest

from lookscape.catalogue.findings import Clear, Finding, FindingState, Fix, Wanted
from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.records import Attribute, Filter, Origin, Photo, Picture
from lookscape.catalogue.source import FileRow
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.catalogue.store.files import Landed
from lookscape.errors import ConflictError, NotFoundError, UsageError

ACCEPTED, REJECTED, OPEN = FindingState.ACCEPTED, FindingState.REJECTED, FindingState.OPEN


def found(photo_id: str, confidence: float = 0.9, *, fix: Fix | None = None, says: str = "points left") -> Finding:
    return Finding(photo_id=photo_id, says=says, confidence=confidence, fix=fix or Fix(mirror=True), detail={"n": [1]})


def put(catalogue: Catalogue, findings: Sequence[Finding | Clear], *, check: str = "facing", version: int = 1) -> None:
    catalogue.put_verdicts(check, version, findings)


def numbers(catalogue: Catalogue, **wanted: object) -> list[int]:
    return [item.id for item in catalogue.find_findings(Wanted(**wanted)).items]


def remove(catalogue: Catalogue, photo_ids: Sequence[str]) -> int:
    put(catalogue, [found(one, fix=Fix(remove=True)) for one in photo_ids], check="duplicate")
    ids = numbers(catalogue, checks=("duplicate",))
    act = catalogue.decide(ids, ACCEPTED, by="ada")
    assert act
    return act.id


def test_a_photo_is_judged_once_by_each_version(catalogue_copy: Catalogue) -> None:
    ids = catalogue_copy.photo_ids()
    assert catalogue_copy.due("facing", 1) == ids
    put(catalogue_copy, [found(ids[0]), *(Clear(photo_id=one) for one in ids[1:5])])
    assert catalogue_copy.due("facing", 1) == ids[5:]
    assert catalogue_copy.due("framing", 1) == ids
    assert catalogue_copy.due("facing", 2) == ids
    catalogue_copy.forget_verdicts("facing")
    assert catalogue_copy.due("facing", 1) == ids


def test_findings_are_listed_surest_first_and_read_back_whole(catalogue_copy: Catalogue) -> None:
    ids = catalogue_copy.photo_ids()
    fix = Fix(mirror=True, rotate=-3.5, crop=(0.1, -0.2, 0.9, 1.0))
    whole = Finding(photo_id=ids[0], says="so", confidence=0.4, fix=fix, other_id=ids[1], detail={"box": [1, 2]})
    put(catalogue_copy, [whole, found(ids[1], 0.8), found(ids[2], 0.6)])
    put(catalogue_copy, [found(ids[0], 0.7)], check="framing")
    page = catalogue_copy.find_findings(limit=2)
    assert [item.finding.confidence for item in page.items] == [0.8, 0.7]
    assert page.total == 4
    [last] = catalogue_copy.find_findings(offset=3).items
    assert (last.finding, last.check, last.state, last.by) == (whole, "facing", OPEN, "")
    assert len(numbers(catalogue_copy, least=0.6)) == 3
    assert len(numbers(catalogue_copy, checks=("facing",), least=0.6)) == 2
    assert len(numbers(catalogue_copy, least=0.6, least_of={"framing": 0.75})) == 2
    assert catalogue_copy.finding(last.id) == last


def test_judging_again_replaces_what_is_open_and_keeps_decisions(catalogue_copy: Catalogue) -> None:
    one, two, three = catalogue_copy.photo_ids()[:3]
    put(catalogue_copy, [found(one), found(two, 0.8), found(three, 0.7)])
    first, second, _ = numbers(catalogue_copy)
    catalogue_copy.decide([first], REJECTED, by="ada")
    catalogue_copy.decide([second], ACCEPTED, by="ada")
    put(catalogue_copy, [found(one, says="again"), found(two, says="again"), found(three, says="again")], version=2)
    [still_open] = catalogue_copy.find_findings().items
    assert (still_open.finding.photo_id, still_open.finding.says) == (three, "again")
    assert catalogue_copy.finding(first).finding.says == "points left"
    put(catalogue_copy, [Clear(photo_id=three)], version=2)
    assert numbers(catalogue_copy) == []
    assert len(numbers(catalogue_copy, state=None)) == 2


def test_deciding_is_one_act_that_can_be_undone_and_redone(catalogue_copy: Catalogue) -> None:
    ids = catalogue_copy.photo_ids()[:5]
    put(catalogue_copy, [found(one, 0.5 + number / 10) for number, one in enumerate(ids)])
    act = catalogue_copy.decide(Wanted(checks=("facing",), least=0.65), ACCEPTED, by="ada")
    assert act is not None
    assert (act.kind, act.by, act.count) == ("accept", "ada", 3)
    assert catalogue_copy.history()[0] == act
    assert set(catalogue_copy.accepted_findings()) == set(ids[2:])
    [counts] = catalogue_copy.finding_counts({"facing": 1}, least_of={"facing": 0.55})
    assert (counts.judged, counts.open, counts.accepted, counts.rejected) == (5, 1, 3, 0)
    assert {catalogue_copy.finding(one).by for one in numbers(catalogue_copy, state=ACCEPTED)} == {"ada"}
    catalogue_copy.undo(act.id)
    assert len(numbers(catalogue_copy)) == 5
    catalogue_copy.redo(act.id)
    assert len(numbers(catalogue_copy, state=ACCEPTED)) == 3
    assert catalogue_copy.decide(Wanted(checks=("facing",), least=0.65), ACCEPTED, by="bob") is None


def test_nobodys_decision_is_overwritten(catalogue_copy: Catalogue) -> None:
    put(catalogue_copy, [found(one) for one in catalogue_copy.photo_ids()[:3]])
    ids = numbers(catalogue_copy)
    first = catalogue_copy.decide(ids[:1], ACCEPTED, by="ada")
    with pytest.raises(ConflictError, match="accepted by ada"):
        catalogue_copy.decide(ids, REJECTED, by="bob")
    assert len(numbers(catalogue_copy)) == 2
    second = catalogue_copy.decide(ids, REJECTED, by="bob", change=True)
    assert first is not None
    assert second is not None
    assert second.count == 3
    with pytest.raises(ConflictError, match=f"act {second.id}"):
        catalogue_copy.undo(first.id)
    catalogue_copy.undo(second.id)
    assert catalogue_copy.finding(ids[0]).state is ACCEPTED
    catalogue_copy.undo(first.id)
    assert catalogue_copy.finding(ids[0]).state is OPEN


def test_what_cannot_be_decided_changes_nothing(catalogue_copy: Catalogue) -> None:
    put(catalogue_copy, [found(catalogue_copy.photo_ids()[0])])
    with pytest.raises(NotFoundError, match="no finding 99"):
        catalogue_copy.decide([*numbers(catalogue_copy), 99], ACCEPTED, by="ada")
    with pytest.raises(UsageError, match="undo"):
        catalogue_copy.decide(numbers(catalogue_copy), OPEN, by="ada")
    assert catalogue_copy.history() == []
    assert len(numbers(catalogue_copy)) == 1


def test_a_photo_put_aside_is_hidden_with_its_product_and_comes_back_whole(catalogue_copy: Catalogue) -> None:
    product = catalogue_copy.find().products[3]
    [photo_id] = product.photo_ids
    style = Attribute(product_id=product.id, name="style", value="retro", origin=Origin.HUMAN)
    catalogue_copy.annotate([style], by="ada")
    before, facets, page = catalogue_copy.counts(), catalogue_copy.facets(), catalogue_copy.find(limit=100)
    act = remove(catalogue_copy, [photo_id])
    after = catalogue_copy.counts()
    assert (after.photos, after.products, after.aside) == (before.photos - 1, before.products - 1, 1)
    assert photo_id not in catalogue_copy.photo_ids()
    assert product.id not in catalogue_copy.matching(Filter())
    assert catalogue_copy.matching(Filter(where={"style": ("retro",)})) == set()
    assert catalogue_copy.products_of_photos([photo_id]) == {}
    assert photo_id not in catalogue_copy.due("facing", 1)
    assert catalogue_copy.read_photo(photo_id)
    catalogue_copy.undo(act)
    assert (catalogue_copy.counts(), catalogue_copy.facets()) == (before, facets)
    assert catalogue_copy.find(limit=100) == page


def test_a_product_keeps_its_place_and_shows_its_next_photo(empty_catalogue: Catalogue) -> None:
    photos = [Photo(id=str(n) * 64, width=9, height=9, format="PNG", num_bytes=9, blob=str(n) * 64) for n in range(4)]
    rows = [FileRow(path=f"{n}.png", stamp="1", product_id="shoe" if n < 3 else "boot") for n in range(4)]
    landed = [Landed(file=row, photo=photo) for row, photo in zip(rows, photos, strict=True)]
    empty_catalogue.put_files("here", landed)
    act = remove(empty_catalogue, [photos[0].id])
    assert [product.id for product in empty_catalogue.find().products] == ["shoe", "boot"]
    assert empty_catalogue.product("shoe").photo_ids == (photos[1].id, photos[2].id)
    put(empty_catalogue, [found(photos[0].id), found(photos[1].id)], check="framing")
    assert len(numbers(empty_catalogue)) == 1
    empty_catalogue.undo(act)
    assert empty_catalogue.product("shoe").photo_ids == tuple(photo.id for photo in photos[:3])


def test_a_photo_stays_aside_when_its_source_is_read_again(catalogue_copy: Catalogue) -> None:
    photo_id = catalogue_copy.photo_ids()[0]
    remove(catalogue_copy, [photo_id])
    ingest(catalogue_copy, "rendered:25,size=96", progress=lambda done, total, stage: None, again=True)
    assert photo_id not in catalogue_copy.photo_ids()
    assert catalogue_copy.counts().aside == 1


def test_pictures_change_in_one_act_and_the_one_as_ingested_is_kept(catalogue_copy: Catalogue) -> None:
    ids = catalogue_copy.photo_ids()[:3]
    originals = [catalogue_copy.read_photo(one) for one in ids]
    blobs = catalogue_copy.blobs.put_many([b"first", b"second", b"third"])
    pictures = [Picture(photo_id=one, blob=blob, recipe="turned") for one, blob in zip(ids, blobs, strict=True)]
    act = catalogue_copy.alter_photos(pictures[:2], by="ada")
    act = catalogue_copy.alter_photos(pictures[2:], by="ada", act_id=act.id)
    assert (act.kind, act.count) == ("standardise", 3)
    assert [catalogue_copy.read_photo(one) for one in ids] == [b"first", b"second", b"third"]
    assert catalogue_copy.photo(ids[0]).recipe == "turned"
    catalogue_copy.sweep()
    catalogue_copy.undo(act.id)
    assert [catalogue_copy.read_photo(one) for one in ids] == originals
    assert (catalogue_copy.photo(ids[0]).original, catalogue_copy.photo(ids[0]).recipe) == (None, None)
    catalogue_copy.sweep()
    catalogue_copy.redo(act.id)
    assert catalogue_copy.read_photo(ids[2]) == b"third"
    later = catalogue_copy.alter_photos([Picture(photo_id=ids[0], blob=blobs[1], recipe="other")], by="bob")
    with pytest.raises(ConflictError, match=f"act {later.id}"):
        catalogue_copy.undo(act.id)
    catalogue_copy.undo(later.id)
    assert catalogue_copy.read_photo(ids[0]) == b"first"
    assert catalogue_copy.blobs.get(str(catalogue_copy.photo(ids[0]).original)) == originals[0]


def test_a_photo_that_goes_takes_its_pictures_along(catalogue_copy: Catalogue) -> None:
    photo_id = catalogue_copy.photo_ids()[0]
    [blob] = catalogue_copy.blobs.put_many([b"turned"])
    catalogue_copy.alter_photos([Picture(photo_id=photo_id, blob=blob, recipe="turned")], by="ada")
    original = str(catalogue_copy.photo(photo_id).original)
    [source] = {file.source for file in catalogue_copy.sources([catalogue_copy.find().products[0].id])}
    catalogue_copy.forget_files(source, seen=set())
    assert not catalogue_copy.blobs.has(blob)
    assert not catalogue_copy.blobs.has(original)
    with pytest.raises(NotFoundError):
        catalogue_copy.alter_photos([Picture(photo_id=photo_id, blob=blob, recipe="turned")], by="ada")


@pytest.mark.parametrize("fix", [{"rotate": 181.0}, {"crop": (0.5, 0, 0.4, 1)}, {"crop": (0, 0, 2.5, 1)}])
def test_a_fix_that_cannot_be_is_refused(fix: dict) -> None:
    with pytest.raises(UsageError):
        Fix(**fix)


def test_a_fix_is_read_as_it_was_written() -> None:
    fixes = [Fix(), Fix(mirror=True), Fix(remove=True), Fix(rotate=-12.5, crop=(-0.5, 0, 1.5, 0.75))]
    assert [Fix.from_json(fix.to_json()) for fix in fixes] == fixes
    assert [fix.is_empty for fix in fixes] == [True, False, False, False]
