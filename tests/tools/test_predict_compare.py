"""What separates two groups: planted differences are found and others are not, figures against direct computation."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from scipy import stats

from lookscape.catalogue.records import Attribute, Filter, Origin
from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UnknownNameError, UsageError
from lookscape.interfaces.http.app import create_app
from lookscape.reports.comparison.page import last_comparison
from lookscape.services.comparison import words as comparison_words
from lookscape.services.comparison.groups import two_groups
from lookscape.services.comparison.records import Comparison as Result
from lookscape.services.comparison.records import Difference
from told_catalogue import KNOWN, open_told


@pytest.fixture(scope="module")
def folder(told_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The told catalogue, gauged, with labels planted: `size` and `shop` go with tone, `luck` and `noise` do not."""
    made = tmp_path_factory.mktemp("compared") / "catalogue"
    shutil.copytree(told_folder, made)
    engine = open_told(made)
    engine.manage.gauge()
    rng = np.random.default_rng(7)
    tones = engine.catalogue.values_of("tone")
    planted = []
    for product_id in sorted(tones):
        dark = tones[product_id] == "dark"
        told = {
            "size": f"{rng.normal(1 if dark else 0):.4f}",
            "shop": "north" if rng.random() < (0.8 if dark else 0.2) else "south",
            "luck": f"{rng.normal():.4f}",
            "noise": "abc"[rng.integers(3)],
        }
        planted += [
            Attribute(product_id=product_id, name=name, value=value, origin=Origin.HUMAN)
            for name, value in told.items()
        ]
    guessed = [
        Attribute(product_id=one, name="guess", value=tones[one], origin=Origin.PREDICTED, confidence=0.9)
        for one in tones
    ]
    engine.catalogue.annotate([*planted, *guessed], by="Kim")
    engine.catalogue.close()
    return made


