"""The kind of a column, from its values."""

import random
from collections import Counter

import pytest

from lookscape.catalogue.columns.kinds import Kind, Said
from lookscape.catalogue.columns.learning import as_said, learn

N = range(1, 31)


def checksum(digits: str) -> int:
    """The weighted sum of the digits of an EAN-13 without its last, to the next ten below."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10


EANS = [f"{digits}{(10 - checksum(digits)) % 10}" for digits in (f"40{n:010}" for n in range(5000, 5120))]
KINDS = {
    "leading zeros": (Kind.CODE, [f"{n:04}" for n in N]),
    "one leading zero among many": (Kind.CODE, [*map(str, range(1000)), "007"]),
    "EANs": (Kind.CODE, [f"40{n:011}" for n in N]),
    "UPCs, some with a leading zero": (Kind.CODE, [f"{n * 7919:012}" for n in range(10**6, 10**6 + 30)]),
    "an EAN column with a gap": (Kind.CODE, [*[f"40{n:011}" for n in N] * 4, "not found"]),
    "EANs, one cut off": (Kind.CODE, [*EANS, "4006"]),
    "EANs, one mistyped": (Kind.CODE, [*EANS, "4006381333932"]),
    "EANs beside a shop's own numbers": (Kind.CODE, [*EANS[:30], *map(str, range(100, 125))]),
    "EAN-8": (Kind.CODE, ["96385074", "40170725", "12345670"]),
    "EAN-13, UPC and EAN-8": (Kind.CODE, ["4006381333931", "614141000036", "96385074"]),
    "cartons": (Kind.CODE, ["10012345678902", "20012345678909"]),
    "ISBN": (Kind.CODE, ["080442957X", "1306406152", "1566199093"]),
    "ISBN with hyphens": (Kind.CODE, ["0-306-40615-2", "1-56619-909-3"]),
    "colours in hexadecimal": (Kind.CODE, ["#ff0000", "#123456"]),
    "fractions": (Kind.CODE, ["3/4", "1/2"]),
    "sizes with a half": (Kind.CODE, ["9", "9½", "10½"]),
    "seasons": (Kind.CODE, ["SS24", "FW23"]),
    "years of two digits": (Kind.CODE, ["1/5/24", "1/15/24"]),
    "months": (Kind.CODE, ["2024-01", "2024-02"]),
    "ranges": (Kind.CODE, ["10-12", "12-14"]),
    "days of a spreadsheet": (Kind.NUMBER, ["45296", "45297", "45301"]),
    "sizes with thirds": (Kind.WORD, ["38 2/3", "39 1/3", "40"] * 4),
    "sizes of several countries": (Kind.WORD, ["EU 42", "US 8.5", "UK 7"] * 4),
    "yes and no": (Kind.WORD, ["yes", "no", "TRUE", "false"] * 4),
    "telephone numbers": (Kind.WORD, ["+49 30 123456", "+1 555 0100"]),
    "dates in two forms": (Kind.WORD, ["2024-01-05", "05.01.2024"]),
    "below zero": (Kind.NUMBER, ["-3", "\u22122.5", "4"]),
    "one word among many numbers": (Kind.NUMBER, [*map(str, range(200)), "sold out"]),
    "1E5": (Kind.CODE, [f"{n}E5" for n in N]),
    "1e05": (Kind.CODE, [f"{n}e05" for n in N]),
    "spoiled by a spreadsheet": (Kind.CODE, [f"4.0063{n}E+12" for n in N]),
    "12-3": (Kind.CODE, [f"{n}-3" for n in N]),
    "underscores": (Kind.CODE, [f"1_{n:03}" for n in N]),
    "digits of another script": (Kind.CODE, ["".join(chr(0x660 + int(digit)) for digit in str(n)) for n in N]),
    "article numbers": (Kind.CODE, [f"DD{n}-100" for n in N]),
    "versions": (Kind.CODE, [f"1.{n}.3" for n in N]),
    "more digits than a float holds": (Kind.CODE, [str(10**17 + n) for n in N]),
    "sizes with letters": (Kind.CODE, [f"{n}M" for n in N]),
    "whole numbers": (Kind.NUMBER, [*map(str, N)]),
    "years": (Kind.NUMBER, [*map(str, range(1990, 2026))]),
    "numeric sizes": (Kind.NUMBER, ["36", "36.5", "37", "38.5"]),
    "decimals": (Kind.NUMBER, [f"{n}.00" for n in N]),
    "decimal commas": (Kind.NUMBER, [f"{n},00" for n in N]),
    "thousands": (Kind.NUMBER, ["1,299.00", "1,500", "12.50"]),
    "thousands with points": (Kind.NUMBER, ["1.299,00", "1.500", "12,50"]),
    "currency": (Kind.NUMBER, [f"{n}.00 EUR" for n in N]),
    "currency before": (Kind.NUMBER, [f"${n}" for n in N]),
    "currency here and there": (Kind.NUMBER, ["90", "90 EUR", "120.00"]),
    "percent": (Kind.NUMBER, ["10 %", "20%"]),
    "a few that are none": (Kind.NUMBER, [*[f"{n}.50" for n in range(99)], "free"]),
    "no value in words": (Kind.NUMBER, [*map(str, N), "-", "n/a", "NaN"]),
    "very small ones": (Kind.NUMBER, ["1e-05", "0.25", "1.5", "2"]),
    "thousands or decimals": (Kind.WORD, ["1,299", "1,500"]),
    "points of either kind": (Kind.WORD, ["1.299", "899", "1.500"]),
    "both marks": (Kind.WORD, ["12.00", "12,00"]),
    "two currencies": (Kind.WORD, ["$90", "120.00 EUR"]),
    "two units": (Kind.WORD, ["12 cm", "120 mm"]),
    "letters and numbers": (Kind.WORD, ["M", "42"] * 30),
    "mostly NaN": (Kind.WORD, ["nan", "1"] * 30),
    "Infinity": (Kind.WORD, ["Infinity", "inf", "1", "2"] * 5),
    "ISO dates": (Kind.DATE, ["2024-01-05", "2024-02-05"]),
    "compact dates": (Kind.DATE, ["20240105", "20240106", "20250107"]),
    "times": (Kind.DATE, ["2024-01-05T10:00:00Z", "2024-02-05T11:00:00Z"]),
    "days first": (Kind.DATE, ["03/04/2024", "25/06/2024"]),
    "months first": (Kind.DATE, ["03/04/2024", "06/25/2024"]),
    "named months": (Kind.DATE, ["5 Jan 2024", "January 7, 2024"]),
    "days or months": (Kind.WORD, ["03/04/2024", "05/06/2024"]),
    "days and months": (Kind.WORD, ["13/02/2024", "02/13/2024"]),
    "colours": (Kind.WORD, ["red", "white"] * 30),
    "few products": (Kind.WORD, ["red", "white"]),
    "names": (Kind.TEXT, [f"Runner {chr(65 + n)}" for n in range(26)]),
    "descriptions": (Kind.TEXT, ["a shoe for long walks in the rain, with a sole that holds on wet rock"] * 3),
    "addresses": (Kind.TEXT, [f"https://example.com/{n}.jpg" for n in N]),
    "nothing": (Kind.WORD, ["", " "]),
}


@pytest.mark.parametrize("case", KINDS)
def test_the_kind_of_a_column(case: str) -> None:
    kind, values = KINDS[case]
    found = learn("it", Counter(values))
    assert (found.kind, bool(found.why)) == (kind, True), found.why
    shuffled = random.Random(1).sample(values, len(values))
    assert learn("it", Counter(shuffled)).kind == kind


@pytest.mark.parametrize(
    ("values", "text", "scale"),
    [
        (["1,299.00", "12.50"], "1,299.00", 1299),
        (["1.299,00", "12,50"], "1.299,00", 1299),
        (["1,299", "12.50"], "1,299", 1299),
        (["1,299", "12,50"], "1,299", 1.299),
        (["$1,299.00", "$90"], "$1,299.00", 1299),
        (["03/04/2024", "25/06/2024"], "03/04/2024", 2024 + 93 / 366),
        (["03/04/2024", "06/25/2024"], "03/04/2024", 2024 + 63 / 366),
    ],
)
def test_the_rest_of_a_column_says_how_a_value_is_read(values: list[str], text: str, scale: float) -> None:
    assert learn("it", Counter(values)).scale(text) == pytest.approx(scale, abs=1e-9, rel=0)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (["1,299", "1,500"], "1,299 can be read in two ways"),
        (["$90", "120.00 EUR"], "several units"),
        (["12.00", "12,00"], "decimal points and decimal commas"),
        (["03/04/2024"], "03/04/2024 can be read in two ways"),
        (["0042"], "leading zeros: 0042"),
        (["4006381333931"], "check digit"),
        (["12,50 EUR"], "decimal comma in EUR"),
        ([*[f"{n}.50" for n in range(99)], "free"], "1 of 100 are none"),
    ],
)
def test_it_says_why(values: list[str], why: str) -> None:
    assert why in learn("it", Counter(values)).why


def test_the_name_of_a_column_helps_with_bare_digits_alone() -> None:
    assert learn("style_no", {"574": 3, "990": 4}).kind is Kind.CODE
    assert learn("stock", {"574": 3, "990": 4}).kind is Kind.NUMBER
    assert learn("model", {"5.74": 3, "9.90": 4}).kind is Kind.NUMBER
    assert learn("phone", {"555 123": 3, "+49 301 234": 4}).kind is Kind.CODE
    assert learn("stock", {"1 555": 3, "49 301": 4}).kind is Kind.NUMBER
    assert learn("sku", {"red": 3, "white": 4}).kind is Kind.WORD


def test_a_share_is_of_products_and_not_of_values() -> None:
    assert learn("it", {"1": 500, "2": 500, "M": 1, "L": 1}).kind is Kind.NUMBER
    assert learn("it", {"1": 1, "2": 1, "M": 500}).kind is Kind.WORD


@pytest.mark.parametrize(
    ("said", "value", "scale"),
    [
        (Said.NUMBER_POINT, "1,299", 1299),
        (Said.NUMBER_COMMA, "1,299", 1.299),
        (Said.NUMBER, "0042", 42),
        (Said.DATE_DAY_FIRST, "03/04/2024", 2024 + 93 / 366),
        (Said.DATE_MONTH_FIRST, "03/04/2024", 2024 + 63 / 366),
        (Said.DATE, "2024-01-01", 2024),
    ],
)
def test_a_person_says_what_nobody_can_know(said: Said, value: str, scale: float) -> None:
    found = as_said(said, {value: 1})
    assert found.scale(value) == pytest.approx(scale, abs=1e-9, rel=0)
    assert found.said


@pytest.mark.parametrize(
    ("said", "value", "words"),
    [
        (Said.NUMBER, "1,299", "number-point or number-comma"),
        (Said.DATE, "03/04/2024", "date-day-first or date-month-first"),
    ],
)
def test_what_a_person_has_to_say_more_exactly(said: Said, value: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        as_said(said, {value: 1})


def test_numbers_stay_words_when_a_person_says_so() -> None:
    found = as_said(Said.CODE, {"1": 1, "2": 1})
    assert (found.kind, found.number("1")) == (Kind.CODE, None)


def test_values_in_words() -> None:
    assert learn("it", {"1.299,50 EUR": 1, "1e-05": 0}).in_words("1.299,50 EUR") == "1299.50"
    assert learn("it", {"25/06/2024": 1}).in_words("25/06/2024") == "2024-06-25"
    assert learn("it", {"2024-01-05T10:00:00Z": 1}).in_words("2024-01-05T10:00:00Z") == "2024-01-05T10:00:00+00:00"
    assert learn("it", {"red": 1}).in_words("red") == ""
