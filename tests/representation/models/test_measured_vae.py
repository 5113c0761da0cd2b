"""Tied latents learn what is measured; the rest is a beta-VAE."""

import pytest
import torch
from torch import Tensor

from lookscape.representation.models.measured_vae import Config, Model, tie_distance
from lookscape.representation.trainable import StepContext


def small(**changes: object) -> Model:
    torch.manual_seed(0)
    return Model(Config(**{"side": 16, "dim": 4, "width": 8, "ties": ("light", "wide"), **changes}))


def photos(count: int) -> tuple[Tensor, Tensor]:
    """Bars of any lightness and width, and both, standardised."""
    truth_B2 = torch.rand(count, 2)
    x_BCHW = torch.ones(count, 3, 16, 16)
    for row, (light, wide) in enumerate(truth_B2.tolist()):
        x_BCHW[row, :, :, : 2 + int(12 * wide)] = 0.8 * light
    return x_BCHW, (truth_B2 - truth_B2.mean(0)) / truth_B2.std(0)


def test_the_distance_is_that_of_the_known_attributes() -> None:
    z_BA = torch.tensor([[1.0, 2.0], [0.0, 0.0]])
    measured_BA = torch.tensor([[0.0, float("nan")], [9.0, 1.0]])
    assert tie_distance(z_BA, measured_BA=measured_BA).item() == pytest.approx((1 + 16 + 1) / 4)
    assert tie_distance(z_BA, measured_BA=torch.full((2, 2), float("nan"))).item() == 0


def test_unknown_attributes_send_no_gradient() -> None:
    z_BA = torch.zeros(1, 2, requires_grad=True)
    tie_distance(z_BA, measured_BA=torch.tensor([[1.0, float("nan")]])).backward()
    assert z_BA.grad is not None
    assert z_BA.grad.tolist() == [[-1.0, 0.0]]


def test_every_weight_gets_a_gradient_and_nothing_measured_is_a_beta_vae() -> None:
    model, (x_BCHW, measured_BA) = small(), photos(8)
    losses = model(x_BCHW, StepContext(step=5, num_steps=10, measured_BA=measured_BA))
    losses.total.backward()
    assert set(losses.measured) == {"reconstruction", "divergence", "beta", "tie"}
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in model.parameters())
    torch.manual_seed(1)
    plain = model(x_BCHW, StepContext(step=5, num_steps=10))
    assert set(plain.measured) == {"reconstruction", "divergence", "beta"}
    bound = 156.0 * plain.measured["reconstruction"] + 4.0 * plain.measured["divergence"]
    expected = bound / x_BCHW[0].numel()
    torch.testing.assert_close(plain.total.detach(), expected)


def test_tied_latents_follow_what_is_measured_on_photos_never_seen() -> None:
    model, (x_BCHW, measured_BA) = small(), photos(256)
    optimizer = torch.optim.Adam(model.parameters(), lr=6e-3)
    for step in range(70):
        rows = torch.randint(192, (32,))
        losses = model(x_BCHW[rows], StepContext(step=step, num_steps=70, measured_BA=measured_BA[rows]))
        optimizer.zero_grad()
        losses.total.backward()
        optimizer.step()
    mean_BD = model.posterior(x_BCHW[192:]).mean_BD.detach()
    for place in range(2):
        found = torch.corrcoef(torch.stack([mean_BD[:, place], measured_BA[192:, place]]))[0, 1].item()
        assert found > 0.9, f"{place}: {found}"


def test_of_more_attributes_than_latents_the_first_count() -> None:
    assert small(dim=1).wants == ("light",)
    x_BCHW, measured_BA = photos(4)
    losses = small(dim=1)(x_BCHW, StepContext(step=5, num_steps=10, measured_BA=measured_BA[:, :1]))
    assert losses.total.isfinite()


def test_a_capacity_steers_the_weight_and_starts_the_free_latents_as_a_linear_code() -> None:
    model, (x_BCHW, measured_BA) = small(capacity=3.0, beta=1.0), photos(64)
    model.start_from(x_BCHW)
    tied_NA = model.encoder.straight.weight[:2]
    assert not tied_NA.any()
    assert model.encoder.straight.weight[2:4].any()
    before = model.log_beta.item()
    losses = model(x_BCHW, StepContext(step=0, num_steps=10, measured_BA=measured_BA))
    moved = model.log_beta.item() - before
    assert moved * (losses.measured["divergence"].item() - 3.0) > 0
    model.eval()
    model(x_BCHW, StepContext(step=1, num_steps=10))
    assert model.log_beta.item() == before + moved
