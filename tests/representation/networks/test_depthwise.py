"""Depthwise layers in float32 under autocast: nearer to the truth than bfloat16, with the same names and weights."""

import copy

import pytest
import torch
from timm.layers import Conv2dSame
from torch import Tensor, nn

from lookscape.representation.networks.depthwise import quicken_depthwise


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 16, 1),
        nn.Conv2d(16, 16, 3, stride=2, padding=1, groups=16),
        nn.Conv2d(16, 16, 5, padding=2, groups=16),
        nn.Conv2d(16, 16, 3, padding=1, groups=16),
    )


def gradients(made: nn.Module, x_BCHW: Tensor, *, autocast: bool) -> list[Tensor]:
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        made(x_BCHW).float().square().mean().backward()
    return [weight.grad for weight in made.parameters() if weight.grad is not None]


def test_names_and_weights_stay_and_copies_are_of_their_own() -> None:
    plain, quick = network(), quicken_depthwise(network())
    assert quick.state_dict().keys() == plain.state_dict().keys()
    copied = copy.deepcopy(quick)
    with torch.no_grad():
        copied[1].weight.zero_()
    x_BCHW = torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(quick(x_BCHW), plain(x_BCHW))
    assert not copied[:2](x_BCHW).flatten(2).std(2).any(), "a copy computes with its own weights"


def test_only_the_slow_layers_change_and_they_compute_in_float32() -> None:
    quick = quicken_depthwise(quicken_depthwise(network()))
    changed = [type(quick[place]) is not nn.Conv2d for place in range(4)]
    assert changed == [False, True, True, False]
    x_BCHW = torch.rand(2, 16, 8, 8)
    with torch.autocast("cpu", torch.bfloat16):
        seen = quick[1](x_BCHW.bfloat16())
    assert seen.dtype == torch.bfloat16, "what comes out has the type of what goes in"
    torch.testing.assert_close(seen, nn.Conv2d.forward(quick[1], x_BCHW.bfloat16().float()).bfloat16())


def test_gradients_are_at_least_as_near_to_the_truth() -> None:
    x_BCHW = torch.rand(4, 3, 12, 12)
    true = gradients(network(), x_BCHW, autocast=False)
    plain = gradients(network(), x_BCHW, autocast=True)
    quick = gradients(quicken_depthwise(network()), x_BCHW, autocast=True)

    def error(found: list[Tensor]) -> float:
        return float(sum((one - other).square().sum() for one, other in zip(found, true, strict=True)))

    assert error(quick) <= 1.05 * error(plain)


@pytest.mark.parametrize(("kernel", "stride", "side"), [(3, 2, 8), (3, 2, 9), (5, 2, 8), (5, 2, 9), (5, 1, 7)])
def test_uneven_padding_by_the_kernel_is_that_of_the_photo(kernel: int, stride: int, side: int) -> None:
    torch.manual_seed(0)
    plain = Conv2dSame(4, 4, kernel, stride=stride, groups=4)
    quick = quicken_depthwise(nn.Sequential(copy.deepcopy(plain)))[0]
    x_BCHW = torch.rand(2, 4, side, side + 3)
    with torch.autocast("cpu", torch.bfloat16):
        seen = quick(x_BCHW)
    torch.testing.assert_close(seen, plain(x_BCHW))
    seen.square().sum().backward()
    plain(x_BCHW).square().sum().backward()
    torch.testing.assert_close(quick.weight.grad, plain.weight.grad)


def test_layers_that_do_not_learn_stay_in_bfloat16() -> None:
    quick = quicken_depthwise(network())
    x_BCHW = torch.rand(2, 16, 8, 8)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(quick[1](x_BCHW), nn.Conv2d.forward(quick[1], x_BCHW))
    assert quick[1](x_BCHW).dtype == torch.float32
