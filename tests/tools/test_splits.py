"""Splits that keep what is alike on one side, and the check that finds what does not, on a shop with planted leaks."""

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UnknownNameError, UsageError
from lookscape.representation.inference.samples import pictures
from lookscape.representation.spaces.space import SpaceInfo
from lookscape.representation.splits.saved import open_split
from lookscape.settings import Settings

COUNT = 60
"""Shoes, each in two files of the same bytes; the first TWINS of them also as a smaller JPEG, a product of its own."""

TWINS = 6
WORDS = ("Harbour", "Meridian", "Quasar", "Lantern", "Thicket", "Velvet", "Zenith", "Orchard", "Pylon", "Kestrel")


def write_shop(folder: Path, *, more: int = 0) -> None:
    """Photos and metadata.csv; names repeat with a slip for the twins, `more` shoes come at the end."""
    folder.mkdir()
    made = pictures(COUNT + more, side=64)
    rows = []
    for number, picture in enumerate(made):
        name = f"Nike {WORDS[number % 10]} {WORDS[(number // 10 + 3) % 10]} {number}"
        row = {"name": name, "tier": "dear" if number % 3 else "cheap", "side": "train" if number % 2 else "test"}
        content = cv2.imencode(".png", picture)[1].tobytes()
        for copy in "ab" if number < COUNT else "a":
            (folder / f"{number:03d}{copy}.png").write_bytes(content)
            rows.append({"file_name": f"{number:03d}{copy}.png", "product_id": f"P{number:03d}"} | row)
        if number < TWINS:
            small = cv2.resize(picture, (60, 60), interpolation=cv2.INTER_AREA)
            (folder / f"{number:03d}c.jpg").write_bytes(cv2.imencode(".jpg", small)[1].tobytes())
            rows.append({"file_name": f"{number:03d}c.jpg", "product_id": f"T{number:03d}"} | row)
    with (folder / "metadata.csv").open("w", newline="") as table:
        writer = csv.DictWriter(table, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ingested shop with a Space of noise, from which nothing can be learned but the photos themselves."""
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder / "photos")
    engine = Engine(Catalogue(Settings(catalogue=folder / "catalogue", workers=1)))
    ingest(engine.catalogue, str(folder / "photos"), progress=lambda done, total, stage: None)
    add_noise(engine)
    engine.catalogue.close()
    return folder


def add_noise(engine: Engine) -> None:
    ids = sorted(engine.catalogue.photo_ids())
    vectors = np.random.default_rng(0).normal(size=(len(ids), 200)).astype(np.float32)
    engine.spaces.create("noise", SpaceInfo(model="made-up", key="k", dim=200, metric="l2")).append(ids, vectors)


@pytest.fixture
def engine(shop: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(shop / "catalogue", tmp_path / "catalogue")
    opened = Engine(Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1)))
    yield opened
    opened.catalogue.close()


def products_in(engine: Engine, name: str) -> dict[str, str]:
    """The part of each product; fails when a product stands in two."""
    found: dict[str, str] = {}
    owners = engine.catalogue.products_of_photos(engine.catalogue.photo_ids())
    for photo_id, part in open_split(engine.folder, name).parts.items():
        for product in owners[photo_id]:
            assert found.setdefault(product, part) == part
    return found


def test_what_is_alike_is_on_one_side_and_classes_are_in_proportion(engine: Engine) -> None:
    made = engine.measure.split("fair", label="tier")
    parts = products_in(engine, "fair")
    assert {parts[f"P{number:03d}"] == parts[f"T{number:03d}"] for number in range(TWINS)} == {True}
    assert (made.train + made.validation + made.test, made.aside) == (COUNT + TWINS, 0)
    assert (made.groups, made.largest_group) == (COUNT, 2)
    dear, cheap = made.classes
    assert (dear.value, cheap.value, made.imbalance) == ("dear", "cheap", pytest.approx(2.0, abs=0.05))
    assert dear.test == pytest.approx(2 * cheap.test, abs=3)
    assert "kept" in made.words
    clean = engine.measure.leaks("fair", space="noise")
    assert (clean.exposed, [kind.pairs for kind in clean.kinds]) == (0, [0, 0, 0, 0])
    assert clean.dropped == 0
    assert "does not leak" in clean.words


def test_the_same_call_gives_the_same_split_and_a_dry_run_none(engine: Engine) -> None:
    engine.measure.split("one", label="tier", seed=2)
    engine.measure.split("two", label="tier", seed=2)
    assert open_split(engine.folder, "one").parts == open_split(engine.folder, "two").parts
    engine.measure.split("three", label="tier", seed=3)
    assert open_split(engine.folder, "three").parts != open_split(engine.folder, "one").parts
    told = engine.measure.split("four", label="tier", dry_run=True)
    assert "would be stored" in told.words
    with pytest.raises(UnknownNameError):
        open_split(engine.folder, "four")


def test_new_photos_go_where_their_group_is_and_nothing_moves(engine: Engine, tmp_path: Path) -> None:
    engine.measure.split("fair", label="tier")
    before = dict(open_split(engine.folder, "fair").parts)
    write_shop(tmp_path / "later", more=12)
    again = cv2.imread(str(tmp_path / "later" / "010a.png"))
    cv2.imwrite(str(tmp_path / "later" / "010d.jpg"), cv2.resize(again, (58, 58), interpolation=cv2.INTER_AREA))
    ingest(engine.catalogue, str(tmp_path / "later"), progress=lambda done, total, stage: None)
    made = engine.measure.split("fair")
    after = open_split(engine.folder, "fair").parts
    assert {photo_id: after[photo_id] for photo_id in before} == before
    assert (made.placed, made.aside, made.leaking) == (13, 0, 0)
    assert len(after) == COUNT + TWINS + 13
    twin, old = (_photo_of(engine, name) for name in ("010d.jpg", "010a.png"))
    assert after[twin] == before[old]
    assert engine.measure.leaks("fair").exposed == 0


def _photo_of(engine: Engine, name: str) -> str:
    files = engine.catalogue.sources(engine.catalogue.ids())
    return next(file.photo_id for file in files if file.path.endswith(name))


def test_what_would_join_two_parts_is_set_aside(engine: Engine, tmp_path: Path) -> None:
    engine.measure.split("fair", label="tier", names="no")
    parts = products_in(engine, "fair")
    train = next(number for number in range(10, COUNT) if parts[f"P{number:03d}"] == "train")
    test = next(number for number in range(10, COUNT) if parts[f"P{number:03d}"] == "test")
    bridge = tmp_path / "bridge"
    bridge.mkdir()
    rows = []
    for number, file in ((train, "one.jpg"), (test, "other.jpg")):
        picture = pictures(COUNT, side=64)[number]
        cv2.imwrite(str(bridge / file), cv2.resize(picture, (58, 58), interpolation=cv2.INTER_AREA))
        rows.append({"file_name": file, "product_id": "BRIDGE"})
    with (bridge / "metadata.csv").open("w", newline="") as table:
        writer = csv.DictWriter(table, ["file_name", "product_id"])
        writer.writeheader()
        writer.writerows(rows)
    ingest(engine.catalogue, str(bridge), progress=lambda done, total, stage: None)
    made = engine.measure.split("fair")
    assert (made.placed, made.aside, made.leaking) == (0, 2, 0)
    assert any("in no part" in note for note in made.notes)
    assert products_in(engine, "fair")["BRIDGE"] == "aside"
    assert engine.measure.leaks("fair").exposed == 0


def test_a_split_is_not_changed_by_the_way(engine: Engine) -> None:
    engine.measure.split("fair", label="tier", seed=1)
    with pytest.raises(UsageError, match="made with another seed"):
        engine.measure.split("fair", seed=2)
    with pytest.raises(UsageError, match="made with another label"):
        engine.measure.split("fair", label="side")
    with pytest.raises(UsageError, match="leave nothing to train on"):
        engine.measure.split("other", validation=0.5, test=0.5)
    with pytest.raises(UnknownNameError, match="no attribute named 'tear'; did you mean tier"):
        engine.measure.split("other", label="tear")
    assert engine.measure.split("fair", seed=2, again=True).placed == COUNT + TWINS
    (engine.folder / "splits" / "fair.json").write_text("{")
    with pytest.raises(NotFoundError, match="damaged"):
        engine.measure.split("fair")


def test_rare_values_are_one_class_and_names_that_are_the_label_are_not_looked_at(engine: Engine) -> None:
    owners = sorted(engine.catalogue.ids())
    kinds = [f"kind {number // 2}" if number < 8 else f"brand {number % 4}" for number in range(len(owners))]
    values = [
        Attribute(product_id=one, name="kind", value=kind, origin=Origin.HUMAN)
        for one, kind in zip(owners, kinds, strict=True)
    ]
    engine.catalogue.annotate(values, by="Kim")
    made = engine.measure.split("kinds", label="kind")
    assert made.rare == [f"kind {number}" for number in range(4)]
    assert {one.value for one in made.classes} == {"other", *(f"brand {number}" for number in range(4))}
    assert open_split(engine.folder, "kinds").classes["kind 2"] == "other"
    assert open_split(engine.folder, "kinds").making.by_name
    names = {product.id: product.name for product in engine.catalogue.products(owners).values()}
    same = [Attribute(product_id=one, name="word", value=names[one].split()[1], origin=Origin.HUMAN) for one in owners]
    engine.catalogue.annotate(same, by="Kim")
    told = engine.measure.split("words", label="word", ignore_colours=True, similar=0.5, fewest=6, names="auto")
    assert told.num_classes
    assert engine.measure.split("no", label="tier", names="no").notes == ["similar names were not considered"]


def test_a_random_split_is_caught_with_all_it_claims_too_much(engine: Engine) -> None:
    told = engine.measure.leaks("random", label="tier", space="noise", test=0.3, seed=1)
    by_kind = {kind.kind: kind for kind in told.kinds}
    listed = 2 * COUNT + TWINS
    assert sum(told.parts.values()) == listed
    assert told.held_out == told.parts["test"] == round(0.3 * listed)
    assert by_kind["same bytes"].pairs > 10
    assert by_kind["near-duplicate"].pairs >= 1
    assert by_kind["same product"].pairs == 0
    assert told.exposed > 0.5 * told.held_out
    worst = told.pairs[0]
    assert (worst.kind, worst.similarity, worst.photo_id) == ("same bytes", 1.0, worst.other_photo_id)
    assert {worst.part, worst.other_part} == {"train", "test"}
    assert worst.file != worst.other_file
    assert worst.image_url == f"/photos/{worst.photo_id}.jpg"
    shares = {share.name: share for share in told.shares}
    assert shares["inflated"].value > 0.05
    assert shares["inflated"].value == pytest.approx(shares["fair"].value - shares["clean"].value, abs=1e-3)
    assert shares["clean"].low < shares["majority"].value + 0.05
    assert told.dropped > 0
    assert "leaks: " in told.words
    json.loads(told.model_dump_json())


def test_leaks_are_those_of_counting_by_hand(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = [("000a.png", "Training"), ("000b.png", "test"), ("001a.png", "train"), ("001c.jpg", "val")]
    rows += [("002a.png", "test"), ("002b.png", "test"), ("003a.png", "train"), ("nowhere.png", "test")]
    path.write_text("file_name,fold\n" + "\n".join(",".join(row) for row in rows))
    told = engine.measure.leaks("fold", file=str(path))
    assert told.parts == {"test": 3, "train": 3, "validation": 1}
    assert [(kind.kind, kind.pairs, kind.exposed) for kind in told.kinds] == [
        ("same bytes", 1, 1),
        ("near-duplicate", 1, 1),
        ("same product", 0, 0),
        ("similar name", 1, 1),
    ]
    assert (told.exposed, told.held_out) == (2, 4)
    assert told.notes == [
        "1 row names nothing of this catalogue, or several files: line 9: 'nowhere.png': no file is called so"
    ]
    assert told.shares == []
    with pytest.raises(UsageError, match="no column split; there are: file_name, fold"):
        engine.measure.leaks("split", file=str(path))
    with pytest.raises(UsageError, match="is not a file"):
        engine.measure.leaks("fold", file=str(tmp_path / "none.csv"))


def test_an_attribute_may_be_the_split(engine: Engine) -> None:
    told = engine.measure.leaks("side", label="tier", space="noise")
    assert told.split == "the attribute side"
    assert set(told.parts) == {"train", "test"}
    assert told.exposed == 0  # a twin bears what its shoe bears
    with pytest.raises(UnknownNameError, match="no split or attribute named 'sides'; did you mean side"):
        engine.measure.leaks("sides")
    lone = Attribute(product_id="P000", name="lone", value="train", origin=Origin.HUMAN)
    engine.catalogue.annotate([lone], by="Kim")
    with pytest.raises(UsageError, match="has 1 part here"):
        engine.measure.leaks("lone")


def test_photos_of_one_product_and_copies_a_check_found_are_leaks_too(engine: Engine, tmp_path: Path) -> None:
    from lookscape.catalogue.findings import Finding

    ids = {name: _photo_of(engine, name) for name in ("020a.png", "021a.png")}
    finding = Finding(photo_id=ids["020a.png"], says="a copy", confidence=0.9, other_id=ids["021a.png"])
    engine.catalogue.put_verdicts("duplicate", 1, [finding])
    path = tmp_path / "mine.csv"
    path.write_text(f"photo_id,part\n{ids['020a.png']},train\n{ids['021a.png']},test\n")
    told = engine.measure.leaks("part", file=str(path))
    assert [(pair.kind, pair.similarity) for pair in told.pairs] == [("near-duplicate", 0.9)]
    engine.measure.split("fair")
    parts = products_in(engine, "fair")
    assert parts["P020"] == parts["P021"]
