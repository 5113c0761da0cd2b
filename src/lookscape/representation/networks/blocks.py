"""Layers that several models share.

Some are written by hand because training waits for them: the same numbers, in fewer passes over memory or in the order
of memory in which a processor computes them fastest.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import Function
from torch.nn import functional


class Average(nn.Module):
    """Any layer's output as one vector a photo: B x C x H x W or B x tokens x C -> B x C; B x D stays as it is."""

    def forward(self, features: Tensor) -> Tensor:
        """The mean over the photo."""
        if features.ndim == 4:
            return features.mean(dim=(2, 3))
        return features.mean(dim=1) if features.ndim == 3 else features


def generalised_mean(x_BCHW: Tensor, *, power: float = 3.0, floor: float = 1e-6) -> Tensor:
    """GeM pooling, B x C: between the mean (power 1) and the maximum (power to infinity) of what is positive.

    Radenović, Tolias & Chum, "Fine-tuning CNN image retrieval with no human annotation" (PAMI 2019), equation 3, with
    their power 3 and floor 1e-6.
    """
    return x_BCHW.clamp(min=floor).pow(power).mean(dim=(2, 3)).pow(1 / power)


class GeneralisedMeans(nn.Module):
    """Several maps as one vector: each pooled by its generalised mean, scaled to length 1, joined."""

    def forward(self, maps: tuple[Tensor, ...]) -> Tensor:
        """B x the sum of their channels."""
        return torch.cat([functional.normalize(generalised_mean(x_BCHW), dim=1) for x_BCHW in maps], dim=1)


class FromBytes(nn.Module):
    """Puts what a network expects before it: uint8 B x H x W x 3 in [0, 255] -> normalised float B x 3 x H x W."""

    def __init__(self, network: nn.Module, *, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.network = network
        self.scale: Tensor
        self.shift: Tensor
        self.register_buffer("scale", 1 / (255 * torch.tensor(std).view(1, -1, 1, 1)))
        self.register_buffer("shift", -(torch.tensor(mean) / torch.tensor(std)).view(1, -1, 1, 1))

    def forward(self, pixels_BHWC: Tensor) -> Tensor:
        """The network's output for these pixels."""
        x_BCHW = pixels_BHWC.permute(0, 3, 1, 2).to(self.scale.dtype)
        output: Tensor = self.network(x_BCHW * self.scale + self.shift)
        return output


class PatchConvolution(nn.Conv2d):
    """A convolution of patches side by side: its stride is its kernel's side, and there is no padding.

    On a processor in bfloat16 it is computed as one product of all patches, since the library's gradients of strided
    convolutions are slow: from 64 to 128 channels at 16 x 16 a step of training then takes 3.3 ms in place of 5.0, from
    128 to 256 at 8 x 8 2.5 in place of 5.5 (64 photos, one core of a Zen 5). In float32 the library is faster.
    """

    def __init__(self, before: int, after: int, *, side: int) -> None:
        super().__init__(before, after, side, stride=side)
        self.side = side

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """B x before x H x W -> B x after x H // side x W // side; channels last out of channels last."""
        height, width = (size // self.side for size in x_BCHW.shape[2:])
        if x_BCHW.device.type != "cpu" or not torch.is_autocast_enabled("cpu"):
            return super().forward(x_BCHW)
        whole_BHWC = x_BCHW[:, :, : height * self.side, : width * self.side].permute(0, 2, 3, 1)
        parted = whole_BHWC.reshape(len(x_BCHW), height, self.side, width, self.side, -1)
        patches_BHWN = parted.transpose(2, 3).flatten(3)
        output: Tensor = functional.linear(patches_BHWN, self.weight.permute(0, 2, 3, 1).flatten(1), self.bias)
        return output.permute(0, 3, 1, 2)


class SmallConvolution(nn.Conv2d):
    """A convolution of maps of few pixels and many channels; gives its maps channels last in memory.

    On a processor its weights stay channels first whatever the rest of the model does: from 256 to 512 channels at
    4 x 4 in bfloat16 a step of training then takes 21 ms in place of 27 (64 photos, one core of a Zen 5).
    """

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "SmallConvolution":  # noqa: FBT001, FBT002
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        if self.weight.device.type == "cpu":
            self.weight.data = self.weight.data.contiguous()
        return self

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """Any order of memory in, channels last out."""
        return super().forward(x_BCHW).contiguous(memory_format=torch.channels_last)


def leaky_bounds(x: Tensor, *, leak: float) -> Tensor:
    """Numbers held to [0, 1] but for `leak` of what is beyond, whose gradient is `leak`, also at 0 and 1 exactly."""
    held: Tensor = _LeakyBounds.apply(x, leak)
    return held


class _LeakyBounds(Function):
    """Two passes forth and two back, where autograd makes one of each term of the formula."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, leak: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.leak = leak
        return x.clamp(0, 1).lerp_(x, leak)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (x,), (gradient,) = ctx.saved_tensors, gradients
        inside = torch.ops.aten.hardtanh_backward(gradient, x, 0.0, 1.0)
        return inside.lerp_(gradient, ctx.leak), None


def squared_distances(x_BCHW: Tensor, *, other_BCHW: Tensor) -> Tensor:
    """B sums of squared differences, in float32, with a gradient to `other_BCHW` alone."""
    sums_B: Tensor = _SquaredDistances.apply(x_BCHW.detach(), other_BCHW)
    return sums_B


class _SquaredDistances(Function):
    """Reads the photos in the order in which they lie in memory, and keeps one difference for the way back."""

    @staticmethod
    def forward(ctx: Any, x_BCHW: Tensor, other_BCHW: Tensor) -> Tensor:
        difference_BCHW = (other_BCHW - x_BCHW).float()
        ctx.save_for_backward(difference_BCHW)
        norm_B: Tensor = torch.linalg.vector_norm(difference_BCHW, dim=(1, 2, 3))
        return norm_B.square()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, Tensor]:
        (difference_BCHW,), (gradient_B,) = ctx.saved_tensors, gradients
        return None, difference_BCHW * (2 * gradient_B)[:, None, None, None]
