"""Priors: what is drawn has the moments it should have, and encoders' outputs are put where draws lie."""

import math

import numpy as np
import pytest
import torch

from lookscape.representation.networks.losses import mmd
from lookscape.representation.networks.priors import MixturePrior, SpherePrior, build_prior
from lookscape.representation.trainable import Prior

CPU = torch.device("cpu")
CHOICES = (Prior.NORMAL, Prior.SPHERE, Prior.MIXTURE)


@pytest.mark.parametrize("choice", CHOICES)
def test_draws_have_mean_nought_and_variance_one_and_are_repeated_by_the_seed(choice: Prior) -> None:
    torch.manual_seed(0)
    prior = build_prior(choice, dim=64)
    z_ND = prior.draw(4000, device=CPU).detach()
    assert z_ND.shape == (4000, 64)
    assert float(z_ND.mean()) == pytest.approx(0, abs=0.05)
    assert float(z_ND.square().mean()) == pytest.approx(1, abs=0.1)
    torch.manual_seed(7)
    first = prior.draw(5, device=CPU)
    torch.manual_seed(7)
    assert torch.equal(first, prior.draw(5, device=CPU))


def test_the_sphere_has_radius_root_d_for_draws_and_outputs() -> None:
    prior = SpherePrior(16)
    torch.manual_seed(0)
    for z_ND in (prior.draw(100, device=CPU), prior.place(30 * torch.randn(100, 16))):
        np.testing.assert_allclose(z_ND.norm(dim=1), 4, rtol=1e-5)
    assert prior.place(torch.zeros(1, 16)).isfinite().all()


def test_the_sphere_is_uniform() -> None:
    """Archimedes: on the sphere in three dimensions every coordinate is uniform."""
    torch.manual_seed(0)
    heights = SpherePrior(3).draw(20_000, device=CPU)[:, 1] / math.sqrt(3)
    counts = torch.histc(heights, bins=10, min=-1, max=1)
    assert ((counts - 2000).abs() < 200).all()


def test_other_priors_leave_outputs_alone() -> None:
    outputs = torch.randn(4, 8)
    assert build_prior(Prior.NORMAL, dim=8).place(outputs) is outputs
    assert build_prior(Prior.MIXTURE, dim=8).place(outputs) is outputs


def test_a_mixture_draws_from_its_parts() -> None:
    prior = MixturePrior(2)
    with torch.no_grad():
        prior.means.copy_(torch.arange(len(prior.means))[:, None] * torch.tensor([10.0, -10.0]))
        prior.log_deviations.fill_(math.log(0.1))
    torch.manual_seed(0)
    z_ND = prior.draw(6400, device=CPU).detach()
    parts = (z_ND[:, 0] / 10).round()
    counts = torch.bincount(parts.long(), minlength=len(prior.means))
    assert ((counts > 140) & (counts < 270)).all()
    assert float((z_ND[:, 0] - 10 * parts).std()) == pytest.approx(0.1, rel=0.05)
    np.testing.assert_allclose((z_ND[:, 1] / -10).round(), parts)


def test_a_mixture_learns_two_clusters_that_a_normal_prior_cannot_show() -> None:
    torch.manual_seed(0)
    prior = MixturePrior(2)
    clusters = 0.2 * torch.randn(64, 2) + torch.tensor([2.0, 0.0]) * (2 * (torch.arange(64) % 2) - 1)[:, None]
    before = mmd(clusters, prior_ND=prior.draw(128, device=CPU)).detach()
    optimizer = torch.optim.Adam(prior.parameters(), lr=0.2)
    for _ in range(50):
        optimizer.zero_grad()
        mmd(clusters, prior_ND=prior.draw(128, device=CPU)).backward()
        optimizer.step()
    after = mmd(clusters, prior_ND=prior.draw(128, device=CPU)).detach()
    assert after < 0.1 * before
    assert len(list(build_prior(Prior.NORMAL, dim=2).parameters())) == 0
