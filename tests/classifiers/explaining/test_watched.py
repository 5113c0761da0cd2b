"""Catching a layer's map: in any order of its axes, with gradients, and not those that another thread makes."""

import threading

import pytest
import torch
from torch import Tensor, nn

from lookscape.classifiers.explaining.activations import capture_activations


class ChannelsLast(nn.Module):
    """A layer that keeps its map as B x H x W x C, as Swin does."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 5, 3, stride=2, padding=1)

    def forward(self, x_BCHW: Tensor) -> Tensor:
        out_BCHW: Tensor = self.conv(x_BCHW)
        return out_BCHW.permute(0, 2, 3, 1)


@pytest.fixture
def photos() -> Tensor:
    return torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def test_a_map_with_its_channels_last_is_turned_and_gradients_reach_it(photos: Tensor) -> None:
    torch.manual_seed(0)
    layer, head = ChannelsLast(), nn.Linear(5, 1)
    plain_B = head(layer(photos).tanh().mean((1, 2)))
    kept: list[Tensor] = []
    with capture_activations(layer, kept.append, batch=2):
        score_B = head(layer(photos).tanh().mean((1, 2)))
    torch.testing.assert_close(score_B, plain_B)
    torch.testing.assert_close(kept[0], layer.conv(photos))
    (slope_BCHW,) = torch.autograd.grad(score_B.sum(), kept[0])
    expected = head.weight.view(1, 5, 1, 1) * (1 - kept[0].tanh() ** 2) / 16
    torch.testing.assert_close(slope_BCHW, expected)


def test_what_another_thread_does_is_not_seen(photos: Tensor) -> None:
    layer = nn.Conv2d(3, 4, 3)
    kept: list[Tensor] = []
    with capture_activations(layer, kept.append, batch=2):
        other = threading.Thread(target=layer, args=(photos + 1,))
        other.start()
        other.join()
        assert not kept
        own = layer(photos)
    assert len(kept) == 1
    assert kept[0] is own
    layer(photos)
    assert len(kept) == 1


def test_what_says_nothing_of_places_is_passed_over(photos: Tensor) -> None:
    kept: list[Tensor] = []
    for layer in (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.MaxPool2d(2)):
        with capture_activations(layer, kept.append, batch=1 if isinstance(layer, nn.MaxPool2d) else 2):
            layer(photos)
    assert not kept
