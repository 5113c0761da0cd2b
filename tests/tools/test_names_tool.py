"""Names become predicted brands and models in one undoable act, below what people and the source say."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from lookscape.catalogue.ingest.run import ingest
from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.representation.inference.samples import pictures
from lookscape.settings import Settings

NAMES = (
    "Nike Air Jordan 1 Low 'Panda'",
    "Air Jordan 1 Low Black/White",
    "adidas Samba White",
    "adidas Samba Black",
    "Tarnova Ridge Low",
    "Tarnova Crest Low",
    "Tarnova Dune High",
    "Unheard Of",
    "",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("names")
    with (made / "metadata.csv").open("w", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(["file_name", "name", "product_id"])
        for number, (name, picture) in enumerate(zip(NAMES, pictures(len(NAMES), side=32), strict=True)):
            cv2.imwrite(str(made / f"{number}.png"), picture)
            writer.writerow([f"{number}.png", name, f"P{number}"])
    catalogue = Catalogue(Settings(catalogue=made / "catalogue", workers=1))
    ingest(catalogue, str(made), progress=lambda done, total, stage: None)
    catalogue.close()
    return made / "catalogue"


@pytest.fixture
def engine(folder: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(folder, tmp_path / "catalogue")
    opened = Engine(Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1)))
    yield opened
    opened.catalogue.close()


def values(engine: Engine, name: str) -> dict[str, str]:
    return {item.product_id: item.value for item in engine.catalogue.shown(engine.catalogue.ids(), [name])}


def test_brands_and_models_are_written_with_their_provenance_and_undone(engine: Engine) -> None:
    made = engine.annotate.names()
    assert values(engine, "brand") == {
        "P0": "Nike",
        "P1": "Jordan",
        **dict.fromkeys(("P2", "P3"), "adidas"),
        **dict.fromkeys(("P4", "P5", "P6"), "Tarnova"),
    }
    assert values(engine, "model") == {"P0": "Air Jordan 1 Low", "P2": "Samba", "P3": "Samba"}
    found = engine.catalogue.shown(["P2"], ["brand"])[0]
    assert (found.origin, found.confidence, found.by) == (Origin.PREDICTED, 0.98, "names")
    assert (made.products, made.own_brands[0].value, made.own_brands[0].products) == (8, "Tarnova", 3)
    assert made.words == "written: brand for 7 products, 4 values; model for 3 products, 2 values"
    assert engine.catalogue.history(limit=1)[0].id == made.act
    engine.annotate.undo(made.act)
    assert values(engine, "brand") == values(engine, "model") == {}


def test_lines_and_merges_are_the_users_choice(engine: Engine) -> None:
    engine.annotate.names(lines="own", model="")
    assert {values(engine, "brand")[one] for one in ("P0", "P1")} == {"Jordan"}
    engine.annotate.names(merge=("jordan=Nike",), model="")
    assert {values(engine, "brand")[one] for one in ("P0", "P1")} == {"Nike"}
    assert values(engine, "model") == {}


def test_a_dry_run_tells_counts_and_examples_and_writes_nothing(engine: Engine) -> None:
    told = engine.annotate.names(dry_run=True)
    assert told.act is None
    assert engine.catalogue.history() == []
    brand, model = told.readings
    assert (brand.written, brand.unsure, brand.none, brand.num_values) == (7, 0, 1, 4)
    assert (model.written, model.unsure) == (3, 4)
    assert (brand.values[0].value, brand.values[0].products) == ("Tarnova", 3)
    assert told.examples[0].colourway == "Panda"
    assert "would be written" in told.words


def test_what_people_say_stays_above_and_is_compared(engine: Engine) -> None:
    said = [("P2", "Adidas"), ("P3", "Puma")]
    engine.catalogue.annotate(
        [Attribute(product_id=one, name="brand", value=value, origin=Origin.HUMAN) for one, value in said], by="Kim"
    )
    told = engine.annotate.names().readings[0]
    assert (told.known, told.same, told.examples) == (2, 1, ["adidas, not Puma"])
    assert values(engine, "brand")["P3"] == "Puma"


def test_one_of_several_values_is_agreement_enough(engine: Engine) -> None:
    engine.catalogue.annotate(
        [Attribute(product_id="P2", name="brand", value=value, origin=Origin.HUMAN) for value in ("Adidas", "Terrex")],
        by="Kim",
    )
    engine.catalogue.annotate(
        [Attribute(product_id="P3", name="brand", value=value, origin=Origin.HUMAN) for value in ("Puma", "Ferrari")],
        by="Kim",
    )
    told = engine.annotate.names().readings[0]
    assert (told.known, told.same, told.examples) == (2, 1, ["adidas, not Puma or Ferrari"])


def test_what_is_no_longer_read_is_taken_back(engine: Engine) -> None:
    engine.annotate.names()
    engine.annotate.names(listed_only=True)
    shown = {item.product_id: item for item in engine.catalogue.shown(engine.catalogue.ids(), ["brand"])}
    assert all(shown[one].unknown for one in ("P4", "P5", "P6"))
    assert not shown["P2"].unknown


def test_wrong_calls_get_one_sentence(engine: Engine) -> None:
    with pytest.raises(UsageError, match="lines 'all' is not one of written, own, maker"):
        engine.annotate.names(lines="all")
    with pytest.raises(UsageError, match="merge: 'Jordan' is not of the form Jordan=Nike"):
        engine.annotate.names(merge=("Jordan",))
    with pytest.raises(UsageError, match="nothing to read"):
        engine.annotate.names(brand="", model="")
    with pytest.raises(UsageError, match="cannot both"):
        engine.annotate.names(brand="x", model="x")


def test_names_of_files_are_no_names(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "Nike Samba.png"), pictures(1, side=32)[0])
    empty = Catalogue(Settings(catalogue=tmp_path / "catalogue", workers=1))
    (tmp_path / "photos").mkdir()
    (tmp_path / "Nike Samba.png").rename(tmp_path / "photos" / "Nike Samba.png")
    ingest(empty, str(tmp_path / "photos"), progress=lambda done, total, stage: None)
    with pytest.raises(UsageError, match="no product has a name"):
        Engine(empty).annotate.names()
    empty.close()
