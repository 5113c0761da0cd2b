"""Losses against closed forms and second implementations."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import Normal, kl_divergence

from lookscape.representation.metrics.aggregate import prior_mmd
from lookscape.representation.networks.losses import (
    L1_SCALE,
    LOG_AT,
    LOG_FLOOR,
    PERCEPTUAL_SHARE,
    WIDTHS,
    Error,
    critic_accuracy,
    critic_loss,
    fooling_loss,
    gaussian_likelihood,
    kl_to_normal,
    mmd,
    reconstruction_error,
)
from lookscape.representation.networks.perceptual import photo_distance
from lookscape.representation.trainable import Posterior


def draws(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def photos(count: int, *, side: int = 32, seed: int = 0) -> Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(seed))


def by_hand(z_BD: Tensor, prior_ND: Tensor) -> float:
    """The unbiased estimate of Gretton et al. (2012), equation 3, with two loops."""

    def kernel(a: Tensor, b: Tensor) -> float:
        squared = float(((a - b) ** 2).sum())
        return sum(2 * len(a) * s / (2 * len(a) * s + squared) for s in WIDTHS)

    def among(rows: Tensor) -> float:
        pairs = [kernel(a, b) for i, a in enumerate(rows) for j, b in enumerate(rows) if i != j]
        return sum(pairs) / len(pairs)

    across = [kernel(a, b) for a in z_BD for b in prior_ND]
    return among(z_BD) + among(prior_ND) - 2 * sum(across) / len(across)


def test_divergence_is_that_of_torch_distributions() -> None:
    posterior = Posterior(mean_BD=draws(5, 7), log_variance_BD=draws(5, 7, seed=1))
    assert posterior.log_variance_BD is not None
    normal = Normal(posterior.mean_BD, (0.5 * posterior.log_variance_BD).exp())
    expected = kl_divergence(normal, Normal(torch.zeros(5, 7), torch.ones(5, 7)))
    np.testing.assert_allclose(kl_to_normal(posterior), expected, atol=1e-5)
    assert kl_to_normal(Posterior(mean_BD=torch.zeros(2, 3), log_variance_BD=torch.zeros(2, 3))).abs().sum() == 0


def test_likelihood_is_that_of_torch_distributions_and_best_at_the_true_deviation() -> None:
    x, rebuilt = photos(3), photos(3, seed=1)

    def found(log_sigma: float) -> float:
        return float(gaussian_likelihood(x, rebuilt_BCHW=rebuilt, log_sigma=torch.tensor(log_sigma)))

    expected = -Normal(rebuilt, math.exp(-0.7)).log_prob(x).flatten(1).sum(1).mean()
    assert found(-0.7) == pytest.approx(float(expected), rel=1e-5)
    best = 0.5 * math.log(float((x - rebuilt).square().mean()))
    assert found(best) < min(found(best - 0.1), found(best + 0.1))


def test_reconstruction_errors_are_their_formulas() -> None:
    x, rebuilt = photos(4), photos(4, seed=1)
    difference = (x - rebuilt).double().numpy()
    absolute = reconstruction_error(x, rebuilt_BCHW=rebuilt, error=Error.L1)
    squared = reconstruction_error(x, rebuilt_BCHW=rebuilt, error=Error.L2)
    assert float(absolute) == pytest.approx(L1_SCALE * np.abs(difference).sum() / 4, rel=1e-5)
    assert float(squared) == pytest.approx(0.5 * (difference**2).sum() / 4, rel=1e-5)
    logarithm = reconstruction_error(x, rebuilt_BCHW=rebuilt, error=Error.LOG)
    means = (difference**2).reshape(4, -1).mean(axis=1)
    assert float(logarithm) == pytest.approx(0.5 * LOG_AT * 3072 * np.log(means + LOG_FLOOR).mean(), rel=1e-5)
    perceptual = reconstruction_error(x, rebuilt_BCHW=rebuilt, error=Error.PERCEPTUAL)
    distance = float(photo_distance(x, other_BCHW=rebuilt).mean())
    assert float(perceptual - squared) == pytest.approx(PERCEPTUAL_SHARE * 3 * 32 * 32 * distance, rel=1e-3)


@pytest.mark.parametrize("error", list(Error))
def test_every_error_is_least_for_equal_photos_and_grows_with_noise(error: Error) -> None:
    x, noise = photos(4), 0.1 * draws(4, 3, 32, 32)
    found = [
        float(reconstruction_error(x, rebuilt_BCHW=x + much * noise, error=error)) for much in (0.0, 0.5, 1.0, 2.0)
    ]
    assert found[0] == (pytest.approx(0.5 * LOG_AT * 3072 * math.log(LOG_FLOOR)) if error is Error.LOG else 0)
    assert found == sorted(found)
    assert found[1] > found[0]


def test_the_log_error_pulls_as_hard_as_squares_where_photos_are_as_exact_as_usual() -> None:
    x, noise = photos(1), draws(1, 3, 32, 32)
    noise *= (LOG_AT - LOG_FLOOR) ** 0.5 / noise.square().mean().sqrt()
    slopes = []
    for error in (Error.LOG, Error.L2):
        rebuilt = (x + noise).requires_grad_()
        slopes += torch.autograd.grad(reconstruction_error(x, rebuilt_BCHW=rebuilt, error=error), rebuilt)
    np.testing.assert_allclose(slopes[0], slopes[1], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("error", list(Error))
def test_every_error_leads_back_to_the_photo(error: Error) -> None:
    x = photos(2)
    rebuilt = (x + 0.1 * draws(2, 3, 32, 32)).requires_grad_()
    before = reconstruction_error(x, rebuilt_BCHW=rebuilt, error=error)
    (slope,) = torch.autograd.grad(before, rebuilt)
    after = reconstruction_error(x, rebuilt_BCHW=rebuilt - 0.05 * slope / slope.abs().mean() * 0.1, error=error)
    assert after < before


@pytest.mark.parametrize(("count", "dim", "num_draws"), [(6, 3, 6), (9, 5, 4), (2, 1, 7)])
def test_discrepancy_is_the_one_of_two_loops(count: int, dim: int, num_draws: int) -> None:
    z, prior = 1.5 * draws(count, dim) + 0.3, draws(num_draws, dim, seed=1)
    assert float(mmd(z, prior_ND=prior)) == pytest.approx(by_hand(z, prior), abs=1e-5)


def test_discrepancy_of_the_prior_is_zero_on_average() -> None:
    found = [float(mmd(draws(16, 8, seed=n), prior_ND=draws(64, 8, seed=10_000 + n))) for n in range(150)]
    assert abs(np.mean(found)) < 3 * np.std(found) / math.sqrt(len(found))
    assert min(found) < 0 < max(found)


def test_discrepancy_from_draws_is_on_average_the_one_from_the_prior_itself() -> None:
    z = 0.6 * draws(64, 8) + 0.5
    exact = prior_mmd(z.numpy()).mmd_squared
    found = [float(mmd(z, prior_ND=draws(256, 8, seed=n))) for n in range(1, 60)]
    assert np.mean(found) == pytest.approx(exact, abs=3 * np.std(found) / math.sqrt(len(found)) + 1e-5)
    assert exact > 0.1


def test_discrepancy_pulls_latents_towards_the_prior_and_a_learned_prior_towards_latents() -> None:
    z, prior = (draws(64, 4) + 2).requires_grad_(), draws(64, 4, seed=1).requires_grad_()
    mmd(z, prior_ND=prior).backward()
    assert z.grad is not None
    assert prior.grad is not None
    assert (z.grad.mean(0) > 0).all()
    assert (prior.grad.mean(0) < 0).all()


def test_discrepancy_of_equal_latents_has_a_gradient() -> None:
    z = torch.zeros(4, 3, requires_grad=True)
    mmd(z, prior_ND=draws(8, 3)).backward()
    assert z.grad is not None
    assert z.grad.isfinite().all()


def test_losses_are_in_full_precision_under_autocast() -> None:
    z, prior = draws(32, 64), draws(64, 64, seed=1)
    with torch.autocast("cpu", torch.bfloat16):
        found = mmd(z, prior_ND=prior)
        loss = critic_loss(z[:, 0].bfloat16(), made_logits=z[:, 1].bfloat16())
    assert found.dtype == loss.dtype == torch.float32
    assert float(found) == float(mmd(z, prior_ND=prior))


def test_a_critic_that_cannot_tell_pays_two_logs_of_two_and_the_best_one_what_jensen_and_shannon_say() -> None:
    blind = torch.zeros(5)
    assert float(critic_loss(blind, made_logits=blind)) == pytest.approx(2 * math.log(2))
    assert float(fooling_loss(blind)) == pytest.approx(math.log(2))
    real, made = Normal(0.0, 1.0), Normal(1.0, 1.0)
    torch.manual_seed(0)
    x, y = real.sample((200_000,)), made.sample((200_000,))
    best = critic_loss(logit(x, real, made), made_logits=logit(y, real, made))
    grid = torch.linspace(-12, 13, 20_001, dtype=torch.float64)
    p, q = real.log_prob(grid).exp(), made.log_prob(grid).exp()
    middle = 0.5 * (p + q)
    divergence = torch.trapezoid(0.5 * p * (p / middle).log() + 0.5 * q * (q / middle).log(), grid)
    assert float(best) == pytest.approx(2 * math.log(2) - 2 * float(divergence), abs=0.005)


def logit(x: Tensor, real: Normal, made: Normal) -> Tensor:
    """The best critic's."""
    return real.log_prob(x) - made.log_prob(x)


def test_a_critics_accuracy_counts_both_sides_alike() -> None:
    real, made = torch.tensor([1.0, 1.0, -1.0, 1.0]), torch.tensor([-1.0, 1.0])
    assert float(critic_accuracy(real, made_logits=made)) == pytest.approx((0.75 + 0.5) / 2)
    assert float(critic_accuracy(torch.zeros(3), made_logits=torch.zeros(5))) == 0.5


def test_extreme_logits_give_finite_losses() -> None:
    huge = torch.tensor([-1e4, 1e4])
    assert critic_loss(huge, made_logits=huge).isfinite()
    assert fooling_loss(huge).isfinite()
