"""Labels out and in again: CSV, COCO, Label Studio; what the formats' published structure asks; rows that are wrong."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import UsageError

FORMATS = {"csv": "labels.csv", "coco": "coco.json", "label-studio": "tasks.json"}


@pytest.fixture
def labels(catalogue_copy: Catalogue) -> Engine:
    """Several values, one with the signs that tables use, a person's unknown, a prediction under and beside them."""
    engine = Engine(catalogue_copy)
    ids = catalogue_copy.ids()
    engine.annotate.set("style", "court", products=tuple(ids[:9]), by="ada")
    engine.annotate.add("style", 'a|b, "c" \\ d', products=tuple(ids[3:6]), by="bob")
    engine.annotate.set("saison", "été 夏", products=tuple(ids[8:12]), by="ada")
    engine.annotate.clear("silhouette", products=tuple(ids[:4]), by="eve")
    guesses = [
        Attribute(product_id=item, name="style", value="guess", origin=Origin.PREDICTED, confidence=0.75)
        for item in ids[6:12]
    ]
    catalogue_copy.annotate(guesses, by="model")
    return engine


def human(engine: Engine) -> dict[str, set[tuple[str, str, bool]]]:
    return {
        product_id: {
            (item.name, item.value, item.unknown)
            for item in engine.catalogue.attributes(product_id)
            if item.origin is Origin.HUMAN
        }
        for product_id in engine.catalogue.ids()
    }


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("kind", FORMATS)
def test_export_clear_import_gives_the_same(labels: Engine, tmp_path: Path, kind: str) -> None:
    before, facets = human(labels), labels.search.facets(max_values=1000)
    path = tmp_path / FORMATS[kind]
    written = labels.annotate.export(format=kind, to=str(path))
    assert (written.products, written.latest) == (24, 5)
    for name in ("style", "saison", "silhouette"):
        labels.annotate.clear(name, everything=True, withdraw=True)
    assert not any(human(labels).values())
    taken = labels.annotate.import_(str(path), by="ada")
    assert (human(labels), labels.search.facets(max_values=1000)) == (before, facets)
    assert (taken.num_bad_rows, taken.num_conflicts) == (0, 0)
    [act] = labels.annotate.history(limit=1).acts
    assert (act.id, act.kind, act.count) == (taken.act, "import", sum(map(bool, before.values())))
    assert labels.annotate.import_(str(path)).act is None
    labels.annotate.undo(taken.act)
    assert not any(human(labels).values())


