"""A steered weight moves against the excess, by no more than its gain, and stops where the divergence is right."""

import pytest
import torch

from lookscape.representation.networks.steering import GAIN, steer


@pytest.mark.parametrize(("nats", "moved"), [(100.0, 0.0), (150.0, 0.5), (50.0, -0.5), (1e9, 1.0), (0.0, -1.0)])
def test_one_step(nats: float, moved: float) -> None:
    log_weight = torch.tensor(0.3)
    steer(log_weight, divergence=torch.tensor(nats, requires_grad=True), capacity=100.0)
    assert float(log_weight) == pytest.approx(0.3 + GAIN * moved)
    assert not log_weight.requires_grad


def test_a_divergence_that_falls_with_the_weight_settles_at_the_capacity() -> None:
    log_weight = torch.tensor(0.0)
    for _ in range(1000):
        steer(log_weight, divergence=200 * (-0.5 * log_weight).exp(), capacity=100.0)
    assert float(200 * (-0.5 * log_weight).exp()) == pytest.approx(100, rel=0.01)
