"""Terms of training losses: pure functions of tensors, each with the paper it comes from.

Divergences are in nats. Latents are B x D; `log_variance_BD` is the natural logarithm of a variance.
"""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

Reconstruction = Literal["l2", "l1"]
"""How the difference between a photo and its reconstruction is judged."""

IMQ_SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Widths of the inverse multiquadric kernel, relative to the expected squared distance of two prior draws."""


def reconstruction_nats(x_BCHW: Tensor, y_BCHW: Tensor, *, kind: Reconstruction, noise: float) -> Tensor:
    """B: minus the log-likelihood of the photo given its reconstruction, in nats, without its constant.

    l2 is a Gaussian of standard deviation `noise`, l1 a Laplace distribution of that scale; pixels are in [0, 1].
    """
    difference_BN = (x_BCHW.float() - y_BCHW.float()).flatten(1)
    if kind == "l2":
        return difference_BN.square().sum(1) / (2 * noise**2)
    return difference_BN.abs().sum(1) / noise


def kl_normal(mean_BD: Tensor, log_variance_BD: Tensor) -> Tensor:
    """B x D: KL(N(mean, variance) || N(0, 1)) of every latent (Kingma & Welling, ICLR 2014, appendix B)."""
    return 0.5 * (mean_BD.square() + log_variance_BD.exp() - 1 - log_variance_BD)


def reparameterise(mean_BD: Tensor, log_variance_BD: Tensor) -> Tensor:
    """One draw of N(mean, variance) per photo, through which gradients flow (Kingma & Welling, ICLR 2014)."""
    return mean_BD + torch.randn_like(mean_BD) * (0.5 * log_variance_BD).exp()


def mmd_imq(z_BD: Tensor, prior_BD: Tensor) -> Tensor:
    """Squared maximum mean discrepancy between codes and prior draws, unbiased, so it may be slightly negative.

    The inverse multiquadric kernel C / (C + |x - y|^2), summed over C = 2 D times each of IMQ_SCALES, as in Tolstikhin
    et al., "Wasserstein Auto-Encoders" (ICLR 2018), section 4 and algorithm 2. At least two rows.
    """
    num, dim = z_BD.shape
    within = _imq(z_BD, z_BD, dim=dim) + _imq(prior_BD, prior_BD, dim=dim)
    # The kernel of a row with itself is 1 for every scale.
    within_sum = within.sum() - 2 * num * len(IMQ_SCALES)
    return within_sum / (num * (num - 1)) - 2 * _imq(z_BD, prior_BD, dim=dim).mean()


def _imq(a_BD: Tensor, b_BD: Tensor, *, dim: int) -> Tensor:
    squared_BB = (a_BD[:, None] - b_BD[None]).square().sum(2)
    kernels = [2 * dim * scale / (2 * dim * scale + squared_BB) for scale in IMQ_SCALES]
    return torch.stack(kernels).sum(0)


@dataclass(frozen=True, kw_only=True)
class Decomposition:
    """The three parts of the average KL, in nats; they add up to the batch's estimate of it."""

    mutual_information: Tensor
    total_correlation: Tensor
    dimension_wise: Tensor


def decompose_kl(z_BD: Tensor, *, mean_BD: Tensor, log_variance_BD: Tensor, num_photos: int) -> Decomposition:
    """Minibatch-weighted estimates for one draw z per photo, of a data set of `num_photos`.

    Chen, Li, Grosse & Duvenaud, "Isolating Sources of Disentanglement in Variational Autoencoders" (NeurIPS 2018),
    equation 2 and section 4.1; log q(z) is a biased estimate, as the paper says.
    """
    log_weight = math.log(len(z_BD)) + math.log(num_photos)
    pairs_BBD = log_normal(z_BD[:, None], mean_BD[None], log_variance_BD[None])
    own_B = log_normal(z_BD, mean_BD, log_variance_BD).sum(1)
    prior_B = log_normal(z_BD, torch.zeros_like(z_BD), torch.zeros_like(z_BD)).sum(1)
    joint_B = pairs_BBD.sum(2).logsumexp(1) - log_weight
    marginals_B = (pairs_BBD.logsumexp(1) - log_weight).sum(1)
    return Decomposition(
        mutual_information=(own_B - joint_B).mean(),
        total_correlation=(joint_B - marginals_B).mean(),
        dimension_wise=(marginals_B - prior_B).mean(),
    )


def log_normal(z: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """The log-density of N(mean, variance) at z, element by element."""
    return -0.5 * (math.log(2 * math.pi) + log_variance + (z - mean).square() * (-log_variance).exp())
