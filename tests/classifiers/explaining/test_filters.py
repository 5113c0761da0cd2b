"""What filters respond to: a channel that is made to love red finds the red patch."""

import numpy as np
import pytest
import torch

from lookscape.classifiers.explaining.filters import TILE, channels_of, cut_out, filter_sheet, first_layer, map_side
from lookscape.classifiers.network import Classifier, Config
from lookscape.errors import UnknownNameError

SIDE = 32


@pytest.fixture(scope="module")
def network() -> Classifier:
    torch.manual_seed(0)
    made = Classifier(Config(num_classes=2, backbone="encoder", side=SIDE, width=6, dropout=0.0)).eval()
    convolution = dict(made.backbone.named_modules())[first_layer(made, side=SIDE)]
    with torch.no_grad():
        convolution.weight.zero_()
        convolution.weight[2, 0] = -1.0  # of ink, of which red has none in its first channel
        convolution.weight[2, 1:] = 1.0
        if convolution.bias is not None:
            convolution.bias.zero_()
    return made


def photos() -> list[np.ndarray]:
    """Grey ones; the third has a red patch at the bottom left."""
    made = [np.full((SIDE, SIDE, 3), grey, np.uint8) for grey in (90, 120, 150, 180)]
    made[2][20:30, 2:12] = (255, 0, 0)
    return made


def test_a_channel_names_the_photo_and_the_place(network: Classifier) -> None:
    layer = first_layer(network, side=SIDE)
    found = channels_of(network, photos(), side=SIDE, layer=layer, count=1, strongest=2)
    assert [channel.number for channel in found] == [2], "the channel that tells the photos apart comes first"
    best = found[0].responses[0]
    assert best.photo == 2
    assert 20 / SIDE <= best.down <= 30 / SIDE
    assert 2 / SIDE <= best.right <= 12 / SIDE
    assert best.value > found[0].responses[1].value
    part = cut_out(photos()[2], best, side=SIDE, places=map_side(network, side=SIDE, layer=layer))
    assert part.shape == (TILE, TILE, 3)
    assert part[..., 0].mean() > part[..., 1].mean() + 100, "the cut-out is red"


def test_the_first_layer_can_be_looked_at(network: Classifier) -> None:
    found = channels_of(network, photos(), side=SIDE, layer=first_layer(network, side=SIDE), count=1, strongest=2)
    picture = found[0].filter_HWC
    assert picture is not None
    np.testing.assert_array_equal(np.unique(picture.reshape(-1, 3), axis=0), [[255, 0, 0]])
    drawn = filter_sheet([(found[0], [photos()[0][:1].repeat(TILE, 0).repeat(3, 1)[:, :TILE]] * 2)])
    assert drawn.shape == (TILE, 3 * TILE, 3)
    later = channels_of(network, photos(), side=SIDE, layer="encoder.convolutions.1", count=2, strongest=1)
    assert all(channel.filter_HWC is None for channel in later)


def test_a_layer_without_a_map_is_refused_with_those_there_are(network: Classifier) -> None:
    with pytest.raises(UnknownNameError, match="layer"):
        channels_of(network, photos(), side=SIDE, layer="nowhere", count=1, strongest=1)
