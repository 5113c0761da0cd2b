"""Which given attributes may name a factor, and as what."""

import numpy as np
import pytest

from lookscape.catalogue.records import Product
from lookscape.representation.language.names import suggest
from lookscape.services.language.table import _told

COUNT = 120


def products(**columns: list[str]) -> list[Product]:
    """Products with these values; empty ones are left out."""
    return [
        Product(
            id=f"p{row}",
            name=f"Product {row}",
            photo_ids=(f"{row:064d}",),
            values={name: (values[row],) for name, values in columns.items() if values[row]},
        )
        for row in range(COUNT)
    ]


def test_numbers_are_numbers_and_words_are_words() -> None:
    flare = ["" if row == 3 else f"{row / 1000:.3f}" for row in range(COUNT)]
    told = _told(products(flare=flare, brand=["Aro", "Bex"] * (COUNT // 2)), without={})
    assert set(told) == {"flare", "brand"}
    assert told["flare"].dtype == np.float64
    assert told["flare"][5] == 0.005
    assert np.flatnonzero(np.isnan(told["flare"])).tolist() == [3]
    assert told["brand"].dtype.kind == "U"


def test_a_number_names_a_factor_as_a_scale() -> None:
    told = _told(products(**{"heel.flare": [f"{row / 1000:.3f}" for row in range(COUNT)]}), without={})
    factor = np.arange(COUNT, dtype=np.float64)[:, None]
    best = suggest(-factor, attributes=told)[0][0]
    assert (best.title, best.low, best.high) == ("flare heel", "more flare heel", "less flare heel")


@pytest.mark.parametrize("values", [["042", "17"], ["M", "42"], ["nan", "1"], ["inf", "1"]])
def test_codes_and_mixtures_stay_words(values: list[str]) -> None:
    told = _told(products(size=values * (COUNT // 2)), without={})
    assert told["size"].dtype.kind == "U"


@pytest.mark.parametrize("name", ["source", "file", "photo.file", "Style ID", "image_url", "look", "look.height"])
def test_where_a_product_comes_from_names_nothing(name: str) -> None:
    assert _told(products(**{name: ["farfetch", "klekt"] * (COUNT // 2)}), without={}) == {}


def test_values_that_few_products_share_name_nothing() -> None:
    names = [f"Runner {row // 2}" if row < 30 else f"Walker {row}" for row in range(COUNT)]
    rare = ["", "", "", ""] * (COUNT // 4 - 2) + ["one", "two", "three", "four"] * 2
    told = _told(products(title=names, line=[f"Line {row % 40}" for row in range(COUNT)], rare=rare), without={})
    assert set(told) == {"line", "rare"}


def test_what_is_measured_is_not_told_too() -> None:
    assert _told(products(tone=["1", "2"] * (COUNT // 2)), without={"tone": None}) == {}
