"""Losses that several models share: pure functions of tensors.

Divergences are in nats a photo, reconstruction errors summed over a photo's pixels and averaged over the batch, so
that they can be added as in an evidence lower bound.
"""

import math
from enum import StrEnum

import torch
from torch import Tensor

from lookscape.representation.trainable import Posterior

WIDTHS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Multiples of 2D, the expected squared distance of two prior draws, that the inverse multiquadric kernel sums over."""


class Error(StrEnum):
    """How far a reconstruction is from its photo."""

    L1 = "l1"
    L2 = "l2"


def reconstruction_error(x_BCHW: Tensor, *, rebuilt_BCHW: Tensor, error: Error = Error.L2) -> Tensor:
    """The sum over pixels and channels, averaged over the batch: absolute differences or half their squares."""
    difference = (x_BCHW - rebuilt_BCHW).flatten(1)
    per_photo = difference.abs().sum(1) if error is Error.L1 else 0.5 * difference.square().sum(1)
    return per_photo.mean()


def gaussian_likelihood(x_BCHW: Tensor, *, rebuilt_BCHW: Tensor, log_sigma: Tensor) -> Tensor:
    """Negative log-likelihood, nats a photo, of pixels under a normal with one learned deviation (Rybkin 2021)."""
    squares = (x_BCHW - rebuilt_BCHW).square().flatten(1).sum(1).mean()
    count = x_BCHW[0].numel()
    return 0.5 * squares * (-2 * log_sigma).exp() + count * (log_sigma + 0.5 * math.log(2 * math.pi))


def kl_to_normal(posterior: Posterior) -> Tensor:
    """KL(q(z|x) || N(0, I)) of each photo and latent in nats, B x D (Kingma & Welling 2014, appendix B)."""
    mean_BD, log_variance_BD = posterior.mean_BD, posterior.log_variance_BD
    assert log_variance_BD is not None
    return 0.5 * (mean_BD.square() + log_variance_BD.exp() - 1 - log_variance_BD)


def mmd_to_normal(z_BD: Tensor) -> Tensor:
    """Squared maximum mean discrepancy between latents and N(0, I): unbiased, inverse multiquadric kernel.

    k(a, b) = sum over s of C / (C + |a - b|^2), C = s * 2D (Tolstikhin, Bousquet, Gelly & Schoelkopf 2018, section 4).
    The draws from the prior come from torch's generator.
    """
    prior_BD = torch.randn_like(z_BD)
    count = len(z_BD)
    among = _kernels(z_BD, z_BD) + _kernels(prior_BD, prior_BD)
    among = among * (1 - torch.eye(count, device=z_BD.device))
    return among.sum() / (count * (count - 1)) - 2 * _kernels(z_BD, prior_BD).mean()


def _kernels(one_BD: Tensor, other_BD: Tensor) -> Tensor:
    squares = torch.cdist(one_BD, other_BD).square()
    widths = [2 * one_BD.shape[1] * width for width in WIDTHS]
    return torch.stack([width / (width + squares) for width in widths]).sum(0)
