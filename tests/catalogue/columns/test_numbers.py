"""Numbers as shops write them."""

import math
from decimal import Decimal

import pytest

from lookscape.catalogue.columns.numbers import floats, number, read


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("12", "12", "12"),
        ("-5", "-5", "-5"),
        ("\u22124", "-4", "-4"),
        ("12.00", "12.00", None),
        ("12,00", None, "12.00"),
        (".5", "0.5", None),
        ("0.125", "0.125", None),
        ("1,299", "1299", "1.299"),
        ("1.299", "1.299", "1299"),
        ("1,299.00", "1299.00", None),
        ("1.299,00", None, "1299.00"),
        ("1.299.000", None, "1299000"),
        ("1 299,00", None, "1299.00"),
        ("1\u202f299", "1299", "1299"),
        ("1'299.50", "1299.50", None),
        ("1,29,900", "129900", None),
        ("$90", "90", "90"),
        ("-$5", "-5", "-5"),
        ("120.00 EUR", "120.00", None),
        ("EUR 120", "120", "120"),
        ("1.299,00 €", None, "1299.00"),
        ("12,50 kr.", None, "12.50"),
        ("35 %", "35", "35"),
        ("12 cm", "12", "12"),
        ("1e-05", "0.00001", None),
    ],
)
def test_a_number_is_what_each_mark_makes_of_it(text: str, point: str | None, comma: str | None) -> None:
    found = [number(text, mark=mark) for mark in ".,"]
    assert found == [None if one is None else Decimal(one) for one in (point, comma)]


@pytest.mark.parametrize(
    "text",
    [
        *["0042", "000", "00.50", "007,5", "1E5", "1e5", "4.00638E+12", "12-3", "1_000", "1.2.3", "5.", "1,2,3"],
        *[
            "Infinity",
            "inf",
            "nan",
            "NaN",
            "",
            "-",
            "M",
            "10M",
            "32A",
            "12 34",
            "\u0661\u0662",
            "\uff11",
            "\u00b2",
            "\u00bd",
        ],
        *["12345678901234567", "$5 EUR", "--5", "0x1F", "12/3", "1,29.5", "1..5", "€", "1'29"],
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert read(text) is None


def test_a_person_may_take_leading_zeros_for_nothing() -> None:
    assert number("0042", zeros=True) == 42
    assert number("0042") is None


def test_numbers_are_exact() -> None:
    assert str(number("0.1")) == "0.1"
    assert str(number("123456789012345")) == "123456789012345"


def test_own_numbers_have_a_point_and_are_finite() -> None:
    found = floats(["1.299", "-0.5", "1e-05", "inf", "nan", "1,5", ""])
    assert found[:3] == [1.299, -0.5, 1e-05]
    assert all(math.isnan(one) for one in found[3:])
