"""What columns are, as the store learns it and as people say."""

import pytest

from lookscape.catalogue.columns.kinds import Kind, Said
from lookscape.catalogue.records import Origin
from lookscape.catalogue.store.catalogue import Catalogue
from lookscape.errors import NotFoundError, UsageError
from put_column import put_column

EVERY = range(24)


def test_kinds_are_learned_again_when_a_column_changes(catalogue_copy: Catalogue) -> None:
    assert catalogue_copy.column_kinds(["price"]) == {}
    put_column(catalogue_copy, "price", [f"{n}.50" for n in EVERY])
    assert catalogue_copy.column_kinds(["price"])["price"].kind is Kind.NUMBER
    put_column(catalogue_copy, "price", [f"0{n}" for n in EVERY])
    assert catalogue_copy.column_kinds(["price"])["price"].kind is Kind.CODE
    catalogue_copy.undo(catalogue_copy.last_act("ada") or 0)
    assert catalogue_copy.column_kinds()["price"].kind is Kind.NUMBER


def test_a_kind_is_of_what_is_shown(catalogue_copy: Catalogue) -> None:
    put_column(catalogue_copy, "size", [str(n) for n in EVERY])
    put_column(catalogue_copy, "size", [f"no. {n % 2}" for n in EVERY], origin=Origin.HUMAN)
    assert catalogue_copy.column_kinds(["size"])["size"].kind is Kind.WORD


def test_a_person_says_what_a_column_is_and_takes_it_back(catalogue_copy: Catalogue) -> None:
    put_column(catalogue_copy, "price", ["1,299", "1,500"])
    assert "two ways" in catalogue_copy.column_kinds(["price"])["price"].why
    with pytest.raises(UsageError, match="price: 1,299 can be read in two ways; say number-point or number-comma"):
        catalogue_copy.set_column_kind("price", "number", by="ada")
    assert catalogue_copy.set_column_kind("price", Said.NUMBER_COMMA, by="ada").scale("1,299") == 1.299
    other = Catalogue(catalogue_copy.settings)
    found = other.column_kinds(["price"])["price"]
    other.close()
    assert (found.kind, found.by, found.said, found.scale("1,299")) == (Kind.NUMBER, "ada", True, 1.299)
    assert catalogue_copy.set_column_kind("price", Said.NUMBER_POINT, by="bob").scale("1,299") == 1299
    assert catalogue_copy.column_kinds(["price"])["price"].by == "bob"
    assert catalogue_copy.set_column_kind("price", "auto").kind is Kind.WORD
    assert not catalogue_copy.column_kinds(["price"])["price"].said
    assert catalogue_copy.product(catalogue_copy.ids()[0]).values["price"] == ("1,299",)


@pytest.mark.parametrize("said", list(Said))
def test_what_is_said_never_changes_a_value(catalogue_copy: Catalogue, said: Said) -> None:
    written = ("0042", "1E5", "1.50", "12-3", "2024-01-05", "4006381333931", "1,299.00", "N/A", " 7", "-", "10½", "yes")
    put_column(catalogue_copy, "it", [written[n % 12] for n in EVERY])
    before = [catalogue_copy.product(one).values for one in catalogue_copy.ids()]
    catalogue_copy.set_column_kind("it", said, by="ada")
    assert [catalogue_copy.product(one).values for one in catalogue_copy.ids()] == before
    assert set(catalogue_copy.values_of("it").values()) == set(written)


def test_what_was_said_and_cannot_be_any_more_is_told(catalogue_copy: Catalogue) -> None:
    put_column(catalogue_copy, "price", ["1.5", "2"])
    catalogue_copy.set_column_kind("price", "number", by="ada")
    put_column(catalogue_copy, "price", ["1,299", "1,500"])
    found = catalogue_copy.column_kinds(["price"])["price"]
    assert found.kind is Kind.WORD
    assert "ada said number, but 1,299 can be read in two ways" in found.why


def test_there_has_to_be_such_a_column(catalogue_copy: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="'no such'"):
        catalogue_copy.set_column_kind("no such", "number")


def test_what_was_measured_here_has_a_decimal_point(catalogue_copy: Catalogue) -> None:
    values = [f"{n}.125" for n in range(10, 34)]
    put_column(catalogue_copy, "tone.new", values, origin=Origin.MEASURED)
    put_column(catalogue_copy, "tone.given", values)
    found = catalogue_copy.column_kinds(["tone.new", "tone.given"])
    assert (found["tone.new"].kind, found["tone.new"].scale("10.125")) == (Kind.NUMBER, 10.125)
    assert found["tone.given"].kind is Kind.WORD


def test_sizes_count_products_with_several_values(catalogue_copy: Catalogue) -> None:
    put_column(catalogue_copy, "colour", [("red", "white"), "red", "", ("blue", "red", "white")])
    size = catalogue_copy.column_sizes(["colour"])["colour"]
    assert (size.values, size.products, size.several) == (3, 3, 2)
    first, second, third, fourth, *_ = catalogue_copy.ids()
    assert catalogue_copy.all_values_of("colour") == {
        first: ("red", "white"),
        second: ("red",),
        fourth: ("blue", "red", "white"),
    }
    assert catalogue_copy.values_of("colour") == {first: "red", second: "red", fourth: "blue"}
    assert catalogue_copy.product(first).values["colour"] == ("red", "white")
    assert "colour" not in catalogue_copy.product(third).values
    assert "material" in catalogue_copy.column_sizes()
