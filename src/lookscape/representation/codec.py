"""Photos to latents and back: the network under every trained model, so that models differ in their losses alone.

Two ways run side by side and are added. The principal way is linear and starts as the closed-form optimum: the
principal components with the posterior of probabilistic PCA, whose variances are chosen by reverse water-filling for
a given rate (Lucas, Tucker, Grosse & Norouzi, "Don't Blame the ELBO!", NeurIPS 2019; Cover & Thomas, "Elements of
Information Theory", section 10.3.3). The convolutional way starts at nothing and learns what the linear one misses, so a
model is as good as PCA before its first step.

Strided 4 x 4 convolutions end at 4 x 4 pixels. A photo of more than 64 pixels enters with its pixels folded into
channels, so that 128 and 256 pixels cost little more.
"""

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer
from torch.nn import functional

from lookscape.representation.blocks import Downsampling, Upsampling

BASE = 64
"""Pixels a side at which the first convolution and the principal way work."""

LOG_VARIANCE_RANGE = (-12.0, 4.0)
LINEAR_RATE = 0.1
"""Learning rate of the principal way, relative to the convolutions'."""

PREPARE_PHOTOS = 4000
"""Photos that the principal components are taken from, at most."""


class CodecConfig(BaseModel):
    """What every trained model can be told about its network."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    side: Literal[16, 32, 64, 128, 256] = Field(default=64, description="pixels a side")
    latents: int = Field(default=64, ge=2, le=1024, description="D, the length of a code")
    width: int = Field(default=32, ge=4, le=512, description="channels of the first convolution; the rest follow")
    nats: float = Field(default=118, gt=0, description="information in a code; where KL is steered, or where it starts")
    principal: bool = Field(default=True, description="start from the principal components")
    rate: float = Field(default=3e-3, gt=0, le=1, description="largest learning rate of the convolutions")


class Codec(nn.Module):
    """x_BCHW in [0, 1] -> mean and log-variance of its latents; latents -> x_BCHW. Models add their `training_step`."""

    has_posterior: ClassVar[bool] = True
    """Whether a code is a distribution; without one it is a point, and `moments` gives no variance."""

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.config = config
        fold, coarse = max(1, config.side // BASE), min(BASE, config.side)
        outputs = (2 if self.has_posterior else 1) * config.latents
        self.down = Downsampling(side=config.side, fold=fold, width=config.width, outputs=outputs)
        self.up = Upsampling(side=config.side, fold=fold, width=config.width, inputs=config.latents)
        self.analyse = nn.Linear(3 * coarse**2, config.latents) if config.principal else None
        self.synthesise = nn.Linear(config.latents, 3 * coarse**2) if config.principal else None
        self.to(memory_format=torch.channels_last)

    def moments(self, x_BCHW: Tensor) -> tuple[Tensor, Tensor | None]:
        """Mean and log-variance, both B x D float32; no log-variance without a posterior."""
        outputs = self.down(x_BCHW).float()
        mean_BD, rest = outputs[:, : self.config.latents], outputs[:, self.config.latents :]
        if self.analyse is not None:
            mean_BD = mean_BD + self.analyse(_shrink(x_BCHW).flatten(1)).float()
        return mean_BD, rest.clamp(*LOG_VARIANCE_RANGE) if self.has_posterior else None

    def decode(self, z_BD: Tensor) -> Tensor:
        """B x 3 x side x side float32, unbounded."""
        y_BCHW: Tensor = self.up(z_BD).float()
        if self.synthesise is not None:
            coarse = self.synthesise(z_BD).float().unflatten(1, (3, min(BASE, self.config.side), -1))
            y_BCHW = y_BCHW + _grow(coarse, side=self.config.side)
        return y_BCHW

    def optimizers(self) -> Sequence[Optimizer]:
        """AdamW; the principal way starts near its optimum and is only refined, at LINEAR_RATE of the rate."""
        groups: list[dict[str, Any]] = [{"params": [*self.down.parameters(), *self.up.parameters()]}]
        if self.analyse is not None and self.synthesise is not None:
            linear = [*self.analyse.parameters(), *self.synthesise.parameters()]
            groups.append({"params": linear, "lr": LINEAR_RATE * self.config.rate})
        return [AdamW(groups, lr=self.config.rate, betas=(0.9, 0.99), weight_decay=0.0, fused=True)]

    @torch.no_grad()
    def prepare(self, photos_NHWC: NDArray[np.uint8]) -> None:
        """Start the principal way from a sample of these photos; without one, start from their average colour."""
        sample_NHWC = photos_NHWC[:: max(1, math.ceil(len(photos_NHWC) / PREPARE_PHOTOS))]
        if self.analyse is None or self.synthesise is None:
            self.up.set_background(torch.tensor(sample_NHWC.mean(axis=(0, 1, 2)) / 255, dtype=torch.float32))
            return
        x_ND = torch.cat([_shrink(to_float(block)).flatten(1) for block in _blocks(sample_NHWC)])
        mean_D = x_ND.mean(0)
        directions, variances = _principal(x_ND - mean_D, count=self.config.latents)
        scales = variances.sqrt()
        self.analyse.weight.copy_((directions / scales).T)
        self.analyse.bias.copy_(-mean_D @ directions / scales)
        self.synthesise.weight.copy_(directions * scales)
        self.synthesise.bias.copy_(mean_D)
        means = torch.zeros_like(variances)
        known = [means, posterior_log_variances(variances, nats=self.config.nats)] if self.has_posterior else [means]
        self.down.start_at(torch.cat(known))
        self.up.start_at_nothing()


class MeanCodes(nn.Module):
    """uint8 B x side x side x 3 -> the means of the codes, B x D: a codec's half that embedding needs."""

    def __init__(self, codec: Codec) -> None:
        super().__init__()
        self.codec = codec

    def forward(self, pixels_BHWC: Tensor) -> Tensor:
        """Mean codes."""
        return self.codec.moments(pixels_BHWC.permute(0, 3, 1, 2).float() / 255)[0]


