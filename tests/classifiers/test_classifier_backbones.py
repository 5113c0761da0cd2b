"""Every family of backbones that people name learns: a finite loss, and a gradient for every weight that may move."""

import pytest
import torch

from lookscape.classifiers.network import Classifier, Config, Optimizer
from lookscape.representation.trainable import StepContext

LABELS = torch.tensor([0, 1, 2, 1])
BACKBONES = {
    "torchvision/vgg16": 64,
    "torchvision/mobilenet_v2": 64,
    "torchvision/shufflenet_v2_x1_0": 64,
    "timm/tf_efficientnet_lite0": 64,
    "timm/resnet10t": 64,
    "timm/test_vit": 160,
    "encoder": 32,
}


def made(backbone: str, **fields: object) -> Classifier:
    torch.manual_seed(0)
    config = Config(num_classes=3, backbone=backbone, side=BACKBONES[backbone], **fields)
    return Classifier(config, weights="none").train()


def loss_of(network: Classifier) -> torch.Tensor:
    side = network.config.side
    torch.manual_seed(1)
    return network(torch.rand(4, 3, side, side), StepContext(step=0, num_steps=1, labels_B=LABELS)).total


@pytest.mark.parametrize("backbone", BACKBONES)
def test_a_backbone_learns(backbone: str) -> None:
    network = made(backbone, hidden=(16,), mixup_alpha=0.2)
    loss = loss_of(network)
    loss.backward()
    assert torch.isfinite(loss)
    assert all(weight.grad is not None for weight in network.parameters_of("classifier"))


@pytest.mark.parametrize("optimizer", Optimizer)
def test_every_optimizer_lowers_the_loss(optimizer: Optimizer) -> None:
    network = made("encoder", optimizer=optimizer, dropout=0.0, width=8)
    moving = network.optimizer("classifier", learning_rate=1e-4 if optimizer is not Optimizer.SGD else 1e-3)
    losses = []
    for _ in range(8):
        loss = loss_of(network)
        moving.zero_grad()
        loss.backward()
        moving.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]


def test_frozen_layers_stay_as_they_were_also_their_running_means() -> None:
    network = made("timm/resnet10t", frozen=0.5)
    before = {name: tensor.clone() for name, tensor in network.backbone.state_dict().items()}
    moving = network.optimizer("classifier", learning_rate=1e-2)
    loss_of(network).backward()
    moving.step()
    after = network.backbone.state_dict()
    changed = [not torch.equal(before[name], after[name]) for name in before]
    assert not any(changed[: len(changed) // 4])
    assert any(changed[-len(changed) // 4 :])


def test_the_first_layers_of_a_transformer_are_frozen_and_the_last_learn() -> None:
    """Its token and its places are weights of the whole network; they do not freeze what it holds."""
    network = made("timm/test_vit", frozen=0.3)
    learns = {name: weight.requires_grad for name, weight in network.backbone.named_parameters()}
    assert not learns["cls_token"]
    assert not learns["patch_embed.proj.weight"]
    assert all(learns[name] for name in learns if name.startswith("norm"))
    assert 0.5 < sum(learns.values()) / len(learns) < 0.8


def test_mixed_photos_have_mixed_losses() -> None:
    """With every photo the same, mixing changes nothing but the labels: the loss is the mean of both photos' losses."""
    plain, mixup_alpha = (
        made("encoder", dropout=0.0, label_smoothing=0.0),
        made("encoder", dropout=0.0, label_smoothing=0.0, mixup_alpha=1.0),
    )
    x_BCHW = torch.full((4, 3, 32, 32), 0.4)
    torch.manual_seed(3)
    share, other_B = mixup_alpha._mixing(4)
    assert 0.5 <= share <= 1
    torch.manual_seed(3)
    found = mixup_alpha(x_BCHW, StepContext(step=0, num_steps=1, labels_B=LABELS)).total
    logits_BK = plain.logits(x_BCHW)
    own, other = (torch.nn.functional.cross_entropy(logits_BK, labels) for labels in (LABELS, LABELS[other_B]))
    torch.testing.assert_close(found, share * own + (1 - share) * other)
