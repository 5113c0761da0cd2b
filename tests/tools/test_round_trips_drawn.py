"""Every export that can be read back gives the catalogue that it was made of, for catalogues drawn by Hypothesis."""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from drawn_catalogue import Draft, bare_table, build, drafts, opened, put_map
from lookscape.catalogue.records import Origin
from lookscape.engine import Engine
from lookscape.services.labels.formats import format_named
from provenance_in_files import PROVENANCE, at

Shown = list[tuple[str, str, tuple[str, ...], dict[str, tuple[str, ...]]]]
FILES = {"csv": "labels.csv", "coco": "coco.json", "label-studio": "tasks.json", "cvat": "cvat.xml"}
few = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # every example is two catalogues: to shrink one takes minutes
)


def shown(engine: Engine, *, copies: bool) -> Shown:
    """Every product in order: id, name, photos in order, values. A photo is the name of its copy, or of its file."""
    ids = engine.catalogue.ids()
    found = engine.catalogue.products(ids)
    files = {str(file.photo_id): Path(file.file).name for file in engine.catalogue.sources(ids)}
    names = {photo: f"{photo[:32]}.jpg" if copies else name for photo, name in files.items()}
    return [
        (one, found[one].name, tuple(names[photo] for photo in found[one].photo_ids), dict(found[one].values))
        for one in ids
    ]


@pytest.mark.parametrize("table", ["csv", "parquet"])
def test_a_clean_export_read_as_a_folder_is_the_catalogue(table: str) -> None:
    @few
    @given(drafts())
    def holds(products: Sequence[Draft]) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            engine = build(folder, products)
            engine.clean.export(str(folder / "out"), size=64, table=table)
            again = opened(folder / "again", folder / "out")
            expected, found = shown(engine, copies=True), shown(again, copies=False)
            engine.catalogue.close()
            again.catalogue.close()
        assert found == expected

    holds()


def people(engine: Engine) -> dict[tuple[str, str], list[str]]:
    """What people say of each product and attribute, in order; nothing where they say that nobody can tell."""
    found: dict[tuple[str, str], list[str]] = {}
    for item in engine.catalogue.shown(engine.catalogue.ids()):
        if item.origin is Origin.HUMAN:
            found.setdefault((item.product_id, item.name), []).extend([] if item.unknown else [item.value])
    return found


@pytest.mark.parametrize("kind", FILES)
def test_what_people_said_comes_into_a_catalogue_without_it(kind: str) -> None:
    """What is lost is named: unknowns, in a format that cannot say them, and who said a value, read as the importer."""

    @few
    @given(drafts())
    def holds(products: Sequence[Draft]) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            engine = build(folder, products)
            written = engine.annotate.export(format=kind, to=str(folder / FILES[kind]))
            bare = opened(folder / "bare", bare_table(folder, products))
            taken = bare.annotate.import_(str(folder / FILES[kind]))
            before, after = people(engine), people(bare)
            several = any(len(photos) > 1 for _, _, photos, _ in shown(engine, copies=False))
            engine.catalogue.close()
            bare.catalogue.close()
        assert taken.bad_rows == []
        said = " ".join(written.left_out)
        if kind == "cvat":
            assert ("could not tell" in said) == any(not values for values in before.values())
            before = {key: values for key, values in before.items() if values}
        assert after == before
        assert ("photos after the first" in said) == several

    holds()


@pytest.mark.parametrize("kind", ["csv", "coco"])
def test_every_value_comes_back_without_provenance(kind: str) -> None:
    @few
    @given(drafts())
    def holds(products: Sequence[Draft]) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            engine = build(folder, products)
            written = engine.annotate.export(format=kind, to=str(folder / "labels"), provenance=False, attributes=())
            rows = list(format_named(kind).read((folder / "labels").read_bytes(), name=""))
            found = {row.product_id: {name: said for name, said in row.values.items() if said} for row in rows}
            expected = {one: dict(values) for one, _, _, values in shown(engine, copies=False)}
            measured = {
                (item.product_id, item.name)
                for item in engine.catalogue.shown(list(expected))
                if item.origin is Origin.MEASURED
            }
            engine.catalogue.close()
        lost = {
            (one, name)
            for one, values in expected.items()
            for name in values
            if found.get(one, {}).get(name) != values[name]
        }
        assert all(found[one].keys() <= expected[one].keys() for one in expected)
        assert kind == "coco" or not lost
        assert lost <= measured
        assert bool(lost) == any(sentence.startswith("measured numbers") for sentence in written.left_out)

    holds()


