"""Every place that reads values as numbers, dates or codes reads them alike, and says what it does with several."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lookscape.catalogue.columns.kinds import Kind
from lookscape.catalogue.columns.learning import learn
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.interfaces.http.studio import kinds as studio_kinds
from lookscape.representation.metrics.disentanglement.factors import as_numbers
from lookscape.services.clusters.names import signs
from lookscape.services.comparison.columns import attribute_columns
from lookscape.services.imputation.fit import check_labels
from lookscape.services.imputation.table import code_labels
from lookscape.services.language.table import _told
from lookscape.services.maps import columns
from lookscape.services.survey.groups import groups_of
from maps_catalogue import engine_with_heaps
from put_column import put_column

EVERY = range(24)
COLUMNS = {
    "ean": (Kind.CODE, [f"{4006381333931 + n % 20}" for n in EVERY]),
    "style": (Kind.CODE, [f"{n % 20:04}" for n in EVERY]),
    "season": (Kind.CODE, [f"{n % 20}E5" for n in EVERY]),
    "part": (Kind.CODE, [f"{n % 20}-3" for n in EVERY]),
    "price": (Kind.NUMBER, [f"1.{n % 20 + 100},50 EUR" for n in EVERY]),
    "stock": (Kind.NUMBER, [str(7 * (n % 20)) for n in EVERY]),
    "since": (Kind.DATE, [f"{n % 20 + 1:02}.05.2024" for n in EVERY]),
    "unclear": (Kind.WORD, [f"1,{n % 20 + 100}" for n in EVERY]),
}
FIRST_OF_SEVERAL = "shade"


@pytest.fixture(scope="module")
def engine(catalogue_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = engine_with_heaps(tmp_path_factory.mktemp("kinds") / "catalogue", catalogue_folder)
    for name, (_, values) in COLUMNS.items():
        put_column(opened.catalogue, name, values)
    put_column(opened.catalogue, FIRST_OF_SEVERAL, [("red", "white") if n < 12 else "blue" for n in EVERY])
    yield opened
    opened.catalogue.close()


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_one_thing_everywhere(engine: Engine, name: str) -> None:
    kind, values = COLUMNS[name]
    is_scale = kind in (Kind.NUMBER, Kind.DATE)
    info = {one.name: one for one in engine.manage.info().columns}[name]
    assert info.kind == kind
    photo_ids, product_ids = sorted(engine.catalogue.photo_ids()), engine.catalogue.ids()
    coloured = columns.column(engine, f"attribute:{name}", photo_ids, np.zeros(len(photo_ids), np.bool_))
    assert ((coloured.numbers_N is not None), coloured.kind) == (is_scale, kind)
    assert groups_of(engine, photo_ids, by=name, most=8).kind == ("parts" if is_scale else "values")
    compared = {one.name: one for one in attribute_columns(engine, product_ids, without=())}
    assert (name in compared and compared[name].numbers_N is not None) == is_scale
    factor = as_numbers(np.array(values), engine.catalogue.column_kind(name))
    assert (factor.dtype == np.float64) == is_scale
    told = _told(
        list(engine.catalogue.products(product_ids).values()), without={}, kinds=engine.catalogue.column_kinds()
    )
    assert (name in told and told[name].dtype == np.float64) == is_scale
    products = [{name: (value,)} for value in values]
    [high, _] = signs(
        np.arange(24) % 20 // 10, products, num_groups=2, seed=0, kinds={name: learn(name, Counter(values))}
    )
    assert any(not sign.value for sign in high) == is_scale
    assert not is_scale or name not in {facet.name for facet in studio_kinds.kinds(engine, most=100)}
    labels = code_labels(values, open_N=np.zeros(24, np.bool_))
    if is_scale:
        with pytest.raises(UsageError, match=f"{name} is a {kind}"):
            check_labels(name, labels, known_names=[], kind=engine.catalogue.column_kind(name))
    else:
        check_labels(name, labels, known_names=[], kind=engine.catalogue.column_kind(name))


def test_what_a_person_said_goes_everywhere(engine: Engine) -> None:
    photo_ids = sorted(engine.catalogue.photo_ids())
    engine.annotate.kind("stock", "code", by="ada")
    assert groups_of(engine, photo_ids, by="stock", most=8).kind == "values"
    assert columns.column(engine, "attribute:stock", photo_ids, np.zeros(24, np.bool_)).numbers_N is None
    engine.annotate.kind("stock", "auto", by="ada")
    assert groups_of(engine, photo_ids, by="stock", most=8).kind == "parts"


def test_of_several_values_the_first_counts_and_is_counted_or_all_do(engine: Engine) -> None:
    photo_ids, product_ids = sorted(engine.catalogue.photo_ids()), engine.catalogue.ids()
    coloured = columns.column(engine, f"attribute:{FIRST_OF_SEVERAL}", photo_ids, np.zeros(24, np.bool_))
    owners = engine.catalogue.first_products()
    num_several = sum(owners[photo_id] in product_ids[:12] for photo_id in photo_ids)
    assert {entry.value for entry in coloured.legend} == {"red", "blue"}
    assert coloured.several == num_several > 0
    [compared] = [one for one in attribute_columns(engine, product_ids, without=()) if one.name == FIRST_OF_SEVERAL]
    assert compared.several == 12
    members = np.arange(24) >= 12
    said = [engine.catalogue.product(one).values for one in product_ids]
    [first, second] = signs(members.astype(np.intp), said, num_groups=2, seed=0)
    shades = [sign.value for group in (first, second) for sign in group if sign.attribute == FIRST_OF_SEVERAL]
    assert shades in (["red", "blue"], ["white", "blue"])
    assert [engine.search.find(where=(f"{FIRST_OF_SEVERAL}={one}",)).total for one in ("red", "white")] == [12, 12]
    [facet] = [one for one in engine.search.facets().facets if one.name == FIRST_OF_SEVERAL]
    assert {value.value: value.count for value in facet.values} == {"red": 12, "white": 12, "blue": 12}


def test_an_answer_has_the_first_value_and_all_of_them(engine: Engine) -> None:
    [item] = engine.search.find(where=(f"{FIRST_OF_SEVERAL}=red",), limit=1).products
    assert (item.attributes[FIRST_OF_SEVERAL], item.values[FIRST_OF_SEVERAL]) == ("red", ["red", "white"])
    assert json.loads(item.model_dump_json())["values"][FIRST_OF_SEVERAL] == ["red", "white"]
