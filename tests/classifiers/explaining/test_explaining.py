"""Heat maps against finite differences and loops written out; faithfulness of maps that are known to be right."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from lookscape import parts
from lookscape.classifiers.explaining.faithfulness import centre_gaussian, evaluate_map, impute, places
from lookscape.classifiers.explaining.heat_map import METHODS, SaliencyInput, heat_maps, layers
from lookscape.classifiers.network import Classifier, Config
from lookscape.classifiers.saliency.score_cam import scored
from lookscape.errors import UnknownNameError
from lookscape.representation.inference.samples import pictures

LAYER = "encoder.convolutions.1"
TARGET = torch.tensor([2, 0])


@pytest.fixture(scope="module")
def network() -> Classifier:
    torch.manual_seed(0)
    made = Classifier(Config(num_classes=3, backbone="encoder", side=32, width=6, dropout=0.0))
    return made.eval().double()


@pytest.fixture(scope="module")
def photos() -> Tensor:
    return torch.from_numpy(np.stack(pictures(2, side=32))).permute(0, 3, 1, 2).double() / 255


def maps_and_slopes(network: Classifier, photos: Tensor) -> tuple[Tensor, Tensor]:
    """The layer's output, and how each class's logit changes with it, by finite differences."""
    module = dict(network.backbone.named_modules())[LAYER]
    kept: list[Tensor] = []
    hook = module.register_forward_hook(lambda _m, _g, output: kept.append(output.detach().clone()))
    network.logits(photos)
    hook.remove()
    slopes = torch.zeros_like(kept[0])
    for place in np.ndindex(*kept[0].shape[1:]):
        for sign in (1, -1):
            moved = kept[0].clone()
            moved[(slice(None), *place)] += sign * 1e-3
            hook = module.register_forward_hook(lambda _m, _g, _o, moved=moved: moved)
            logits = network.logits(photos).gather(1, TARGET[:, None])[:, 0]
            hook.remove()
            slopes[(slice(None), *place)] += sign * logits.detach() / 2e-3
    return kept[0], slopes


def scaled(coarse: Tensor, side: int = 32) -> Tensor:
    large = functional.interpolate(coarse.clamp(min=0)[:, None].float(), size=side, mode="bilinear")[:, 0]
    return large / large.flatten(1).amax(1)[:, None, None]


def test_gradients_are_those_of_finite_differences(network: Classifier, photos: Tensor) -> None:
    maps, slopes = maps_and_slopes(network, photos)
    grad_cam = (slopes.mean((2, 3), keepdim=True) * maps).sum(1)
    layer_cam = (slopes.clamp(min=0) * maps).sum(1)
    for method, expected in (("grad_cam", grad_cam), ("layer_cam", layer_cam)):
        found = heat_maps(network, photos, TARGET, method=method, layer=LAYER)
        torch.testing.assert_close(found, scaled(expected), atol=3e-3, rtol=3e-3)


def test_score_cam_with_all_channels_is_the_papers(network: Classifier, photos: Tensor) -> None:
    maps, _ = maps_and_slopes(network, photos)
    expected = torch.zeros(2, *maps.shape[2:], dtype=maps.dtype)
    for photo in range(2):
        for channel in maps[photo]:
            if channel.max() == channel.min():
                continue
            mask = (channel - channel.min()) / (channel.max() - channel.min())
            large = functional.interpolate(mask[None, None], size=32, mode="bilinear")[0]
            chance = network.logits((large * photos[photo])[None]).softmax(1)[0, TARGET[photo]]
            expected[photo] += chance.detach() * channel
    found = heat_maps(network, photos, TARGET, method="score_cam", layer=LAYER)
    torch.testing.assert_close(found, scaled(expected), atol=1e-4, rtol=1e-4)


def test_fewer_channels_are_those_that_differ_most(network: Classifier, photos: Tensor) -> None:
    maps = torch.zeros(1, 3, 8, 8)
    maps[0, 1, :4] = 5.0
    maps[0, 2, :, :4] = 1.0
    inputs = SaliencyInput(
        x_BCHW=photos[:1].float(),
        target_B=TARGET[:1],
        maps_BCHW=maps,
        score_B=torch.zeros(1),
        logits=lambda photos: network.logits(photos.double()),
    )
    found = scored(inputs, num_channels=1)[0]
    assert (found[:4] > 0).all()
    assert (found[4:] == 0).all()


@pytest.mark.parametrize("method", parts.names(METHODS))
def test_every_method_gives_a_map_of_the_photo_and_says_what_it_is(
    method: str, network: Classifier, photos: Tensor
) -> None:
    part = parts.load(METHODS, method)
    assert part.TITLE
    assert part.WHAT.endswith(".")
    for layer in layers(network, side=32):
        found = heat_maps(network, photos, TARGET, method=method, layer=layer)
        assert found.shape == (2, 32, 32)
        assert found.isfinite().all()
        assert 0 <= found.min() <= found.max() <= 1 + 1e-6


def test_another_class_gets_another_map(network: Classifier, photos: Tensor) -> None:
    one, other = (
        heat_maps(network, photos, torch.tensor(target), method="grad_cam", layer=LAYER) for target in ([0, 0], [1, 1])
    )
    assert not torch.allclose(one, other)


def test_a_layer_that_gives_no_map_is_not_one(network: Classifier, photos: Tensor) -> None:
    with pytest.raises(UnknownNameError, match=LAYER.replace(".", r"\.")):
        heat_maps(network, photos, TARGET, method="grad_cam", layer="nowhere")
    with pytest.raises(UnknownNameError):
        heat_maps(network, photos, TARGET, method="guess", layer=LAYER)


SPOT = (slice(6, 14), slice(18, 26))


def chance(photos: np.ndarray) -> np.ndarray:
    """A classifier that looks at one spot: how much does each pixel differ from the next?"""
    return np.abs(np.diff(photos[:, SPOT[0], SPOT[1]], axis=2)).mean(axis=(1, 2, 3))


def test_the_right_map_beats_none_the_wrong_one_and_the_middle() -> None:
    photo = np.asarray(pictures(1, side=32)[0], np.float32) / 255
    photo[SPOT] = np.indices((8, 8)).sum(0)[..., None] % 2
    right = np.zeros((32, 32), np.float32)
    right[SPOT] = 1
    best, worst, middle, nothing = (
        evaluate_map(photo, one, chance) for one in (right, 1 - right, centre_gaussian(32, 32), np.zeros_like(right))
    )
    for other in (worst, middle, nothing):
        assert best.deletion < other.deletion
        assert best.insertion > other.insertion
        assert best.road < other.road


def test_places_go_from_the_most_important_and_ties_by_the_seed() -> None:
    order = places(np.array([[0.0, 3.0], [1.0, 3.0]], np.float32), seed=1)
    assert set(order[:2].tolist()) == {1, 3}
    assert order[2:].tolist() == [2, 0]
    tied = np.zeros((6, 6), np.float32)
    assert places(tied, seed=0).tolist() == places(tied, seed=0).tolist()
    assert places(tied, seed=0).tolist() != places(tied, seed=1).tolist()


def test_regions_go_as_one_by_their_mean() -> None:
    map_HW = np.array([[9, 0, 0, 4, 5], [0, 0, 4, 4, 5], [1, 1, 0, 0, 7]], np.float32)
    order = places(map_HW, grain=2)
    regions = [[14], [4, 9], [2, 3, 7, 8], [0, 1, 5, 6], [10, 11], [12, 13]]
    assert order.tolist() == [place for region in regions for place in region]


def test_a_network_that_noise_disturbs_is_judged_by_what_it_looks_at() -> None:
    """As by pixels it is not: taking pixels from everywhere makes it fall sooner than taking the spot."""
    photo = np.full((96, 96, 3), 0.5, np.float32)
    photo[40:56, 40:56] = 1
    right = np.zeros((96, 96), np.float32)
    right[40:56, 40:56] = 1

    def shy(photos: np.ndarray) -> np.ndarray:
        noise = (np.abs(np.diff(photos, axis=2)) > 0).mean(axis=(1, 2, 3))
        spot = (photos[:, 40:56, 40:56] - photo.mean()).mean(axis=(1, 2, 3)) / (1 - photo.mean())
        return np.clip(spot - 3 * np.maximum(noise - 0.05, 0), 0, 1)

    nothing = np.zeros_like(right)
    assert evaluate_map(photo, right, shy).deletion < evaluate_map(photo, nothing, shy).deletion - 0.3
    by_pixels = [evaluate_map(photo, one, shy, region=0).deletion for one in (right, nothing)]
    assert by_pixels[1] - by_pixels[0] < 0.1


def test_what_is_taken_away_is_filled_by_its_surroundings() -> None:
    ramp = np.broadcast_to(np.linspace(0.2, 0.8, 24, dtype=np.float32)[None, :, None], (24, 24, 3)).copy()
    hole = np.zeros((24, 24), np.float32)
    hole[8:16, 8:16] = 1
    order = places(hole)
    filled = impute(ramp, order, 64 / 576)
    np.testing.assert_allclose(filled, ramp, atol=0.06)
    kept = hole == 0
    np.testing.assert_array_equal(filled[kept], ramp[kept])
    np.testing.assert_array_equal(impute(ramp, order, 0.0), ramp)
    assert np.ptp(impute(ramp, order, 1.0)[..., 0]) < 1e-6