def to_float(photos_NHWC: NDArray[np.uint8]) -> Tensor:
    """uint8 N x H x W x 3 -> N x 3 x H x W in [0, 1], channels last in memory."""
    return torch.from_numpy(np.ascontiguousarray(photos_NHWC)).permute(0, 3, 1, 2).float() / 255


def to_bytes(x_BCHW: Tensor) -> NDArray[np.uint8]:
    """B x 3 x H x W of about [0, 1] -> uint8 B x H x W x 3, rounded."""
    levels = (x_BCHW.detach().float().clamp(0, 1) * 255).round().to(torch.uint8)
    return levels.permute(0, 2, 3, 1).contiguous().cpu().numpy()


def posterior_log_variances(variances_D: Tensor, *, nats: float) -> Tensor:
    """Reverse water-filling: min(1, level / variance), at the level for which -1/2 sum of their logarithms is `nats`.

    Bisection on the level; the result is what an optimal linear VAE has at that rate, for whitened latents.
    """
    low, high = float(variances_D.min()) * 1e-9, float(variances_D.max())
    for _ in range(100):
        level = math.sqrt(low * high)
        rate = -0.5 * (level / variances_D).clamp(max=1).log().sum()
        low, high = (level, high) if rate > nats else (low, level)
    return (low / variances_D).clamp(max=0.99).log()


def _principal(centred_ND: Tensor, *, count: int) -> tuple[Tensor, Tensor]:
    """D x count directions and their variances; fewer photos than directions leave the last ones almost empty."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        rank = min(count + 16, *centred_ND.shape)
        _, singular, directions = torch.pca_lowrank(centred_ND, q=rank, center=False, niter=3)
    found = min(count, rank)
    padded = torch.zeros(centred_ND.shape[1], count)
    padded[:, :found] = directions[:, :found]
    variances = torch.zeros(count)
    variances[:found] = singular[:found].square() / len(centred_ND)
    return padded, variances.clamp(min=1e-6 * float(variances.max()) + 1e-12)


def _blocks(photos_NHWC: NDArray[np.uint8], size: int = 256) -> list[NDArray[np.uint8]]:
    return [photos_NHWC[start : start + size] for start in range(0, len(photos_NHWC), size)]


def _shrink(x_BCHW: Tensor) -> Tensor:
    factor = max(1, x_BCHW.shape[-1] // BASE)
    return functional.avg_pool2d(x_BCHW, factor) if factor > 1 else x_BCHW


def _grow(x_BCHW: Tensor, *, side: int) -> Tensor:
    if x_BCHW.shape[-1] == side:
        return x_BCHW
    return functional.interpolate(x_BCHW, size=(side, side), mode="bilinear", align_corners=False)
