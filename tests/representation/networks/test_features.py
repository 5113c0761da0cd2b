"""The adapters against torch itself: same network, computed by hand here."""

import numpy as np
import pytest
import torch

from lookscape.representation.metrics.perceptual import perceptual_distance
from lookscape.representation.networks.backbone import open_backbone
from lookscape.representation.networks.features import STAGES, Pooled, Stages
from lookscape.representation.specs import resolve

SIDE = 64


@pytest.fixture(scope="module")
def photos() -> np.ndarray:
    rng = np.random.default_rng(0)
    coarse = torch.from_numpy(rng.uniform(0, 255, (6, 3, 6, 6)))
    smooth = torch.nn.functional.interpolate(coarse, size=SIDE, mode="bilinear").permute(0, 2, 3, 1)
    return smooth.round().to(torch.uint8).numpy()


@pytest.fixture(scope="module")
def stages() -> Stages:
    return Stages(SIDE)


def by_hand(photos_NHWC: np.ndarray) -> list[np.ndarray]:
    """The maps, layer by layer through timm's own modules."""
    network = open_backbone("timm/tf_efficientnet_lite0").network
    look = torch.tensor(network.pretrained_cfg["mean"]), torch.tensor(network.pretrained_cfg["std"])
    x = (torch.from_numpy(photos_NHWC).float() / 255 - look[0]) / look[1]
    with torch.no_grad():
        x = network.bn1(network.conv_stem(x.permute(0, 3, 1, 2)))
        maps = {}
        for number, block in enumerate(network.blocks):
            x = block(x)
            maps[f"blocks.{number}"] = x.numpy()
    return [maps[name] for name in STAGES]


def test_stages_are_the_networks_own_maps(stages: Stages, photos: np.ndarray) -> None:
    found, wanted = stages(photos), by_hand(photos)
    assert [stage.shape[2] for stage in found] == [32, 16, 8, 4, 2]
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3 * np.abs(other).max())


def test_the_perceptual_distance_is_that_of_the_maps(stages: Stages, photos: np.ndarray) -> None:
    others = photos[::-1].copy()
    wanted = perceptual_distance(by_hand(photos), others=by_hand(others), features="").values_N
    found = stages.distance(photos, others_NHWC=others)
    np.testing.assert_allclose(found.values_N, wanted, rtol=1e-3, atol=1e-6)
    assert "5 stages, 64 px" in found.features
    assert found.values_N.min() > 0
    assert stages.distance(photos[:3], others_NHWC=photos[:3]).mean == pytest.approx(0, abs=1e-9)


def test_bytes_and_unrounded_photos_are_the_same_photos(stages: Stages, photos: np.ndarray) -> None:
    in_unit = (photos[:2] / 255).astype(np.float32)
    for one, other in zip(stages(photos[:2]), stages(in_unit), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)


def test_steps_of_a_path_are_distances_of_neighbours(stages: Stages, photos: np.ndarray) -> None:
    path = photos[:5]
    wanted = stages.distance(path[:-1], others_NHWC=path[1:]).roots
    np.testing.assert_allclose(stages.steps(path), wanted, rtol=1e-5)


def test_pooled_features_are_those_of_the_model_pretrained(photos: np.ndarray) -> None:
    encoder = resolve("pretrained?side=64")
    pooled = Pooled(encoder)
    np.testing.assert_array_equal(pooled(photos[:3]), encoder.encode(list(photos[:3])))
    assert pooled.name == "tf_efficientnet_lite0, pooled (1280 numbers), 64 px"
    assert pooled.key == encoder.key
    with torch.no_grad():
        network = open_backbone("timm/tf_efficientnet_lite0").network
        look = torch.tensor(network.pretrained_cfg["mean"]), torch.tensor(network.pretrained_cfg["std"])
        x = ((torch.from_numpy(photos[:3]).float() / 255 - look[0]) / look[1]).permute(0, 3, 1, 2)
        wanted = network.forward_features(x).mean(dim=(2, 3)).numpy()
    found = pooled(photos[:3])
    cosine = (found * wanted).sum(axis=1) / np.linalg.norm(found, axis=1) / np.linalg.norm(wanted, axis=1)
    assert cosine.min() > 0.999