def test_a_table_says_where_each_value_is_from(labels: Engine, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    labels.annotate.export(to=str(path), attributes=("style", "silhouette"))
    rows = table(path)
    ids = labels.catalogue.ids()
    assert [row["product_id"] for row in rows] == ids
    first, fifth, tenth = rows[0], rows[4], rows[10]
    assert (first["style"], first["style.origin"], first["style.by"]) == ("court", "human", "ada")
    assert (first["silhouette"], first["silhouette.origin"], first["silhouette.by"]) == ("", "human", "eve")
    assert (fifth["style"], fifth["style.by"]) == ('court|a\\|b, "c" \\\\ d', "bob")
    assert (tenth["style"], tenth["style.origin"], tenth["style.confidence"]) == ("guess", "predicted", "0.75")
    assert "colour" not in first
    labels.annotate.export(to=str(path), provenance=False, where=("style=guess",))
    plain = table(path)
    assert len(plain) == labels.search.find(where=("style=guess",)).total
    assert not any("." in column and column.endswith((".by", ".origin")) for column in plain[0])


def test_coco_is_as_its_authors_describe_it(labels: Engine, tmp_path: Path) -> None:
    path = tmp_path / "coco.json"
    labels.annotate.export(format="coco", to=str(path), attributes=("style", "saison"))
    document = json.loads(path.read_bytes())
    assert {"info", "licenses", "images", "annotations", "categories"} == set(document)
    images = {item["id"]: item for item in document["images"]}
    categories = {item["id"]: item for item in document["categories"]}
    assert len(images) == len(document["images"]) == 24
    for image in images.values():
        assert isinstance(image["file_name"], str)
        assert image["width"] > 0 < image["height"]
    assert {(item["supercategory"], item["name"]) for item in categories.values()} == {
        ("style", "style=court"),
        ("style", "style=guess"),
        ("style", 'style=a|b, "c" \\ d'),
        ("saison", "saison=été 夏"),
    }
    numbers = [item["id"] for item in document["annotations"]]
    assert len(numbers) == len(set(numbers)) == 9 + 3 + 4 + 3
    for item in document["annotations"]:
        image = images[item["image_id"]]
        assert item["category_id"] in categories
        assert item["bbox"] == [0, 0, image["width"], image["height"]]
        assert item["area"] == image["width"] * image["height"]
        width, height = image["width"], image["height"]
        assert (item["iscrowd"], item["segmentation"]) == (0, [[0, 0, width, 0, width, height, 0, height]])


def test_label_studio_tasks_have_data_annotations_and_predictions(labels: Engine, tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    labels.annotate.export(format="label-studio", to=str(path), attributes=("style",), url="http://studio:1/")
    tasks = json.loads(path.read_bytes())
    assert len({task["id"] for task in tasks}) == 24
    for task in tasks:
        assert task["data"]["image"].startswith("http://studio:1/photos/")
        results = [item for made in task["annotations"] + task["predictions"] for item in made["result"]]
        assert len({item["id"] for item in task["annotations"] for item in item["result"]}) <= 1
        for item in results:
            assert (item["from_name"], item["to_name"], item["type"]) == ("style", "image", "choices")
            assert all(isinstance(choice, str) for choice in item["value"]["choices"])
    assert tasks[4]["annotations"][0]["result"][0]["value"]["choices"] == ["court", 'a|b, "c" \\ d']
    [guess] = tasks[10]["predictions"]
    assert (guess["model_version"], guess["score"]) == ("predicted by model", 0.75)


def test_files_of_other_programs_are_understood(labels: Engine, tmp_path: Path) -> None:
    ids = labels.catalogue.ids()
    paths = [labels.catalogue.sources([item])[0].path for item in ids]
    coco = {
        "images": [{"id": 7, "file_name": f"/data/images/{Path(paths[20]).name}"}],
        "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4]}],
        "categories": [{"id": 3, "name": "boot", "supercategory": "none"}],
    }
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(coco))
    nameless = labels.annotate.import_(str(path))
    assert nameless.bad_rows == ["image 7: category 'boot' has no supercategory; say which attribute with --name"]
    assert labels.annotate.import_(str(path), name="type").changed == 1
    assert labels.catalogue.product(ids[20]).attributes["type"] == "boot"

    def annotation(value: str, **more: object) -> dict:
        return {"result": [{"type": "choices", "from_name": "type", "value": {"choices": [value]}}], **more}

    cancelled = annotation("x", was_cancelled=True, updated_at="2026-03-01")
    older, newer = annotation("y", updated_at="2026-01-01"), annotation("z", updated_at="2026-02-01")
    task = {"id": 1, "data": {"file_name": paths[21]}, "annotations": [newer, cancelled, older]}
    path.write_text(json.dumps([task]))
    assert labels.annotate.import_(str(path)).changed == 1
    assert labels.catalogue.product(ids[21]).attributes["type"] == "z"


def test_bad_rows_are_told_and_left_out_whole(labels: Engine, tmp_path: Path) -> None:
    ids = labels.catalogue.ids()
    path = tmp_path / "labels.csv"
    lines = [
        "product_id,file_name,fit,style",
        f"{ids[13]},,wide,good",
        "nothing,,wide,",
        ",,wide,",
        f"{ids[14]},,wide,{'x' * 1001}",
        f"{ids[13]},,narrow,",
        f"{ids[15]},,wide,a,b",
        ",no-such.jpg,wide,",
        "",
    ]
    path.write_text("\n".join(lines))
    assert labels.annotate.import_(str(path), strict=True).act is None
    taken = labels.annotate.import_(str(path))
    assert (taken.rows, taken.changed, taken.num_bad_rows) == (7, 2, 5)
    reasons = [
        "line 3: there is no product 'nothing'",
        "line 4: neither product_id nor file_name says which product this is",
        "line 6: fit of",
        "line 7: 5 cells under 4 columns",
        "line 8: no file 'no-such.jpg'",
    ]
    assert [row[: len(reason)] for row, reason in zip(taken.bad_rows, reasons, strict=True)] == reasons
    assert labels.catalogue.product(ids[13]).attributes["fit"] == "wide"
    assert labels.catalogue.product(ids[14]).attributes["style"] == "x" * 1001, "as long as a source may say"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", "needs a column product_id or file_name"),
        (b"", "is empty"),
        (b"product_id,a\n\x81,1\n", "neither UTF-8, UTF-16 nor Windows-1252"),
        (b"{", "not JSON"),
        (b"{}", "not a COCO document"),
        (b"[1, 2", "not JSON"),
    ],
)
def test_a_file_of_another_kind_is_one_sentence(labels: Engine, tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "strange"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        labels.annotate.import_(str(path))
    with pytest.raises(UsageError, match="cannot be read"):
        labels.annotate.import_(str(tmp_path / "missing.csv"))


def test_what_others_changed_since_the_export_stays(labels: Engine, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    ids = labels.catalogue.ids()
    written = labels.annotate.export(to=str(path), attributes=("style",))
    path.write_text(path.read_text(encoding="utf-8-sig").replace("court", "court shoe"))
    labels.annotate.set("style", "bobs", products=(ids[0],), by="bob")
    taken = labels.annotate.import_(str(path), by="ada", seen=written.latest)
    assert [(item.product_id, item.yours, item.theirs) for item in taken.conflicts] == [
        (ids[0], ["court shoe"], ["bobs"])
    ]
    assert labels.catalogue.product(ids[0]).attributes["style"] == "bobs"
    assert labels.catalogue.product(ids[1]).attributes["style"] == "court shoe"


def test_a_file_that_cannot_be_written_leaves_nothing(labels: Engine, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        labels.annotate.export(to=str(tmp_path / "no" / "labels.csv"))
    assert list(tmp_path.glob("labels*")) == []


@pytest.mark.parametrize("kind", ["csv", "coco"])
def test_what_only_a_source_can_say_comes_back_into_a_bare_catalogue(
    photo_bytes: Callable[..., bytes], tmp_path: Path, kind: str
) -> None:
    said = {"EU=size": "38", "two\nlines": "first\nsecond", "x" * 250: "y" * 2_000, "colour": "red"}
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "1.jpg").write_bytes(photo_bytes(1))
    table = photos / "metadata.jsonl"
    table.write_text(json.dumps({"file_name": "1.jpg", "product_id": "P1", **said}))
    full = Engine(Catalogue.open(tmp_path / "full"))
    full.manage.ingest(str(photos))
    path = tmp_path / "labels"
    full.annotate.export(format=kind, to=str(path), provenance=False)
    table.write_text(json.dumps({"file_name": "1.jpg", "product_id": "P1"}))
    bare = Engine(Catalogue.open(tmp_path / "bare"))
    bare.manage.ingest(str(photos))
    taken = bare.annotate.import_(str(path), format=kind)
    assert taken.bad_rows == []
    found = {name: value for name, (value,) in bare.catalogue.product("P1").values.items()}
    assert found == said
