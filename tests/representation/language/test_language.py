"""The map between latents and factors, checked on latents whose factors are known."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lookscape.errors import NotFoundError, UsageError
from lookscape.representation.language.language import FEWEST, Language, fit

N, D = 2000, 8
Matrix = NDArray[np.float64]


def catalogue(*, seed: int = 0, correlation: float = 0.0) -> tuple[Matrix, dict[str, Matrix]]:
    """Latents that mix eight independent sources by a random matrix, the first two correlated, and what two measure."""
    rng = np.random.default_rng(seed)
    sources_ND = rng.standard_normal((N, D))
    sources_ND[:, 1] = correlation * sources_ND[:, 0] + np.sqrt(1 - correlation**2) * sources_ND[:, 1]
    z_ND = sources_ND @ rng.standard_normal((D, D)) + rng.standard_normal(D)
    noise_N2 = 0.1 * rng.standard_normal((N, 2))
    columns = {"height": 3 + 2 * (sources_ND[:, 0] + noise_N2[:, 0]), "light": sources_ND[:, 1] + noise_N2[:, 1]}
    return z_ND, columns


def place(language: Language, attribute: str) -> int:
    return [factor.attribute for factor in language.factors].index(attribute)


def test_latents_come_back_from_factors_exactly() -> None:
    z_ND, columns = catalogue()
    language = fit(z_ND, columns=columns)
    np.testing.assert_allclose(language.to_latents(language.to_factors(z_ND)), z_ND, atol=1e-9)
    np.testing.assert_allclose(language.forward_DF @ language.backward_FD, np.eye(D), atol=1e-9)


def test_factors_have_mean_zero_and_variance_one_over_the_catalogue() -> None:
    z_ND, columns = catalogue()
    f_NF = fit(z_ND, columns=columns).to_factors(z_ND)
    np.testing.assert_allclose(f_NF.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(f_NF.std(axis=0), 1, atol=1e-9)


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_an_attribute_gets_the_factor_that_measures_it_on_products_never_seen(correlation: float) -> None:
    z_ND, columns = catalogue(correlation=correlation)
    language = fit(z_ND[:1500], columns={name: column_N[:1500] for name, column_N in columns.items()})
    f_NF = language.to_factors(z_ND[1500:])
    for name, column_N in columns.items():
        found = np.corrcoef(f_NF[:, place(language, name)], column_N[1500:])[0, 1]
        assert found > 0.98, f"{name}: {found}"


def test_the_rest_is_uncorrelated_with_the_aligned_factors_and_with_itself() -> None:
    z_ND, columns = catalogue(correlation=0.5)
    language = fit(z_ND, columns=columns)
    rest = [number for number, factor in enumerate(language.factors) if not factor.attribute]
    correlation_FF = np.corrcoef(language.to_factors(z_ND).T)
    assert len(rest) == D - 2
    np.fill_diagonal(correlation_FF, 0)
    np.testing.assert_allclose(correlation_FF[rest], 0, atol=1e-9)
    assert correlation_FF[place(language, "height"), place(language, "light")] == pytest.approx(0.5, abs=0.05)


def test_moving_a_factor_moves_that_one_alone() -> None:
    z_ND, columns = catalogue(correlation=0.5)
    language = fit(z_ND, columns=columns)
    number = place(language, "height")
    change_NF = language.to_factors(language.moved(z_ND[:5], factor=number, by=1.5)) - language.to_factors(z_ND[:5])
    expected_NF = np.zeros_like(change_NF)
    expected_NF[:, number] = 1.5
    np.testing.assert_allclose(change_NF, expected_NF, atol=1e-9)
    with pytest.raises(UsageError, match="no factor 8"):
        language.moved(z_ND[:5], factor=8, by=1)


def test_an_attribute_that_latents_do_not_know_gets_no_factor() -> None:
    z_ND, columns = catalogue()
    noise_N = np.random.default_rng(5).standard_normal(N)
    language = fit(z_ND, columns={**columns, "noise": noise_N, "constant": np.ones(N), "unknown": np.full(N, np.nan)})
    assert {factor.attribute for factor in language.factors} == {"height", "light", ""}


def test_of_two_attributes_that_say_the_same_one_gets_a_factor() -> None:
    z_ND, columns = catalogue()
    language = fit(z_ND, columns={**columns, "height in inches": columns["height"] / 2.54})
    assert sum(factor.attribute.startswith("height") for factor in language.factors) == 1


def test_unknown_values_are_left_out() -> None:
    z_ND, columns = catalogue()
    columns["height"][::3] = np.nan
    language = fit(z_ND, columns=columns)
    assert language.factors[place(language, "height")].predicted > 0.95


def test_information_is_that_of_a_gaussian_channel() -> None:
    rng = np.random.default_rng(1)
    z_ND = rng.standard_normal((N, 3))
    variances_ND = np.tile([0.01, 1.0, 0.1], (N, 1))
    language = fit(z_ND * [1, 1, 1.0], variances_ND=variances_ND)
    nats = [factor.information_nats for factor in language.factors]
    assert nats == sorted(nats, reverse=True)
    assert sum(factor.share for factor in language.factors) == pytest.approx(1)
    independent = fit(z_ND * [3, 2, 1], variances_ND=np.tile([0.09, 4.0, 0.1], (N, 1)))
    expected = [0.5 * np.log1p(1 / noise) for noise in (0.01, 0.1, 1.0)]
    np.testing.assert_allclose([factor.information_nats for factor in independent.factors], expected, rtol=0.05)


def test_percentiles_agree_with_counting() -> None:
    z_ND, columns = catalogue()
    language = fit(z_ND, columns=columns)
    f_NF = language.to_factors(z_ND)
    percent_NF = language.percentiles(f_NF)
    for number in range(D):
        below = (f_NF[:, number][None] < f_NF[:50, number][:, None]).mean(axis=1) * 100
        np.testing.assert_allclose(percent_NF[:50, number], below, atol=0.6)
    far_NF = language.percentiles(np.stack([np.full(D, -99.0), np.full(D, 99.0)]))
    np.testing.assert_array_equal(far_NF, [[0] * D, [100] * D])


def test_a_collapsed_latent_comes_last_and_breaks_nothing() -> None:
    z_ND, columns = catalogue()
    z_ND = np.concatenate([z_ND, np.full((N, 1), 0.3)], axis=1)
    language = fit(z_ND, columns=columns, variances_ND=np.ones((N, D + 1)))
    np.testing.assert_allclose(language.to_latents(language.to_factors(z_ND)), z_ND, atol=1e-6)
    assert np.isfinite(language.percentiles(language.to_factors(z_ND))).all()
    assert language.factors[-1].information_nats < 1e-3


def test_the_same_latents_give_the_same_language_and_it_can_be_kept(tmp_path: Path) -> None:
    z_ND, columns = catalogue()
    first, second = fit(z_ND, columns=columns), fit(z_ND, columns=columns)
    assert first.key == second.key
    first.save(tmp_path / "language")
    read = Language.load(tmp_path / "language")
    assert read.key == first.key
    assert read.factors == first.factors
    np.testing.assert_array_equal(read.to_factors(z_ND), first.to_factors(z_ND))
    np.testing.assert_array_equal(read.percentiles(z_ND), first.percentiles(z_ND))
    with pytest.raises(NotFoundError):
        Language.load(tmp_path / "elsewhere")


def test_what_cannot_be_fitted_is_said() -> None:
    z_ND, columns = catalogue()
    with pytest.raises(UsageError, match=f"at least {FEWEST} products"):
        fit(z_ND[:5])
    with pytest.raises(UsageError, match="not finite"):
        fit(np.full((50, 3), np.nan))
    with pytest.raises(UsageError, match="'height' has 2000 values for 100"):
        fit(z_ND[:100], columns=columns)
    with pytest.raises(UsageError, match="8 factors"):
        fit(z_ND).to_factors(z_ND[:, :3])


def test_leading_attributes_choose_their_directions_before_better_predicted_ones() -> None:
    z_ND, columns = catalogue()
    leading, whole = columns["height"] + np.random.default_rng(2).standard_normal(N), columns["height"]
    language = fit(z_ND, columns={"tone.lightness": whole, "side.lightness": leading})
    assert [factor.attribute for factor in language.factors if factor.attribute] == ["side.lightness"]


@pytest.mark.parametrize("better", ["shape.collar_height", "shape.ankle_height"])
def test_of_two_measures_of_one_thing_the_better_predicted_leads(better: str) -> None:
    z_ND, columns = catalogue()
    other = "shape.ankle_height" if better == "shape.collar_height" else "shape.collar_height"
    noisy = columns["height"] + np.random.default_rng(2).standard_normal(N)
    language = fit(z_ND, columns={other: noisy, better: columns["height"], "tone.lightness": columns["height"]})
    assert [factor.attribute for factor in language.factors if factor.attribute] == [better]
