"""The differentiable distance against the judging one, which is another implementation."""

import numpy as np
import pytest
import torch
from torch import Tensor

from lookscape.representation.inference.samples import pictures
from lookscape.representation.metrics.perceptual import perceptual_distance
from lookscape.representation.networks.perceptual import maps_distance, photo_distance, pretrained_stages


def scenes(count: int = 3, *, side: int = 64) -> Tensor:
    return torch.from_numpy(np.stack(pictures(count, side=side))).permute(0, 3, 1, 2).float() / 255


def stages(x_BCHW: Tensor) -> list[Tensor]:
    with torch.no_grad():
        maps: tuple[Tensor, ...] = pretrained_stages(x_BCHW.device)(x_BCHW)
    return list(maps)


def blurred(x_BCHW: Tensor, *, times: int) -> Tensor:
    for _ in range(times):
        x_BCHW = torch.nn.functional.avg_pool2d(x_BCHW, 3, stride=1, padding=1, count_include_pad=False)
    return x_BCHW


def test_it_is_the_distance_that_judges() -> None:
    x, other = scenes(), blurred(scenes(), times=2)
    numpy_maps = [[stage.numpy() for stage in stages(photo)] for photo in (x, other)]
    expected = perceptual_distance(numpy_maps[0], others=numpy_maps[1], features="early stages")
    np.testing.assert_allclose(photo_distance(x, other_BCHW=other), expected.values_N, rtol=1e-3)


def test_the_maps_are_the_early_ones() -> None:
    assert [tuple(stage.shape[1:]) for stage in stages(scenes())] == [(16, 32, 32), (24, 16, 16), (40, 8, 8)]


def test_it_is_zero_for_equal_photos_and_grows_with_blur() -> None:
    x = scenes()
    found = [float(photo_distance(x, other_BCHW=blurred(x, times=times)).mean()) for times in range(4)]
    assert found[0] == 0
    assert found == sorted(found)
    assert found[1] > 0.001


def test_blur_costs_more_than_an_even_change_of_brightness_of_the_same_size_in_pixels() -> None:
    x = 0.2 + 0.6 * scenes()
    blur = blurred(x, times=2)
    offset = (blur - x).square().mean().sqrt()
    assert photo_distance(x, other_BCHW=blur).mean() > 2 * photo_distance(x, other_BCHW=x + offset).mean()


def test_a_small_step_down_the_gradient_gains_what_it_says_and_leaves_the_network_alone() -> None:
    x = scenes()
    other = blurred(x, times=2).requires_grad_()
    before = photo_distance(x, other_BCHW=other).mean()
    before.backward()
    assert other.grad is not None
    step = 1e-3 * before.detach() / other.grad.square().sum()
    with torch.no_grad():
        after = photo_distance(x, other_BCHW=other - step * other.grad).mean()
    assert float(before.detach() - after) == pytest.approx(1e-3 * float(before.detach()), rel=0.3)
    assert all(weight.grad is None for weight in pretrained_stages(x.device).parameters())


def test_where_nothing_is_active_the_gradient_is_finite() -> None:
    maps = torch.zeros(2, 3, 4, 4, requires_grad=True)
    maps_distance([maps], others=[torch.ones(2, 3, 4, 4)]).sum().backward()
    assert maps.grad is not None
    assert maps.grad.isfinite().all()


def test_opposite_maps_are_four_apart_and_unrelated_ones_two() -> None:
    one = torch.zeros(1, 2, 3, 3)
    one[:, 0] = 5
    other = torch.zeros(1, 2, 3, 3)
    other[:, 1] = 0.3
    assert float(maps_distance([one], others=[-one])) == pytest.approx(4, rel=1e-4)
    assert float(maps_distance([one], others=[other])) == pytest.approx(2, rel=1e-3)


def test_it_is_in_full_precision_where_it_matters() -> None:
    x, other = scenes(), blurred(scenes(), times=2)
    with torch.autocast("cpu", torch.bfloat16):
        found = photo_distance(x, other_BCHW=other)
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found, photo_distance(x, other_BCHW=other), rtol=0.05)


def test_loading_the_network_draws_nothing() -> None:
    pretrained_stages.cache_clear()
    torch.manual_seed(3)
    photo_distance(scenes(1), other_BCHW=scenes(1))
    after = torch.rand(1)
    torch.manual_seed(3)
    assert torch.equal(after, torch.rand(1))
