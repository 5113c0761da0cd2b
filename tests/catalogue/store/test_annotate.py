"""Attributes as acts: set, seen at once everywhere, taken back, never lost."""

import threading
from collections.abc import Sequence

import pytest

from lookscape.catalogue.records import Attribute, Filter, Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.errors import ConflictError, NotFoundError, UsageError


def values(
    product_ids: Sequence[str], value: str, *, name: str = "style", origin: Origin = Origin.HUMAN
) -> list[Attribute]:
    return [Attribute(product_id=item, name=name, value=value, origin=origin) for item in product_ids]


def ids(catalogue: Catalogue, count: int = 3) -> list[str]:
    return [product.id for product in catalogue.find(limit=count).products]


def everything(catalogue: Catalogue) -> list[list[Attribute]]:
    return [catalogue.attributes(product_id) for product_id in ids(catalogue, 100)]


def test_an_act_says_who_when_and_how_many(catalogue_copy: Catalogue) -> None:
    act = catalogue_copy.annotate(values(ids(catalogue_copy), "retro"), by="ada")
    assert (act.kind, act.by, act.count, act.undone_at) == ("set", "ada", 3, None)
    [latest, *_] = catalogue_copy.history()
    assert latest == act
    [mine] = [item for item in catalogue_copy.attributes(ids(catalogue_copy)[0]) if item.name == "style"]
    assert (mine.value, mine.origin, mine.by, mine.at, mine.act_id) == ("retro", Origin.HUMAN, "ada", act.at, act.id)
    assert catalogue_copy.matching(Filter(where={"style": ("retro",)})) == set(ids(catalogue_copy))


def test_undo_brings_back_exactly_what_was(catalogue_copy: Catalogue) -> None:
    wanted = ids(catalogue_copy)
    catalogue_copy.annotate(values(wanted[:2], "retro"), by="ada")
    before, facets = everything(catalogue_copy), catalogue_copy.facets()
    act = catalogue_copy.annotate(values(wanted, "modern"), by="bob")
    assert everything(catalogue_copy) != before
    undone = catalogue_copy.undo(act.id)
    assert undone.undone_at is not None
    assert everything(catalogue_copy) == before
    assert catalogue_copy.facets() == facets
    log = [(item.kind, item.target, item.undone_at is None) for item in catalogue_copy.history()]
    assert log == [("undo", act.id, True), ("set", None, False), ("set", None, True)]


def test_acts_are_undone_in_reverse_only(catalogue_copy: Catalogue) -> None:
    wanted = ids(catalogue_copy)
    before = everything(catalogue_copy)
    first = catalogue_copy.annotate(values(wanted, "retro"), by="ada")
    second = catalogue_copy.annotate(values(wanted[:1], "modern"), by="bob")
    with pytest.raises(ConflictError, match="a later act changed the same values"):
        catalogue_copy.undo(first.id)
    catalogue_copy.undo(second.id)
    with pytest.raises(ConflictError, match="undone already"):
        catalogue_copy.undo(second.id)
    catalogue_copy.undo(first.id)
    assert everything(catalogue_copy) == before
    with pytest.raises(NotFoundError, match="no act 999"):
        catalogue_copy.undo(999)


def test_acts_on_other_values_do_not_stand_in_the_way(catalogue_copy: Catalogue) -> None:
    wanted = ids(catalogue_copy)
    first = catalogue_copy.annotate(values(wanted, "retro"), by="ada")
    catalogue_copy.annotate(values(wanted, "winter", name="season"), by="bob")
    catalogue_copy.annotate(values(wanted, "guess", origin=Origin.PREDICTED), by="model")
    catalogue_copy.undo(first.id)
    assert catalogue_copy.product(wanted[0]).attributes["style"] == "guess"
    assert catalogue_copy.product(wanted[0]).attributes["season"] == "winter"


@pytest.mark.parametrize("order", [list(Origin), list(reversed(Origin))])
def test_the_most_trusted_origin_is_shown_whatever_came_first(catalogue_copy: Catalogue, order: list[Origin]) -> None:
    [product_id] = ids(catalogue_copy, 1)
    given = catalogue_copy.product(product_id).attributes["silhouette"]
    acts = [
        catalogue_copy.annotate(values([product_id], f"by {origin}", name="silhouette", origin=origin), by="x")
        for origin in order
        if origin is not Origin.GIVEN
    ]
    origins = [item.origin for item in catalogue_copy.attributes(product_id) if item.name == "silhouette"]
    assert origins == list(Origin)
    assert catalogue_copy.product(product_id).attributes["silhouette"] == "by human"
    assert catalogue_copy.matching(Filter(where={"silhouette": ("by predicted", "by measured")})) == set()
    assert product_id not in catalogue_copy.matching(Filter(where={"silhouette": (given,)}))
    for act in acts:
        catalogue_copy.undo(act.id)
    assert product_id in catalogue_copy.matching(Filter(where={"silhouette": (given,)}))


def test_several_values_at_once_and_no_value_twice(catalogue_copy: Catalogue) -> None:
    [product_id] = ids(catalogue_copy, 1)
    twice = [*values([product_id], "retro"), *values([product_id], "modern"), *values([product_id], "retro")]
    assert catalogue_copy.annotate(twice, by="ada").count == 1
    assert [item.value for item in catalogue_copy.attributes(product_id) if item.name == "style"] == ["retro", "modern"]
    [facet] = [facet for facet in catalogue_copy.facets() if facet.name == "style"]
    assert [(item.value, item.count) for item in facet.values] == [("modern", 1), ("retro", 1)]


def test_a_product_that_is_not_there_changes_nothing(catalogue_copy: Catalogue) -> None:
    before = everything(catalogue_copy)
    with pytest.raises(NotFoundError, match="'nothing'"):
        catalogue_copy.annotate(values([*ids(catalogue_copy), "nothing"], "retro"), by="ada")
    assert everything(catalogue_copy) == before
    assert catalogue_copy.history() == []


def test_what_the_source_gave_is_changed_in_the_source(catalogue_copy: Catalogue) -> None:
    with pytest.raises(UsageError, match="ingest again"):
        catalogue_copy.annotate(values(ids(catalogue_copy), "x", origin=Origin.GIVEN), by="ada")


def test_two_writers_at_once_lose_nothing(catalogue_copy: Catalogue) -> None:
    wanted = ids(catalogue_copy, 24)

    def write(by: str) -> None:
        for number in range(10):
            catalogue_copy.annotate(values(wanted, f"{by} {number}"), by=by)

    threads = [threading.Thread(target=write, args=(by,)) for by in ("ada", "bob", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    acts = catalogue_copy.history()
    assert sorted(act.by for act in acts) == ["ada"] * 10 + ["bob"] * 10 + ["eve"] * 10
    shown = {catalogue_copy.product(item).attributes["style"] for item in wanted}
    assert len(shown) == 1
    for act in acts:
        catalogue_copy.undo(act.id)
    assert all("style" not in catalogue_copy.product(item).attributes for item in wanted)


def test_history_is_newest_first_and_limited(catalogue_copy: Catalogue) -> None:
    made = [catalogue_copy.annotate(values(ids(catalogue_copy), str(number)), by="ada").id for number in range(5)]
    assert [act.id for act in catalogue_copy.history(limit=3)] == made[:1:-1]
