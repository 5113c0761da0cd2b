"""Names for factors, from attributes whose connection with them is known."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from lookscape.errors import UsageError
from lookscape.representation.language.names import Kind, suggest

N = 400


def test_a_number_is_suggested_with_its_rank_correlation_and_its_ends() -> None:
    rng = np.random.default_rng(0)
    f_NF = rng.standard_normal((N, 3))
    height_N = np.exp(f_NF[:, 0] + 0.3 * rng.standard_normal(N))
    dark_N = -f_NF[:, 1] + 0.5 * rng.standard_normal(N)
    found = suggest(f_NF, attributes={"shape.ankle_height": height_N, "sole.lightness": dark_N})
    first, second = found[0][0], found[1][0]
    assert first.attribute == "shape.ankle_height"
    assert first.strength == pytest.approx(spearmanr(f_NF[:, 0], height_N).statistic, abs=1e-4)
    assert (first.title, first.low, first.high) == ("silhouette height", "low", "boot")
    assert first.confidence == 1.0
    assert second.strength < -0.6
    assert (second.low, second.high) == ("light sole", "dark sole")
    assert found[2] == []


def test_a_value_of_a_category_is_suggested_with_twice_its_area_less_one() -> None:
    rng = np.random.default_rng(1)
    f_NF = rng.standard_normal((N, 2))
    kind_N = np.where(f_NF[:, 0] + 0.3 * rng.standard_normal(N) > 1, "boot", "low")
    [first, *_], none = suggest(f_NF, attributes={"silhouette": kind_N})
    assert (first.kind, first.attribute) == (Kind.VALUE, "silhouette")
    assert abs(first.strength) == pytest.approx(2 * roc_auc_score(kind_N == "boot", f_NF[:, 0]) - 1, abs=1e-4)
    assert {first.low, first.high} == {f"not {first.value}", first.value}
    assert none == []


def test_a_rare_value_does_not_outdo_the_scale_it_is_a_part_of() -> None:
    rng = np.random.default_rng(5)
    f_NF = rng.standard_normal((N, 1))
    warmth_N = f_NF[:, 0] + 0.5 * rng.standard_normal(N)
    colour_N = np.where(f_NF[:, 0] > 1.5, "orange", "other")
    found = suggest(f_NF, attributes={"colour.main": colour_N, "tone.warmth": warmth_N})[0]
    assert (found[0].attribute, found[1].attribute) == ("tone.warmth", "colour.main")
    assert abs(found[1].strength) > found[0].strength
    assert found[0].confidence > 0.99


def test_two_attributes_that_are_equally_strong_are_less_sure() -> None:
    rng = np.random.default_rng(2)
    f_NF = rng.standard_normal((N, 1))
    table = {name: f_NF[:, 0] + rng.standard_normal(N) for name in ("one", "other")}
    first, second = suggest(f_NF, attributes=table)[0]
    assert first.strength >= second.strength
    assert 0.3 < first.confidence < 0.98
    assert first.confidence + second.confidence == pytest.approx(1, abs=0.05)


def test_missing_values_are_left_out_and_little_known_attributes_too() -> None:
    rng = np.random.default_rng(3)
    f_NF = rng.standard_normal((N, 1))
    partly_N = np.where(np.arange(N) % 2 == 0, f_NF[:, 0], np.nan)
    hardly_N = np.where(np.arange(N) < 20, f_NF[:, 0], np.nan)
    brand_N = np.array([f"brand {number}" for number in range(N)])
    table = {"partly": partly_N, "hardly": hardly_N, "brand": brand_N, "constant": np.ones(N), "same": ["x"] * N}
    found = suggest(f_NF, attributes={name: np.asarray(column) for name, column in table.items()})
    assert [(item.attribute, item.strength) for item in found[0]] == [("partly", 1.0)]


def test_nothing_is_named_by_chance() -> None:
    rng = np.random.default_rng(4)
    f_NF = rng.standard_normal((N, 20))
    table = {f"noise {number}": rng.standard_normal(N) for number in range(20)}
    assert suggest(f_NF, attributes=table) == [[] for _ in range(20)]


def test_columns_of_another_length_are_refused() -> None:
    with pytest.raises(UsageError, match="'height' has 3 values for 400"):
        suggest(np.zeros((N, 2)), attributes={"height": np.zeros(3)})
