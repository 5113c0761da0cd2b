"""The endless catalogue: determinism, models and colourways, names, attributes, hype."""

import hashlib
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict, fields, replace

import numpy as np
import pytest

from lookscape.catalogue.rendering import (
    Factors,
    bayes_accuracy,
    hype_probability,
    jpeg,
    product_at,
    products,
    with_factors,
)
from lookscape.catalogue.rendering.brands import BRANDS
from lookscape.catalogue.rendering.factors import COLLAR_RANGES, Colour, Pattern, Silhouette, SoleShape
from lookscape.catalogue.rendering.shoe.marks import MARKS

SHAPE = {
    "brand",
    "construction",
    "collar_height",
    "toe_roundness",
    "toe_height",
    "heel_height",
    "heel_flare",
    "sole_shape",
    "sole_thickness",
    "material",
}
SCRIPT = """
import hashlib
from lookscape.catalogue.rendering import jpeg, products
digest = hashlib.sha256()
for product in products(6, seed=3, nuisance="wild"):
    digest.update(jpeg(product, size=64) + repr((product, dict(product.attributes))).encode())
print(digest.hexdigest())
"""


def test_the_same_bytes_come_from_another_process():
    digest = hashlib.sha256()
    for product in products(6, seed=3, nuisance="wild"):
        digest.update(jpeg(product, size=64) + repr((product, dict(product.attributes))).encode())
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, check=True)
    assert run.stdout.strip() == digest.hexdigest()


def test_a_short_catalogue_is_a_prefix_of_a_long_one():
    assert list(products(10)) == list(products(200))[:10]
    assert product_at(7, seed=5) == list(products(9, seed=5))[7]


def test_products_are_made_one_at_a_time():
    assert next(iter(products(10**12))).id == "R000000"


def test_another_seed_is_another_catalogue():
    assert [p.factors for p in products(20, seed=0)] != [p.factors for p in products(20, seed=1)]


@pytest.mark.parametrize("strength", ["none", "wild"])
def test_nuisances_change_the_photo_and_not_the_product(strength):
    for mild, other in zip(products(30), products(30, nuisance=strength), strict=True):
        assert (mild.id, mild.name, mild.hyped, mild.factors) == (other.id, other.name, other.hyped, other.factors)
        assert mild.nuisance != other.nuisance


def test_models_have_several_colourways_that_share_their_shape():
    shapes, looks = defaultdict(set), defaultdict(set)
    for product in products(400):
        values = asdict(product.factors)
        shapes[product.model].add(tuple(str(values[name]) for name in sorted(SHAPE)))
        looks[product.model].add(product.factors)
    assert all(len(found) == 1 for found in shapes.values())
    assert len(shapes) > 50
    assert sum(len(found) >= 3 for found in looks.values()) > 30


def test_names_read_brand_model_cut_and_colourway():
    cuts = {Silhouette.LOW: "Low", Silhouette.MID: "Mid", Silhouette.HIGH: "High", Silhouette.BOOT: "Boot"}
    for product in products(200):
        model, quoted = product.name.split(" '", 1)
        assert model == product.model
        assert model.startswith(product.factors.brand + " ")
        assert model.endswith(" " + cuts[product.factors.silhouette])
        assert quoted.endswith("'")
        assert product.factors.upper.name in quoted


def test_every_factor_and_nuisance_is_an_attribute():
    product = next(products(1))
    found = product.attributes
    assert all(isinstance(value, str) and value for value in found.values())
    for item in fields(Factors):
        value = getattr(product.factors, item.name)
        if isinstance(value, Colour):
            assert (found[f"{item.name}_colour"], found[f"{item.name}_hex"]) == (value.name, value.hex)
        elif isinstance(value, float):
            assert float(found[item.name]) == pytest.approx(value, abs=5.1e-4)
        else:
            assert found[item.name] == str(value)
    views = {name for name in found if name.startswith("view_")}
    assert len(views) == len(fields(product.nuisance))
    assert {"silhouette", "model", "hype"} <= set(found)
    with pytest.raises(TypeError):
        found["brand"] = "other"


def test_attributes_follow_a_changed_factor():
    product = next(products(1))
    changed = with_factors(product, pattern=Pattern.ZEBRA, sole=Colour(name="Volt", hex="#c8e23a"))
    assert changed.attributes["pattern"] == "zebra"
    assert changed.attributes["sole_hex"] == "#c8e23a"
    assert changed.name == product.name
    assert product.attributes["pattern"] == str(product.factors.pattern)


@pytest.mark.parametrize("silhouette", list(Silhouette))
def test_a_silhouette_is_a_range_of_collar_heights(silhouette):
    product = with_factors(next(products(1)), silhouette=silhouette)
    low, high = COLLAR_RANGES[silhouette]
    assert low < product.factors.collar_height < high
    assert product.factors.silhouette is silhouette
    for height in (low, high):
        assert replace(product.factors, collar_height=height).silhouette is silhouette


def test_every_brand_sells_and_keeps_its_habits():
    seen = defaultdict(list)
    for product in products(1200):
        seen[product.factors.brand].append(product.factors)
    assert set(seen) == set(BRANDS)
    for brand, sold in seen.items():
        assert {f.material for f in sold} <= set(BRANDS[brand].materials)
        assert {f.pattern for f in sold} <= set(BRANDS[brand].patterns)
        assert {f.silhouette for f in sold} <= set(BRANDS[brand].silhouettes)
    assert sorted(brand.mark for brand in BRANDS.values()) == sorted(MARKS)


def test_hype_follows_its_formula():
    factors = replace(
        next(products(1)).factors,
        brand="Kaizuru",
        pattern=Pattern.ZEBRA,
        collar_height=0.25,
        sole_shape=SoleShape.CHUNKY,
        accent=Colour(name="half", hex="#ff8080"),
    )
    score = -2.6 + 1.4 + 1.1 + 0.0 + 0.8 + 2.0 * (255 - 128) / 255
    assert hype_probability(factors) == pytest.approx(1 / (1 + np.exp(-1.6 * score)))


def test_hype_labels_come_at_the_stated_rates():
    sold = list(products(3000, seed=2))
    chance = np.array([hype_probability(p.factors) for p in sold])
    hyped = np.array([p.hyped for p in sold])
    assert {p.attributes["hype"] for p in sold} == {"hyped", "ordinary"}
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.6), (0.6, 1.0), (0, 1)):
        chosen = (chance >= low) & (chance <= high)
        spread = np.sqrt((chance * (1 - chance))[chosen].sum())
        assert chosen.sum() > 100
        assert abs(hyped[chosen].sum() - chance[chosen].sum()) < 4 * spread
    best = bayes_accuracy(sold)
    achieved = ((chance > 0.5) == hyped).mean()
    assert achieved == pytest.approx(best, abs=4 * np.sqrt(best * (1 - best) / len(sold)))
    assert 0.75 < best < 0.95


def test_mild_photos_are_mostly_shop_photos():
    views = [product.nuisance for product in products(1000)]
    left = sum(view.facing == "left" for view in views)
    assert 10 <= left <= 60
    assert max(abs(view.rotation) for view in views) < 5
    assert all(int(view.background[1:3], 16) > 235 for view in views)
