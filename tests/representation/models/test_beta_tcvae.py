"""The total correlation of latents whose dependence is known."""

import math

import pytest
import torch

from lookscape.representation.models.beta_tcvae import Config, Model, total_correlation
from lookscape.representation.networks.losses import kl_to_normal
from lookscape.representation.trainable import Posterior, StepContext


def posterior(mean_BD: torch.Tensor, *, deviation: float) -> Posterior:
    return Posterior(mean_BD=mean_BD, log_variance_BD=torch.full_like(mean_BD, 2 * math.log(deviation)))


def test_one_photo_has_none() -> None:
    torch.manual_seed(0)
    alone = posterior(torch.randn(1, 5), deviation=0.5)
    assert total_correlation(alone.sample(), posterior=alone).item() == pytest.approx(0, abs=1e-5)


def test_it_is_that_of_correlated_normals() -> None:
    """Means and noise of variance 1 and 0.25: for correlation r of the sums it is -log(1 - r^2) / 2."""
    torch.manual_seed(0)
    mean_BD = torch.randn(1500, 2)
    mean_BD[:, 1] = 0.9 * mean_BD[:, 0] + math.sqrt(1 - 0.81) * mean_BD[:, 1]
    correlated = posterior(mean_BD, deviation=0.5)
    correlation = 0.9 / 1.25
    expected = -0.5 * math.log(1 - correlation**2)
    found = total_correlation(correlated.sample(), posterior=correlated).item()
    assert found == pytest.approx(expected, abs=0.05)


def test_independent_latents_have_nearly_none() -> None:
    torch.manual_seed(0)
    independent = posterior(torch.randn(1500, 2), deviation=0.5)
    assert total_correlation(independent.sample(), posterior=independent).item() == pytest.approx(0, abs=0.03)


def test_every_weight_gets_a_gradient_and_the_losses_add_up() -> None:
    torch.manual_seed(0)
    model = Model(Config(side=16, dim=3, width=8, beta=5.0))
    x_BCHW = torch.rand(6, 3, 16, 16)
    losses = model(x_BCHW, StepContext(step=5, num_steps=10))
    losses.total.backward()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in model.parameters())
    found = losses.measured
    expected = 156.0 * found["reconstruction"] + found["divergence"] + 4.0 * found["correlation"]
    torch.testing.assert_close(losses.total.detach(), expected)
    assert found["divergence"].item() == pytest.approx(kl_to_normal(model.posterior(x_BCHW)).sum(1).mean().item())
