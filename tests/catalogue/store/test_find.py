"""Finding, filtering and counting products, against a brute-force search over plain Python records."""

import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from lookscape.catalogue.records import Attribute, Filter, Origin, Photo, Product
from lookscape.catalogue.source import FileRow
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.catalogue.store.files import Landed
from lookscape.errors import NotFoundError, UsageError
from lookscape.settings import Settings

COLOURS = ("red", "blue", "off_white", "50% grey", "it's", 'quo"ted', "Grün")
WORDS = ("Runner", "High", "100%", "under_score", "O'Neil", "SNEAKER", "größe", "back\\slash")
NUM_FILES, NUM_PRODUCTS = 240, 130


def photo_of(seed: int) -> Photo:
    digest = hashlib.sha256(str(seed).encode()).hexdigest()
    return Photo(id=digest, width=40, height=30, format="JPEG", num_bytes=1000 + seed, blob=digest)


@cache
def file_rows() -> list[FileRow]:
    rng = random.Random(5)
    rows = []
    for number in range(NUM_FILES):
        values = {"colour": rng.choice(COLOURS)}
        if rng.random() < 0.5:
            values["size"] = str(rng.randrange(36, 46))
        rows.append(
            FileRow(
                path=f"shop/{number:03d}.jpg",
                stamp="1",
                product_id=f"P{rng.randrange(NUM_PRODUCTS):03d}",
                name=" ".join(rng.sample(WORDS, 2)) if rng.random() < 0.8 else None,
                attributes=values,
            )
        )
    return rows


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """Some 100 products with one to five photos; people corrected some colours, a model guessed others."""
    catalogue = Catalogue(Settings(catalogue=tmp_path_factory.mktemp("shop")))
    landed = [Landed(file=row, photo=photo_of(number % 200)) for number, row in enumerate(file_rows())]
    for start in range(0, NUM_FILES, 50):
        catalogue.put_files("test", landed[start : start + 50])
    for origin, value in ((Origin.PREDICTED, "guess"), (Origin.HUMAN, "red")):
        catalogue.annotate(
            [Attribute(product_id=item, name="colour", value=value, origin=origin) for item in some()], by="x"
        )
    yield catalogue
    catalogue.close()


@cache
def some() -> list[str]:
    return sorted({row.product_id for row in file_rows() if row.product_id})[::7]


class Oracle:
    """The same products, built the plain way."""

    def __init__(self) -> None:
        self.photos: dict[str, list[str]] = {}
        self.names: dict[str, str] = {}
        self.given: dict[str, dict[tuple[str, str], None]] = {}
        for number, row in enumerate(file_rows()):
            assert row.product_id is not None
            photo_id = photo_of(number % 200).id
            owned = self.photos.setdefault(row.product_id, [])
            owned += [] if photo_id in owned else [photo_id]
            if row.name:
                self.names.setdefault(row.product_id, row.name)
            self.given.setdefault(row.product_id, {}).update(dict.fromkeys(row.attributes.items()))
        for number, row in enumerate(file_rows()):
            self.names.setdefault(row.product_id or "", f"{number:03d}")

    def shown(self, product_id: str) -> list[tuple[str, str]]:
        corrected = product_id in some()
        pairs = [(name, value) for name, value in self.given[product_id] if not (corrected and name == "colour")]
        return [*pairs, ("colour", "red")] if corrected else pairs

    def passes(self, product_id: str, wanted: Filter) -> bool:
        text = " ".join([self.names[product_id], product_id, *(value for _, value in self.given[product_id])]).lower()
        values = self.shown(product_id)
        return all(word in text for word in wanted.text.lower().split()) and all(
            any((name, value) in values for value in allowed) for name, allowed in wanted.where.items()
        )

    def find(self, wanted: Filter) -> list[Product]:
        found = []
        for product_id, photo_ids in self.photos.items():
            if self.passes(product_id, wanted):
                values: dict[str, tuple[str, ...]] = {}
                for name, value in self.shown(product_id):
                    values[name] = (*values.get(name, ()), value)
                found.append(
                    Product(
                        id=product_id,
                        name=self.names[product_id],
                        photo_ids=tuple(photo_ids),
                        values=dict(sorted(values.items())),
                    )
                )
        return found

    def facets(self, wanted: Filter) -> dict[str, list[tuple[str, int]]]:
        counts: dict[str, Counter[str]] = {}
        for product in self.find(wanted):
            for name, value in set(self.shown(product.id)):
                counts.setdefault(name, Counter())[value] += 1
        ranked = {name: sorted(found.items(), key=lambda item: (-item[1], item[0])) for name, found in counts.items()}
        return dict(sorted(ranked.items()))


FILTERS = [
    Filter(),
    Filter(text="  "),
    Filter(text="runner"),
    Filter(text="RUNNER high"),
    Filter(text="%"),
    Filter(text="_"),
    Filter(text="100%"),
    Filter(text="o'neil"),
    Filter(text='quo"ted'),
    Filter(text="back\\slash"),
    Filter(text="GRÖSSE"),
    Filter(text="größe grün"),
    Filter(text="P00"),
    Filter(text="'; DROP TABLE products; --"),
    Filter(text="no such thing"),
    Filter(where={"colour": ("red",)}),
    Filter(where={"colour": ("guess",)}),
    Filter(where={"colour": ("red", "blue", "50% grey")}),
    Filter(where={"colour": ("it's",), "size": ("40", "41", "42")}),
    Filter(where={"size": ()}),
    Filter(where={"nothing": ("red",)}),
    Filter(text="sneaker", where={"colour": ("off_white", 'quo"ted', "Grün")}),
]