def test_coco_read_as_a_source_has_every_product_and_value() -> None:
    @few
    @given(drafts())
    def holds(products: Sequence[Draft]) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            engine = build(folder, products)
            path = folder / "photos" / "coco.json"
            names = sorted({name for _, _, _, values in shown(engine, copies=False) for name in values})
            written = engine.annotate.export(format="coco", to=str(path), attributes=names)
            again = opened(folder / "again", path)
            expected = [(one, name, photos[:1], values) for one, name, photos, values in shown(engine, copies=False)]
            found = shown(again, copies=False)
            engine.catalogue.close()
            again.catalogue.close()
        if any("order" in sentence for sentence in written.left_out):
            assert [one[0] for one in found] != [one[0] for one in expected]
            found.sort()
            expected.sort()
        assert found == expected

    holds()


def test_a_map_read_as_a_table_has_every_photo_and_value_of_the_first_products() -> None:
    @few
    @given(drafts())
    def holds(products: Sequence[Draft]) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            engine = build(folder, products)
            put_map(engine)
            written = engine.atlas.export(str(folder / "out"), image_side=32)
            again = opened(folder / "again", folder / "out" / "atlas.parquet")
            owners = engine.catalogue.products_of_photos(engine.catalogue.photo_ids())
            first = {photo: found[0] for photo, found in owners.items()}
            expected = [
                (one, name, photos, values)
                for one, name, every, values in shown(engine, copies=True)
                if (photos := tuple(photo for photo in every if _first_is(first, photo, one)))
            ]
            found = [(one, name, values) for one, name, _, values in shown(again, copies=False)]
            counted = [len(photos) for _, _, photos, _ in shown(again, copies=False)]
            engine.catalogue.close()
            again.catalogue.close()
        assert found == [(one, name, values) for one, name, _, values in expected]
        assert counted == [len(photos) for _, _, photos, _ in expected]
        shared = any(len(found) > 1 for found in owners.values())
        assert shared == any("several share" in sentence for sentence in written.left_out)

    holds()


def _first_is(first: Mapping[str, str], copy: str, product_id: str) -> bool:
    return any(photo.startswith(copy.removesuffix(".jpg")) and one == product_id for photo, one in first.items())


def test_every_value_is_found_and_counted() -> None:
    @few
    @given(drafts())
    def holds(products: Sequence[Draft]) -> None:
        with tempfile.TemporaryDirectory() as name:
            engine = build(Path(name), products)
            counted: Counter[tuple[str, str]] = Counter()
            for one, _, _, values in shown(engine, copies=False):
                for pair in ((name, value) for name, said in values.items() for value in said):
                    counted[pair] += 1
                    found = engine.search.find(where=("=".join(pair),))
                    assert one in {hit.product_id for hit in found.products}, pair
            facets = engine.search.facets(max_values=1000).facets
            told = {(facet.name, value.value): value.count for facet in facets for value in facet.values}
            engine.catalogue.close()
        assert told == counted

    holds()


@pytest.mark.parametrize("kind", ["csv", "coco", "label-studio"])
def test_where_values_are_from_is_in_the_file_or_named(kind: str) -> None:
    @few
    @given(drafts())
    def holds(products: Sequence[Draft]) -> None:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name, "labels")
            engine = build(Path(name), products)
            names = sorted({item.name for item in engine.catalogue.shown(engine.catalogue.ids())})
            written = engine.annotate.export(format=kind, to=str(path), attributes=tuple(names))
            told = {
                (one.product_id, one.name, one.value): (one.origin.value, one.confidence, one.by, at(one.at))
                for one in engine.catalogue.shown(engine.catalogue.ids())
                if not one.unknown
            }
            engine.catalogue.close()
            found = PROVENANCE[kind](path.read_bytes())
        assert found.keys() == told.keys()
        lost = [told[key][place] for key in told for place in range(4) if found[key][place] != told[key][place]]
        assert not lost or any("who said each" in words or "no person gave came" in words for words in written.left_out)

    holds()


@pytest.mark.parametrize("kind", ["csv", "coco"])
def test_a_file_that_says_what_is_so_already_changes_nothing_whoever_said_it(kind: str) -> None:
    """As programs give it back that keep no provenance; a shop's names and values may be none that people can give."""

    @few
    @given(drafts())
    def holds(products: Sequence[Draft]) -> None:
        with tempfile.TemporaryDirectory() as name:
            engine = build(Path(name), products)
            before = shown(engine, copies=False)
            path = Path(name, FILES[kind])
            engine.annotate.export(format=kind, to=str(path), provenance=False)
            taken = engine.annotate.import_(str(path))
            after = shown(engine, copies=False)
            engine.catalogue.close()
        assert (taken.bad_rows, after) == ([], before)

    holds()
