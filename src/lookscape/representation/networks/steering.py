"""A weight that is steered so that a divergence keeps to a number of nats (Shao et al., "ControlVAE", ICML 2020)."""

from torch import Tensor

GAIN = 0.02
"""How strongly the weight's logarithm follows the relative excess of the divergence, each step."""


def steer(log_weight: Tensor, *, divergence: Tensor, capacity: float) -> None:
    """Move the logarithm of the weight, in place: up while the divergence, in nats, is above the capacity."""
    log_weight += GAIN * (divergence.detach() / capacity - 1).clamp(-1, 1)
