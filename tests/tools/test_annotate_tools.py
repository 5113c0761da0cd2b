"""The tools that label: what a selection is, who did it, history in words, undo and redo without a number."""

import getpass

import pytest

from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.engine import Engine
from lookscape.errors import ConflictError, NotFoundError, UsageError
from lookscape.settings import Settings


@pytest.fixture
def labels(catalogue_copy: Catalogue) -> Engine:
    return Engine(catalogue_copy)


def values(engine: Engine, name: str = "style") -> dict[str, int]:
    found = [facet for facet in engine.search.facets(max_values=1000).facets if facet.name == name]
    return {item.value: item.count for facet in found for item in facet.values}


def test_a_filter_a_word_and_ids_choose_products(labels: Engine) -> None:
    low = labels.search.find(where=("silhouette=low",)).total
    done = labels.annotate.set("style", "court", where=("silhouette=low",), by="ada")
    assert (done.products, done.changed, values(labels)) == (low, low, {"court": low})
    boots = labels.search.find(text="boot").total
    assert labels.annotate.set("style", "walk", text="boot").products == boots
    ids = [item.product_id for item in labels.search.find(limit=5).products]
    assert labels.annotate.add("season", "winter", products=(*ids, ids[0])).changed == 5
    both = labels.annotate.set("season", "all", products=tuple(ids), where=("style=court",), dry_run=True)
    assert both.products == labels.search.find(where=("season=winter", "style=court")).total


def test_a_search_chooses_products(engine: Engine) -> None:
    first = engine.search.find(limit=1).products[0]
    alike = [hit.product_id for hit in engine.search.like(first.product_id, limit=7).hits]
    assert engine.annotate.set("style", "x", like=first.product_id, limit=7, dry_run=True).changed == len(alike) == 7
    photo = engine.catalogue.read_photo(first.photo_id)
    assert engine.annotate.set("style", "x", photo=photo, limit=3, dry_run=True).changed == 3
    assert engine.annotate.history().acts == []


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, "choose products"),
        ({"products": ("a",), "like": "b"}, "not by several"),
        ({"where": ("colour",)}, "colour=red"),
    ],
)
def test_an_unclear_choice_is_refused(labels: Engine, chosen: dict, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        labels.annotate.set("style", "x", **chosen)


@pytest.mark.parametrize(("name", "value"), [("", "x"), ("a=b", "x"), ("style", " "), ("a\nb", "x"), ("style", "a\nb")])
def test_names_and_values_that_could_not_be_found_again_are_refused(labels: Engine, name: str, value: str) -> None:
    with pytest.raises(UsageError):
        labels.annotate.set(name, value, everything=True)
    assert labels.annotate.history().acts == []


def test_everything_has_to_be_said(labels: Engine) -> None:
    assert labels.annotate.set(" style ", " court ", everything=True).changed == 24
    assert values(labels) == {"court": 24}


def test_a_dry_run_counts_and_changes_nothing(labels: Engine) -> None:
    asked = labels.annotate.set("silhouette", "low", everything=True, dry_run=True)
    before = values(labels, "silhouette")
    assert {one.value: one.before for one in asked.counts if one.value} == before
    assert {one.value: one.after for one in asked.counts if one.after} == {"low": 24}
    assert asked.act is None
    assert values(labels, "silhouette") == before


def test_clear_hides_withdraw_shows_and_a_single_value_goes(labels: Engine) -> None:
    before = values(labels, "silhouette")
    labels.annotate.clear("silhouette", everything=True)
    assert values(labels, "silhouette") == {}
    [first] = labels.search.find(limit=1).products
    [said] = [item for item in labels.search.product(first.product_id).attributes if item.origin == "human"]
    assert said.unknown
    labels.annotate.clear("silhouette", everything=True, withdraw=True)
    assert values(labels, "silhouette") == before
    labels.annotate.set("style", "a", everything=True)
    labels.annotate.add("style", "b", everything=True)
    labels.annotate.clear("style", value="a", everything=True)
    assert values(labels) == {"b": 24}
    with pytest.raises(UsageError, match="takes no value"):
        labels.annotate.clear("style", value="b", withdraw=True, everything=True)


def test_history_says_who_what_and_how_many(labels: Engine) -> None:
    act = labels.annotate.set("style", "court", everything=True, by="ada").act
    labels.annotate.clear("style", where=("silhouette=low",), by="bob")
    labels.annotate.undo(by="bob")
    told = labels.annotate.history()
    assert [item.words for item in told.acts] == ["act 2 undone: style", "style cleared", "style set to court"]
    assert [(item.by, item.stands, item.undone_by) for item in told.acts] == [
        ("bob", True, ""),
        ("bob", False, "bob"),
        ("ada", True, ""),
    ]
    assert told.latest == 3
    assert [item.id for item in labels.annotate.history(before=3, limit=1).acts] == [2]
    assert [item.id for item in labels.annotate.history(name="colour").acts] == []
    assert labels.annotate.undo(act).acts[0].stands is False


def test_undo_and_redo_without_a_number_follow_ones_own_changes(labels: Engine) -> None:
    labels.annotate.set("style", "a", everything=True, by="ada")
    labels.annotate.set("season", "b", everything=True, by="bob")
    labels.annotate.set("style", "c", everything=True, by="ada")
    labels.annotate.undo(by="ada")
    labels.annotate.undo(by="ada")
    assert (values(labels), values(labels, "season")) == ({}, {"b": 24})
    with pytest.raises(NotFoundError, match="ada has no change to undo"):
        labels.annotate.undo(by="ada")
    labels.annotate.redo(by="ada")
    assert values(labels) == {"a": 24}
    labels.annotate.redo(by="ada")
    assert values(labels) == {"c": 24}
    with pytest.raises(NotFoundError, match="nothing that could be redone"):
        labels.annotate.redo(by="ada")


def test_conflicts_show_both_values_and_who(labels: Engine) -> None:
    ids = tuple(item.product_id for item in labels.search.find(limit=3).products)
    seen = labels.annotate.history().latest
    labels.annotate.set("style", "bobs", products=ids[:1], by="bob")
    done = labels.annotate.set("style", "mine", products=ids, by="ada", seen=seen)
    [conflict] = done.conflicts
    assert (conflict.yours, conflict.theirs, conflict.by, conflict.act) == (["mine"], ["bobs"], "bob", 1)
    assert (done.changed, done.num_conflicts) == (2, 1)
    later = labels.annotate.set("style", "more", products=ids[1:2], by="eve")
    with pytest.raises(ConflictError, match=rf"act {later.act} by eve, 1 product"):
        labels.annotate.undo(done.act)


def test_the_name_is_given_or_the_settings_or_the_systems(labels: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "grace")
    labels.annotate.set("style", "a", everything=True)
    named = Engine(Catalogue(Settings(catalogue=labels.folder, user="lin")))
    named.annotate.set("style", "b", everything=True)
    named.annotate.set("style", "c", everything=True, by="ada")
    assert [item.by for item in labels.annotate.history().acts] == ["ada", "lin", "grace"]
    named.catalogue.close()
