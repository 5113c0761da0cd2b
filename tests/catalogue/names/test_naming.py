"""Brands and models out of names: listed, a catalogue's own, lines and merges, colourways told apart."""

import pytest

from lookscape.catalogue.names.brands import BRANDS, LINES, ONLY_FIRST
from lookscape.catalogue.names.naming import LISTED, LISTED_LATER, OFTEN, SELDOM, Lines, Namer, Wishes
from lookscape.catalogue.names.words import comparable, fold, read_words
from lookscape.catalogue.rendering.products import products

GREAT_SOLES = [f"Great Soles {word} {kind}" for word in ("Nova", "Pixel", "Orbit", "Quark") for kind in ("Low", "High")]


def read(name: str, *more: str, **wishes: object) -> tuple[str, str]:
    found = Namer([name, *more], wishes=Wishes(**wishes)).read(name)
    return found.brand, found.model


def colourway(name: str) -> str:
    return " ".join(word.text for word in read_words(name) if word.is_colour)


@pytest.mark.parametrize(
    ("name", "brand", "model"),
    [
        ("Nike Air Max 90", "Nike", "Air Max 90"),
        ("NIKE Men's Air Max 90 Shoes", "Nike", "Air Max 90"),
        ("adidas Originals Gazelle", "adidas", "Gazelle"),
        ("New Balance 574", "New Balance", "574"),
        ("NewBalance 574", "New Balance", "574"),
        ("Reid&Taylor Montana", "Reid & Taylor", "Montana"),
        ("Levis 511 Jeans", "Levi's", "511"),
        ("Women's Chloé Lauren", "Chloé", "Lauren"),
        ("Lee Cooper Men Black Sandal", "Lee Cooper", ""),
        ("Nike Blazer Mid 77", "Nike", "Blazer Mid 77"),
    ],
)
def test_listed_brands_are_known_however_they_are_written(name: str, brand: str, model: str) -> None:
    assert read(name) == (brand, model)


def test_a_line_is_a_brand_as_the_user_wishes() -> None:
    names = ("Nike Air Jordan 1 Low", "Air Jordan 1 Low", "adidas Yeezy Boost 350", "Yeezy Boost 350")
    told = {lines: [read(name, lines=lines) for name in names] for lines in Lines}
    jordan, boost = "Air Jordan 1 Low", "Boost 350"
    assert told[Lines.WRITTEN] == [
        ("Nike", jordan),
        ("Jordan", jordan),
        ("adidas", "Yeezy Boost 350"),
        ("Yeezy", boost),
    ]
    assert told[Lines.OWN] == [("Jordan", jordan), ("Jordan", jordan), ("Yeezy", boost), ("Yeezy", boost)]
    assert told[Lines.MAKER] == [("Nike", jordan), ("Nike", jordan), *2 * [("adidas", "Yeezy Boost 350")]]
    assert read("Air Jordan 1 Low", merged={"jordan": "Nike"})[0] == "Nike"


def test_every_line_has_a_maker_and_every_brand_is_listed_once() -> None:
    makers = {spellings[0] for spellings in BRANDS}
    assert {line.maker for line in LINES.values()} <= makers
    letters = ["".join(fold(word) for word in spelling.split()) for spellings in BRANDS for spelling in spellings]
    assert len(letters) == len(set(letters))
    assert set(letters) >= ONLY_FIRST


def test_what_names_begin_with_is_a_brand_as_far_as_it_goes_on_alike() -> None:
    namer = Namer(GREAT_SOLES)
    assert [brand.text for brand in namer.own.values()] == ["Great Soles"]
    found = namer.read("Great Soles Nova Low")
    assert (found.brand, found.model) == ("Great Soles", "Nova Low")
    assert found.brand_confidence == SELDOM < OFTEN < LISTED
    assert Namer(GREAT_SOLES, wishes=Wishes(own_brands=False)).read(GREAT_SOLES[0]).brand == ""
    alone = Namer(["Zephyr Runner"] * 9 + ["Kolibri Walker"])
    assert alone.read("Zephyr Runner").brand == "Zephyr"
    assert alone.read("Kolibri Walker").brand == ""


def test_a_slip_of_the_pen_and_a_missing_space_are_the_same_brand() -> None:
    words = ("Nova", "Pixel", "Orbit", "Quark", "Lumen", "Sonar")
    usual = [f"Vishandra {word}" for word in words for _ in range(2)]
    namer = Namer([*usual, *(f"Vishndra {word}" for word in words[:3]), *(f"Newgate {word}" for word in words)])
    assert namer.read("Vishndra Nova").brand == "Vishandra"
    assert namer.read("New Gate Nova").brand == "Newgate"


def test_general_words_make_no_brand() -> None:
    names = [f"{first} {word} Shoe" for first in ("Men", "Blue", "Casual", "500") for word in ("Aa", "Bb", "Cc", "Dd")]
    assert Namer(names).own == {}
    assert Namer(["W Printed Kurta", "W Check Kurta", "W Flower Kurta"]).own.keys() == {"w"}


def test_a_listed_brand_later_in_the_name_is_less_sure_and_common_words_do_not_count_there() -> None:
    found = Namer(["Special Puma Suede"]).read("Special Puma Suede")
    assert (found.brand, found.brand_confidence) == ("PUMA", LISTED_LATER)
    assert read("Limited Coach Jacket")[0] == ""


def test_a_model_is_as_long_as_products_share_it() -> None:
    names = ["Nike Dunk Low Panda", "Nike Dunk Low Coast", "Nike Dunk Low Ceramic", "Nike Cortez", "Nike Cortez Black"]
    namer = Namer(names)
    assert [namer.read(name).model for name in names] == ["Dunk Low"] * 3 + ["Cortez"] * 2
    sure = [namer.read(name).model_confidence for name in ("Nike Cortez", names[0], "Nike Waffle")]
    assert sure == sorted(sure, reverse=True)
    assert namer.read("Nike Printed Tshirts").model == ""


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Nike Dunk Low Black/White", "Black/White"),
        ("Nike Dunk Low Light Grey and Navy Blue", "Light Grey and Navy Blue"),
        ("Nike Dunk Low 'Panda'", "'Panda'"),
        ("Kaizuru Neon Low 'Ash Drift'", "'Ash Drift'"),
        ("Nike Dunk Low White 'Chicago'", "White 'Chicago'"),
        ("Lee Men Red Check Shirt", "Red"),
        ("Levi's 501 Original", ""),
        ("Size 1/2", ""),
    ],
)
def test_colourways_are_colours_with_shades_and_what_is_quoted(name: str, found: str) -> None:
    assert colourway(name) == found


def test_comparable_names_heed_neither_order_nor_marks_and_colours_only_if_asked() -> None:
    one, other = "ASICS Gel-Lyte III Navy", "gellyte iii ASICS (Navy)"
    assert comparable(one, ignore_colours=False) == comparable(other, ignore_colours=False) == "asics gellyte iii navy"
    assert comparable(one, ignore_colours=True) == "asics gellyte iii"
    assert comparable("Navy Blue", ignore_colours=True) == ""


def test_on_rendered_names_nearly_all_brands_and_models_are_read() -> None:
    made = list(products(600))
    namer = Namer([product.name for product in made])
    told = [namer.read(product.name) for product in made]
    brands = [one.brand == product.factors.brand for one, product in zip(told, made, strict=True)]
    models = [f"{one.brand} {one.model}" == product.model for one, product in zip(told, made, strict=True)]
    assert sum(brands) == 600
    assert sum(models) > 590
