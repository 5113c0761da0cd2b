"""Digits that name things."""

import pytest

from lookscape.catalogue.columns.codes import is_gtin, named_code, why_digits


@pytest.mark.parametrize(
    "name",
    [
        "ean",
        "EAN",
        "ean13",
        "g:gtin",
        "style_no",
        "Style Number",
        "productId",
        "item_group_id",
        "sku",
        "model",
        "UPC code",
    ],
)
def test_a_name_that_says_code(name: str) -> None:
    assert named_code(name)


@pytest.mark.parametrize(
    "name",
    ["price", "model year", "number of pockets", "number", "styles sold", "width", "2012", "", "zip length", "video"],
)
def test_a_name_that_does_not(name: str) -> None:
    assert not named_code(name)


@pytest.mark.parametrize(
    ("text", "right"),
    [("4006381333931", True), ("4006381333932", False), ("036000291452", True), ("96385074", True), ("12345", False)],
)
def test_check_digits(text: str, right: bool) -> None:
    assert is_gtin(text) is right


@pytest.mark.parametrize(
    ("values", "coded"),
    [
        (["4006381333931", "036000291452"], True),
        (["12345678", "12345679"], True),
        (["123456789", "12345678"], True),
        (["12345", "12346"], False),
        (["1", "2"], False),
        (["12.00"], False),
    ],
)
def test_whole_numbers_that_are_codes(values: list[str], coded: bool) -> None:
    assert bool(why_digits(dict.fromkeys(values, 1))) is coded


def test_long_numbers_of_any_length_that_products_share_may_be_amounts() -> None:
    assert not why_digits({"12345678": 50, "123456789": 50})
