"""What latents may look like when nothing is known of the photo: where encoders put them, and draws to compare with.

normal   N(0, I), the usual one
sphere   uniform on the sphere of radius sqrt(D): latents of equal length, each of variance 1 (Davidson et al. 2018,
         Xu & Durrett 2018, without their von Mises-Fisher posterior, which a divergence between samples does not need)
mixture  equal parts of NUM_PARTS Gaussians whose means and deviations are learned with the model (as in Tomczak &
         Welling 2018, with free means in place of pseudo-inputs)

A divergence that compares samples (mmd, a critic) takes any of them; the analytic KL takes `normal` alone.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from lookscape.representation.trainable import Prior

NUM_PARTS = 32


class NormalPrior(nn.Module):
    """N(0, I)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def place(self, outputs_BD: Tensor) -> Tensor:
        """Latents from an encoder's outputs."""
        return outputs_BD

    def draw(self, count: int, *, device: torch.device) -> Tensor:
        """Latents, count x D, from torch's generator."""
        return torch.randn(count, self.dim, device=device)


class SpherePrior(NormalPrior):
    """Uniform on the sphere of radius sqrt(D)."""

    def place(self, outputs_BD: Tensor) -> Tensor:
        """The point of the sphere in the outputs' direction."""
        return normalize(outputs_BD.float(), dim=1) * math.sqrt(self.dim)

    def draw(self, count: int, *, device: torch.device) -> Tensor:
        """A normal's direction is uniform."""
        return self.place(super().draw(count, device=device))


class MixturePrior(NormalPrior):
    """Gaussians with diagonal covariance, learned; together they start close to N(0, I)."""

    def __init__(self, dim: int) -> None:
        super().__init__(dim)
        self.means = nn.Parameter(torch.randn(NUM_PARTS, dim) * math.sqrt(0.5))
        self.log_deviations = nn.Parameter(torch.full((NUM_PARTS, dim), 0.5 * math.log(0.5)))

    def draw(self, count: int, *, device: torch.device) -> Tensor:
        """With a gradient to the parts' means and deviations."""
        parts_N = torch.randint(NUM_PARTS, (count,), device=device)
        noise_ND = super().draw(count, device=device)
        return self.means[parts_N] + noise_ND * self.log_deviations[parts_N].exp()


def build_prior(choice: Prior, *, dim: int) -> NormalPrior:
    """The prior of that name; `none` has none."""
    classes = {Prior.NORMAL: NormalPrior, Prior.SPHERE: SpherePrior, Prior.MIXTURE: MixturePrior}
    return classes[choice](dim)