@pytest.fixture
def engine(folder: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copytree(folder, tmp_path / "catalogue")
    opened = open_told(tmp_path / "catalogue")
    yield opened
    opened.catalogue.close()


@pytest.fixture(scope="module")
def found(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, str]:
    """Dark beside light, and the page."""
    copy = tmp_path_factory.mktemp("found") / "catalogue"
    shutil.copytree(folder, copy)
    engine = open_told(copy)
    result = engine.predict.compare("tone=dark", second="tone=light")
    engine.catalogue.close()
    return result, Path(result.file).read_text(encoding="utf-8")


def by_name(result: Result) -> dict[str, Difference]:
    return {one.name: one for one in result.differences}


def test_planted_differences_are_found_and_others_are_not(found: tuple[Result, str]) -> None:
    differences = by_name(found[0])
    assert {name: differences[name].sure for name in ("size", "shop", "luck", "noise")} == {
        "size": True,
        "shop": True,
        "luck": False,
        "noise": False,
    }
    assert differences["size"].effect > 0.3
    assert differences["tone.lightness"].sure
    assert differences["tone.lightness"].effect < 0
    assert [differences[name].kind for name in ("size", "shop", "tone.lightness")] == ["label", "label", "measure"]
    assert {"tone", "guess", "measured.on"}.isdisjoint(differences)


def test_a_name_of_an_attribute_may_hold_an_equals_sign(engine: Engine) -> None:
    tones = engine.catalogue.values_of("tone")
    told = [
        Attribute(product_id=one, name="EU=tone", value=tones[one], origin=Origin.HUMAN, confidence=1.0)
        for one in tones
    ]
    engine.catalogue.annotate(told, by="Kim")
    groups = two_groups(engine, "EU=tone=dark", "", ())
    assert groups.attributes == ("EU=tone",)
    assert set(groups.first) == {one for one, tone in tones.items() if tone == "dark"}


def test_examples_have_their_values_as_people_wrote_them(found: tuple[Result, str], engine: Engine) -> None:
    sizes = engine.catalogue.values_of("size")
    [size] = [one for one in found[0].differences if one.name == "size"]
    assert size.first_examples
    assert {one.product_id: one.value for one in size.first_examples}.items() <= sizes.items()


def test_figures_are_those_of_a_direct_computation(found: tuple[Result, str], folder: Path) -> None:
    engine = open_told(folder)
    sizes = {one: float(value) for one, value in engine.catalogue.values_of("size").items()}
    shops = engine.catalogue.values_of("shop")
    dark, light = (engine.catalogue.ids(Filter(where={"tone": (value,)})) for value in ("dark", "light"))
    engine.catalogue.close()
    result = found[0]
    assert (result.first_products, result.second_products) == (len(dark), len(light))
    assert len(dark) + len(light) == KNOWN
    size, shop = by_name(result)["size"], by_name(result)["shop"]
    own, other = np.array([sizes[one] for one in dark]), np.array([sizes[one] for one in light])
    assert size.effect == pytest.approx(np.sign(own[:, None] - other[None]).mean(), abs=1e-4)
    assert size.p == pytest.approx(stats.mannwhitneyu(own, other).pvalue)
    assert (size.first_median, size.second_median) == (
        pytest.approx(np.median(own), abs=1e-4),
        pytest.approx(np.median(other), abs=1e-4),
    )
    share = {one.value: (one.first, one.second) for one in shop.shares}
    assert share["north"] == (
        pytest.approx(np.mean([shops[one] == "north" for one in dark]), abs=1e-4),
        pytest.approx(np.mean([shops[one] == "north" for one in light]), abs=1e-4),
    )
    np.testing.assert_allclose(
        [one.q for one in result.differences], stats.false_discovery_control([one.p for one in result.differences])
    )
    assert all(one.low <= one.effect <= one.high for one in result.differences)
    assert len(result.differences) == result.asked


def test_the_surest_and_largest_come_first(found: tuple[Result, str]) -> None:
    result = found[0]
    assert [(not one.sure, -abs(one.effect)) for one in result.differences] == sorted(
        (not one.sure, -abs(one.effect)) for one in result.differences
    )
    assert [one.q < 0.05 for one in result.differences] == [one.sure for one in result.differences]


def test_it_is_the_same_the_other_way_round(engine: Engine, found: tuple[Result, str]) -> None:
    there, back = by_name(found[0]), by_name(engine.predict.compare("tone=light", second="tone=dark"))
    assert there.keys() == back.keys()
    for name, one in there.items():
        sign = -1 if one.statistic == "delta" else 1
        assert back[name].effect == pytest.approx(sign * one.effect, abs=1e-3)


def test_examples_are_at_the_ends_of_their_groups(found: tuple[Result, str], folder: Path) -> None:
    engine = open_told(folder)
    tones = engine.catalogue.values_of("tone")
    lightness = {one: float(value) for one, value in engine.catalogue.values_of("tone.lightness").items()}
    engine.catalogue.close()
    one = by_name(found[0])["tone.lightness"]
    darkest = sorted((lightness[product], product) for product in tones if tones[product] == "dark")[:6]
    lightest = sorted((-lightness[product], product) for product in tones if tones[product] == "light")[:6]
    assert [example.product_id for example in one.first_examples] == [product for _, product in darkest]
    assert [example.product_id for example in one.second_examples] == [product for _, product in lightest]
    assert [one for one in found[0].differences if one.first_examples and not one.sure] == []


def test_a_classifier_of_the_attribute_shows_where_it_looks(found: tuple[Result, str]) -> None:
    result, page = found
    assert [(one.classifier, one.value) for one in result.heat] == [("tone", "dark"), ("tone", "light")]
    for one in result.heat:
        assert 0 < one.unseen <= one.photos <= 48
        assert f"looks most at: {one.where}" in page


def test_the_page_says_the_same_and_asks_nobody(found: tuple[Result, str]) -> None:
    result, page = found
    assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', page) == []
    assert "<script" not in page
    assert all(sentence.replace("'", "&#39;") in page for sentence in result.in_short)
    for one in result.differences:
        assert f'<th scope="row">{one.name}' in page
    assert "compare again within one value" in page  # shop goes with tone


def test_all_others_within_some_products(engine: Engine) -> None:
    result = engine.predict.compare("tone=dark", where=["shop=north"], without=["size"])
    north = set(engine.catalogue.ids(Filter(where={"shop": ("north",)})))
    dark = set(engine.catalogue.ids(Filter(where={"tone": ("dark",)})))
    assert (result.first_products, result.second_products) == (len(north & dark), len(north - dark))
    assert result.second == "tone other than dark"
    assert {"size", "shop"}.isdisjoint(by_name(result))


def test_products_of_both_groups_count_in_none(engine: Engine) -> None:
    result = engine.predict.compare("tone=dark", second="shop=north")
    both = len(engine.catalogue.ids(Filter(where={"tone": ("dark",), "shop": ("north",)})))
    assert result.both == both > 0
    assert result.first_products == len(engine.catalogue.ids(Filter(where={"tone": ("dark",)}))) - both
    assert {"tone", "shop"}.isdisjoint(by_name(result))


def test_what_cannot_be_compared_is_said(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="attribute"):
        engine.predict.compare("no such=thing")
    with pytest.raises(UnknownNameError, match="dark"):
        engine.predict.compare("tone=blue")
    with pytest.raises(UsageError, match="two different"):
        engine.predict.compare("tone=dark", second="tone=dark")
    with pytest.raises(UsageError, match="not like"):
        engine.predict.compare("dark")
    engine.annotate.set("rarity", "rare", products=tuple(engine.catalogue.ids()[:3]))
    with pytest.raises(UsageError, match="3 products"):
        engine.predict.compare("rarity=rare")
    with pytest.raises(NotFoundError):
        engine.predict.compare("tone=dark", model="none")


def test_it_is_kept_and_given_as_a_file(engine: Engine) -> None:
    client = TestClient(create_app(engine, worker=False), base_url="http://127.0.0.1")
    assert client.get("/compare.html").status_code == 404
    made = engine.predict.compare("tone=dark")
    kept = last_comparison(engine.folder)
    assert kept is not None
    assert kept.result == made
    assert client.get("/compare.html").text == Path(made.file).read_text(encoding="utf-8")


def test_named_factors_are_told_by_their_ends() -> None:
    one = Difference(
        name="height", kind="factor", words="", effect=0.5, low=0.3, high=0.6, statistic="delta", p=0, q=0, sure=True,
        size="large", meaning="", first_median=80, second_median=40, first_products=9, second_products=9, shares=[],
        first_examples=[], second_examples=[],
    )  # fmt: skip
    told = comparison_words.sentence(one, names=("hyped", "ordinary"), low="low top", high="boot")
    assert told == "hyped is more “boot” than ordinary in 75 of 100 pairs of products."
    other = one.model_copy(update={"effect": -0.2})
    assert "more “low top”" in comparison_words.sentence(other, names=("hyped", "ordinary"), low="low top", high="boot")
