"""Measured attributes follow the photos: all of them once, none twice, and they can be taken back."""

import pytest

from lookscape.catalogue.records import Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import CancelledError, UsageError
from lookscape.services.photos import gauge


def measured(catalogue: Catalogue, product_id: str) -> dict[str, str]:
    return {item.name: item.value for item in catalogue.attributes(product_id) if item.origin is Origin.MEASURED}


def test_every_product_is_measured_once(catalogue_copy: Catalogue) -> None:
    engine = Engine(catalogue_copy)
    first = engine.manage.gauge()
    assert (first.products, first.measured, first.failed, len(first.acts)) == (24, 24, [], 1)
    assert first.side_views >= 22
    page = catalogue_copy.find(limit=24)
    values = {product.id: measured(catalogue_copy, product.id) for product in page.products}
    assert all("tone.lightness" in found and "colour.main" in found for found in values.values())
    assert engine.manage.gauge().measured == 0
    again = engine.manage.gauge(again=True)
    assert again.measured == 24
    assert {product.id: measured(catalogue_copy, product.id) for product in page.products} == values


def test_it_goes_on_where_it_was_stopped(catalogue_copy: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(catalogue_copy)
    monkeypatch.setattr(gauge, "BATCH", 10)

    def stop(done: int, total: int, stage: str) -> None:
        if done >= 10:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        engine.manage.gauge(progress=stop)
    rest = engine.manage.gauge()
    assert (rest.measured, len(rest.acts)) == (14, 2)


def test_an_act_can_be_taken_back_and_is_done_again(catalogue_copy: Catalogue) -> None:
    engine = Engine(catalogue_copy)
    act = engine.manage.gauge().acts[0]
    catalogue_copy.undo(act)
    product = catalogue_copy.find(limit=1).products[0]
    assert measured(catalogue_copy, product.id) == {}
    assert engine.manage.gauge().measured == 24


def test_a_given_value_is_not_hidden(catalogue_copy: Catalogue) -> None:
    before = catalogue_copy.find(limit=1).products[0]
    Engine(catalogue_copy).manage.gauge()
    after = catalogue_copy.find(limit=1).products[0].attributes
    assert {name: after[name] for name in before.attributes} == before.attributes


def test_a_missing_photo_is_reported(catalogue_copy: Catalogue) -> None:
    product = catalogue_copy.find(limit=1).products[0]
    catalogue_copy.blobs.delete([catalogue_copy.photo(product.photo_ids[0]).blob])
    found = Engine(catalogue_copy).manage.gauge()
    assert found.measured == 23
    assert [line.partition(":")[0] for line in found.failed] == [product.id]


def test_there_must_be_something_to_measure(empty_catalogue: Catalogue) -> None:
    with pytest.raises(UsageError, match="no photos yet"):
        Engine(empty_catalogue).manage.gauge()