each_filter = pytest.mark.parametrize("wanted", FILTERS, ids=[f"{item.text}{dict(item.where)}" for item in FILTERS])


@each_filter
def test_find_and_matching_agree_with_brute_force(shop: Catalogue, wanted: Filter) -> None:
    expected = Oracle().find(wanted)
    page = shop.find(wanted, limit=500)
    assert list(page.products) == expected
    assert page.total == len(expected)
    assert shop.matching(wanted) == {product.id for product in expected}


@each_filter
def test_facets_agree_with_brute_force(shop: Catalogue, wanted: Filter) -> None:
    found = {facet.name: [(item.value, item.count) for item in facet.values] for facet in shop.facets(wanted)}
    assert found == Oracle().facets(wanted)


def test_the_filters_of_this_test_find_some_and_not_all() -> None:
    oracle = Oracle()
    sizes = [len(oracle.find(wanted)) for wanted in FILTERS]
    assert sizes.count(max(sizes)) == 2
    assert sum(0 < size < max(sizes) for size in sizes) >= 12


def test_pages_tile_the_list(shop: Catalogue) -> None:
    whole = shop.find(limit=500).products
    pages = [shop.find(offset=offset, limit=17) for offset in range(0, len(whole) + 17, 17)]
    assert tuple(product for page in pages for product in page.products) == whole
    assert {page.total for page in pages} == {len(whole)}
    assert pages[2].offset == 34
    assert pages[-1].products == ()


def test_facets_list_the_most_frequent_and_count_all(shop: Catalogue) -> None:
    [colour] = [facet for facet in shop.facets(max_values=2) if facet.name == "colour"]
    expected = Oracle().facets(Filter())["colour"]
    assert [(item.value, item.count) for item in colour.values] == expected[:2]
    assert colour.num_values == len(expected)


@pytest.mark.parametrize("wanted", [Filter(text="a" * 1001), Filter(where={"colour": tuple(map(str, range(1001)))})])
def test_a_filter_without_end_is_refused(shop: Catalogue, wanted: Filter) -> None:
    with pytest.raises(UsageError, match="at most 1000"):
        shop.find(wanted)


def test_the_longest_filter_works(shop: Catalogue) -> None:
    wanted = Filter(text="e " * 500, where={"colour": tuple(map(str, range(1000)))})
    assert shop.find(wanted).total == 0


def test_lookups_leave_out_what_is_not_there(shop: Catalogue) -> None:
    known = shop.find(limit=1).products[0]
    assert shop.products([known.id, "nothing"]) == {known.id: known}
    assert shop.products(f"no-{number}" for number in range(2000)) == {}
    assert [photo.id for photo in shop.photos(["nothing", *known.photo_ids])] == list(known.photo_ids)
    for lookup in (shop.product, shop.photo):
        with pytest.raises(NotFoundError, match="'nothing'"):
            lookup("nothing")


def test_photo_ids_come_in_the_order_of_their_first_file(shop: Catalogue) -> None:
    expected = dict.fromkeys(photo_of(number % 200).id for number in range(NUM_FILES))
    assert shop.photo_ids() == list(expected)


def test_photos_know_their_products(shop: Catalogue) -> None:
    expected: dict[str, dict[str, None]] = {}
    for number, row in enumerate(file_rows()):
        expected.setdefault(photo_of(number % 200).id, {})[row.product_id or ""] = None
    assert shop.products_of_photos(expected) == {photo_id: tuple(owners) for photo_id, owners in expected.items()}


def test_sources_are_the_files_of_the_products(shop: Catalogue) -> None:
    wanted = [product.id for product in shop.find(limit=3).products]
    assert [file.path for file in shop.sources(wanted)] == [row.path for row in file_rows() if row.product_id in wanted]


def test_a_rejected_file_belongs_to_no_product(empty_catalogue: Catalogue) -> None:
    row = FileRow(path="bad.jpg", stamp="1", product_id="P", name="Bad", attributes={"colour": "red"})
    empty_catalogue.put_files("test", [Landed(file=row, reason="truncated")])
    assert empty_catalogue.find().total == 0
    assert empty_catalogue.facets() == []
    assert empty_catalogue.sources(["P"]) == []
    assert (empty_catalogue.counts().files, empty_catalogue.counts().rejected) == (1, 1)
    assert [(item.path, item.reason) for item in empty_catalogue.rejections()] == [("bad.jpg", "truncated")]


def test_pages_show_the_first_of_several_given_values(empty_catalogue: Catalogue, tmp_path: Path) -> None:
    rows = [FileRow(path=f"{item}.jpg", stamp="1", product_id="P", attributes={"c": item}) for item in ("z", "a")]
    empty_catalogue.put_files("test", [Landed(file=row, photo=photo_of(1)) for row in rows])
    assert empty_catalogue.product("P").attributes == {"c": "z"}
    assert empty_catalogue.matching(Filter(where={"c": ("a",)})) == {"P"}
