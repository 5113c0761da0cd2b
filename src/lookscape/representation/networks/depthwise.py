"""Depthwise convolutions that train at the speed of the processor, also where oneDNN has no fast bfloat16 kernel.

On a CPU the backward pass of a depthwise convolution in bfloat16 is slow in two cases: with a stride the gradient of
its input is computed by a reference loop, up to 70 times slower than in float32, and with kernels wider than 3 that of
its weights is, up to 5 times. Mobile networks have a dozen such layers, which took two thirds of a training step.
Those layers alone are computed in float32 while they learn; what goes in and comes out keeps its type, so the rest
stays in bfloat16. Networks that came from TensorFlow pad one side of a strided layer's input more than the other
("same"), which copies all of it; a row of zeros in the kernel does the same.
"""

from typing import TypeVar

import torch
from timm.layers import Conv2dSame
from torch import Tensor, nn
from torch.nn import functional

WIDEST_FAST = 3
"""Kernels up to this wide have a fast gradient in bfloat16 when there is no stride."""

M = TypeVar("M", bound=nn.Module)


class _FullOnCpu(nn.Conv2d):
    """Mixed into a convolution's own class: float32 inside, whatever autocast says around it."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - torch's own name for it
        full = input.dtype == torch.float32 and not torch.is_autocast_enabled("cpu")
        learns = torch.is_grad_enabled() and (input.requires_grad or self.weight.requires_grad)
        if full or not learns or input.device.type != "cpu":
            return super().forward(input)
        with torch.autocast("cpu", enabled=False):
            if isinstance(self, Conv2dSame) and max(self.dilation) == 1:
                return _same(self, input.float()).to(input.dtype)
            return super().forward(input.float()).to(input.dtype)


def quicken_depthwise(network: M) -> M:
    """Change the layers concerned in place; names and weights stay as they are. Returns the network."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and not isinstance(module, _FullOnCpu) and _is_slow(module):
            kind = type(module)
            module.__class__ = type(kind.__name__, (_FullOnCpu, kind), {})
    return network


def _same(conv: Conv2dSame, x_BCHW: Tensor) -> Tensor:
    """Padded so that the output is the input's size over the stride, rounded up: half of it before, the rest after."""
    sizes = zip(x_BCHW.shape[2:], conv.kernel_size, conv.stride, strict=True)
    high, wide = (max(0, (-(-size // stride) - 1) * stride + kernel - size) for size, kernel, stride in sizes)
    weight = functional.pad(conv.weight, (wide % 2, 0, high % 2, 0))
    padding = -(-high // 2), -(-wide // 2)
    return functional.conv2d(x_BCHW, weight, conv.bias, conv.stride, padding, groups=conv.groups)


def _is_slow(conv: nn.Conv2d) -> bool:
    depthwise = conv.groups == conv.in_channels and conv.groups > 1
    return depthwise and (max(conv.stride) > 1 or max(conv.kernel_size) > WIDEST_FAST)
