"""Depthwise convolutions that train at the speed of the processor, also where oneDNN has no fast bfloat16 kernel.

On a CPU the backward pass of a depthwise convolution in bfloat16 is slow in two cases: with a stride the gradient of
its input is computed by a reference loop, up to 70 times slower than in float32, and with kernels wider than 3 that of
its weights is, up to 5 times. Mobile networks have a dozen such layers, which took two thirds of a training step.
Those layers alone are computed in float32; what goes in and comes out keeps its type, so the rest stays in bfloat16.
benchmarks/fine_tuning.py measures both ways.
"""

from typing import TypeVar

import torch
from torch import Tensor, nn

WIDEST_FAST = 3
"""Kernels up to this wide have a fast gradient in bfloat16 when there is no stride."""

M = TypeVar("M", bound=nn.Module)


class _FullOnCpu(nn.Conv2d):
    """Mixed into a convolution's own class: float32 inside, whatever autocast says around it."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - torch's own name for it
        if input.device.type != "cpu" or (input.dtype == torch.float32 and not torch.is_autocast_enabled("cpu")):
            return super().forward(input)
        with torch.autocast("cpu", enabled=False):
            return super().forward(input.float()).to(input.dtype)


def quicken_depthwise(network: M) -> M:
    """Change the layers concerned in place; names and weights stay as they are. Returns the network."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and not isinstance(module, _FullOnCpu) and _is_slow(module):
            kind = type(module)
            module.__class__ = type(kind.__name__, (_FullOnCpu, kind), {})
    return network


def _is_slow(conv: nn.Conv2d) -> bool:
    depthwise = conv.groups == conv.in_channels and conv.groups > 1
    return depthwise and (max(conv.stride) > 1 or max(conv.kernel_size) > WIDEST_FAST)
