"""Losses that several models share: pure functions of tensors.

Divergences are in nats a photo, reconstruction errors summed over a photo's pixels and averaged over the batch, so
that they can be added as in an evidence lower bound. All of them compute in float32, under autocast too.
"""

import math
from enum import StrEnum

import torch
from torch import Tensor
from torch.nn.functional import softplus

from lookscape.representation.networks.blocks import squared_distances
from lookscape.representation.networks.perceptual import photo_distance
from lookscape.representation.trainable import Posterior

WIDTHS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Multiples of 2D, the expected squared distance of two prior draws, that the inverse multiquadric kernel sums over."""

L1_SCALE = 0.07
"""What an absolute difference weighs: at a deviation of about twice that, as much as half its square does.

It makes all errors about equally large for a trained autoencoder, so that choosing one upsets no other weight.
"""

LOG_AT, LOG_FLOOR = 0.004, 1e-4
"""Mean squared errors: the one at which the log error pulls as hard as L2, and the one below which it stops to pull."""

PERCEPTUAL_SHARE = 0.01
"""What a distance of 1 in features weighs against a squared difference of 1 in every pixel's value, halved.

It makes both parts about equally large for a half-trained autoencoder of shoes at 64 pixels (docs/models.md).
"""


class Error(StrEnum):
    """How far a reconstruction is from its photo."""

    L1 = "l1"
    L2 = "l2"
    PERCEPTUAL = "perceptual"
    LOG = "log"


ERRORS = "reconstruction error: l1, l2, log (easy photos count as much) or perceptual (l2 and pretrained features)"
"""How a Config describes its choice."""


def reconstruction_error(x_BCHW: Tensor, *, rebuilt_BCHW: Tensor, error: Error = Error.L2) -> Tensor:
    """The sum over pixels and channels, averaged over the batch: L1_SCALE * absolute differences or half their squares.

    The perceptual error adds to the halved squares, which hold the colours, the distance in pretrained features, times
    the number of values in a photo and PERCEPTUAL_SHARE. The log error is the negative log-likelihood of pixels whose
    deviation is the best one for each photo (Rybkin, Daniilidis & Levine, "Simple and effective VAE training with
    calibrated decoders", ICML 2021, with a deviation a photo), scaled; it may be negative.
    """
    count = x_BCHW[0].numel()
    if error is Error.L1:
        return L1_SCALE * (x_BCHW - rebuilt_BCHW).float().abs().sum((1, 2, 3)).mean()
    squares_B = squared_distances(x_BCHW, other_BCHW=rebuilt_BCHW)
    if error is Error.LOG:
        return 0.5 * LOG_AT * count * (squares_B / count + LOG_FLOOR).log().mean()
    halved_squares = 0.5 * squares_B.mean()
    if error is Error.L2:
        return halved_squares
    distance = photo_distance(x_BCHW, other_BCHW=rebuilt_BCHW).mean()
    return halved_squares + PERCEPTUAL_SHARE * count * distance


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


def mmd(z_BD: Tensor, *, prior_ND: Tensor) -> Tensor:
    """Squared maximum mean discrepancy between latents and draws of a prior: unbiased, so it may fall below 0.

    The kernel is the inverse multiquadric, k(a, b) = sum over s of C / (C + |a - b|^2), C = s * 2D (Tolstikhin,
    Bousquet, Gelly & Schoelkopf, "Wasserstein auto-encoders", ICLR 2018, section 4). At least 2 rows on both sides;
    more draws than latents make it less noisy for little time.
    """
    with torch.autocast(device_type=z_BD.device.type, enabled=False):
        z_BD, prior_ND = z_BD.float(), prior_ND.float()
        return _among(z_BD) + _among(prior_ND) - 2 * _kernels(z_BD, prior_ND).mean()


def _among(rows_ND: Tensor) -> Tensor:
    """The kernel's mean over pairs of different rows; its value of a row with itself is len(WIDTHS)."""
    count = len(rows_ND)
    own = torch.eye(count, dtype=torch.bool, device=rows_ND.device)
    return _kernels(rows_ND, rows_ND).masked_fill(own, 0).sum() / (count * (count - 1))


def _kernels(one_ND: Tensor, other_MD: Tensor) -> Tensor:
    lengths_NM = one_ND.square().sum(1)[:, None] + other_MD.square().sum(1)
    squares_NM = (lengths_NM - 2 * one_ND @ other_MD.T).clamp(min=0)
    widths = [2 * one_ND.shape[1] * width for width in WIDTHS]
    return torch.stack([width / (width + squares_NM) for width in widths]).sum(0)


def critic_loss(real_logits: Tensor, *, made_logits: Tensor) -> Tensor:
    """What a critic wants small, in nats: its surprise at which is real and which is made (Goodfellow et al. 2014).

    2 log 2 for one that cannot tell, 2 log 2 - 2 JS(real, made) for the best one.
    """
    return softplus(-real_logits.float()).mean() + softplus(made_logits.float()).mean()


def fooling_loss(made_logits: Tensor) -> Tensor:
    """What the maker wants small, in nats: the critic's surprise if the made were real (non-saturating)."""
    return softplus(-made_logits.float()).mean()


def critic_accuracy(real_logits: Tensor, *, made_logits: Tensor) -> Tensor:
    """The share that a critic tells rightly, detached: 0.5 for one that guesses."""
    return 0.5 * ((real_logits > 0).float().mean() + (made_logits <= 0).float().mean()).detach()
