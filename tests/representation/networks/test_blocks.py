"""Layers written by hand against what autograd makes of their formulas."""

import pytest
import torch
from torch import Tensor, nn

from lookscape.representation.networks.blocks import PatchConvolution, SmallConvolution, leaky_bounds, squared_distances
from lookscape.representation.training.memory import kept_memory


def draws(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def gradient(total: Tensor, of: Tensor) -> Tensor:
    (found,) = torch.autograd.grad(total, of)
    return found


def test_bounds_leak_and_so_does_their_gradient() -> None:
    x, weight = draws(4, 3, 16, 16).requires_grad_(), draws(4, 3, 16, 16, seed=1)
    held = x.clamp(0, 1)
    expected = held + 0.1 * (x - held)
    found = leaky_bounds(x, leak=0.1)
    torch.testing.assert_close(found, expected)
    assert ((x < 0) | (x > 1)).any()
    torch.testing.assert_close(gradient((found * weight).sum(), x), gradient((expected * weight).sum(), x))


@pytest.mark.parametrize("order", [torch.contiguous_format, torch.channels_last])
def test_squared_distances_and_their_gradient(order: torch.memory_format) -> None:
    x_BCHW = draws(5, 3, 8, 8).to(memory_format=order)
    other_BCHW = draws(5, 3, 8, 8, seed=1).to(memory_format=order).requires_grad_()
    weight_B = draws(5, seed=2)
    expected_B = (x_BCHW - other_BCHW).square().sum((1, 2, 3))
    found_B = squared_distances(x_BCHW, other_BCHW=other_BCHW)
    torch.testing.assert_close(found_B, expected_B)
    expected_BCHW = gradient((expected_B * weight_B).sum(), other_BCHW)
    torch.testing.assert_close(gradient((found_B * weight_B).sum(), other_BCHW), expected_BCHW)


def test_equal_photos_have_distance_and_gradient_nought() -> None:
    x_BCHW = draws(2, 3, 8, 8).requires_grad_()
    found_B = squared_distances(x_BCHW.detach(), other_BCHW=x_BCHW)
    assert found_B.tolist() == [0, 0]
    assert not gradient(found_B.sum(), x_BCHW).any()


def test_a_small_convolution_is_a_convolution() -> None:
    ours, plain = (kind(6, 8, 3, padding=1) for kind in (SmallConvolution, nn.Conv2d))
    plain.load_state_dict(ours.state_dict())
    x_BCHW = draws(2, 6, 4, 4)
    torch.testing.assert_close(ours(x_BCHW), plain(x_BCHW))


def test_a_small_convolution_keeps_its_order_of_memory_on_a_processor() -> None:
    model = nn.Sequential(SmallConvolution(6, 8, 3, padding=1), nn.Conv2d(8, 4, 3)).to(
        memory_format=torch.channels_last
    )
    assert model[0].weight.is_contiguous()
    assert model[1].weight.is_contiguous(memory_format=torch.channels_last)
    assert model[0](draws(2, 6, 4, 4)).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (7, 6)])
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_a_patch_convolution_is_a_convolution(height: int, width: int, precision: torch.dtype) -> None:
    ours, plain = PatchConvolution(5, 8, side=2), nn.Conv2d(5, 8, 2, stride=2)
    plain.load_state_dict(ours.state_dict())
    x_BCHW = draws(3, 5, height, width).contiguous(memory_format=torch.channels_last)
    found = []
    for layer in (ours, plain):
        seen_BCHW = x_BCHW.clone().requires_grad_()
        with torch.autocast("cpu", precision, enabled=precision is not torch.float32):
            y_BCHW = layer(seen_BCHW)
        assert y_BCHW.dtype is precision
        y_BCHW.float().square().sum().backward()
        assert seen_BCHW.grad is not None
        assert layer.weight.grad is not None
        found.append((y_BCHW.float(), seen_BCHW.grad, layer.weight.grad))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, atol=0.1 if precision is torch.bfloat16 else 1e-4, rtol=2e-2)
    assert found[0][0].shape == (3, 8, height // 2, width // 2)


def test_memory_can_be_kept_again_and_again() -> None:
    for _ in range(2):
        with kept_memory():
            assert draws(1024, 1024).isfinite().all()
