"""A classifier: any backbone, hidden layers if wanted, and a softmax over the classes of one attribute.

The backbone is a network of timm or torchvision (networks.py), or `encoder`: the photo encoder of the visual language,
to be warm-started from a trained one. The first layers may stay as they were, which halves the work of a step; what is
frozen also keeps its running means. New layers learn `head_learning_rate_factor` times faster than pretrained ones.
Labels are smoothed (Szegedy et al., "Rethinking the inception architecture", CVPR 2016); photos and their labels may be
mixed by pairs (Zhang et al., "mixup: Beyond empirical risk minimization", ICLR 2018). Where its features are to be
compared by angle, a loss of metric learning is added (metric_loss.py), with the last layer's rows as proxies.
"""

from enum import StrEnum
from itertools import pairwise
from typing import Any

import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn
from torch.nn import functional

from lookscape.renamed import CONFIG, today
from lookscape.representation.networks.backbone import open_backbone, vector
from lookscape.representation.networks.depthwise import quicken_depthwise
from lookscape.representation.networks.metric_loss import normalised_softmax
from lookscape.representation.networks.photo_networks import PhotoEncoder
from lookscape.representation.trainable import Learner, Losses, StepContext

ENCODER = "encoder"
"""The backbone that is the visual language's own."""


class Optimizer(StrEnum):
    """How weights move."""

    ADAMW = "adamw"
    ADAM = "adam"
    RMSPROP = "rmsprop"
    SGD = "sgd"


class Config(BaseModel):
    """What the network is and how it learns."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    num_classes: int = Field(ge=2, description="classes")
    backbone: str = Field(default="timm/tf_efficientnet_lite0", description="timm/NAME, torchvision/NAME or encoder")
    side: int = Field(default=144, ge=16, le=1024, description="input while training, pixels")
    width: int = Field(default=64, ge=4, le=256, description="channels of the first layer of `encoder`")
    hidden: tuple[int, ...] = Field(default=(), description="units of the layers between backbone and classes")
    dropout: float = Field(default=0.2, ge=0, lt=1, description="share of the features that is left out in training")
    label_smoothing: float = Field(default=0.1, ge=0, lt=1, description="share of each label spread over all classes")
    frozen: float = Field(default=0.0, ge=0, le=1, description="share of the backbone's layers that stays as it was")
    head_learning_rate_factor: float = Field(
        default=10.0, gt=0, description="learning rate of new layers, times the backbone's"
    )
    optimizer: Optimizer = Field(default=Optimizer.ADAMW, description="adamw, adam, rmsprop or sgd")
    mixup_alpha: float = Field(
        default=0.0, ge=0, description="how far photos are mixed by pairs: alpha of mixup, 0 never"
    )
    metric_loss_weight: float = Field(
        default=0.0, ge=0, description="weight of the loss that pulls a class together by angle"
    )
    weight_decay: float = Field(default=0.01, ge=0, description="weight decay, with adamw")

    @model_validator(mode="before")
    @classmethod
    def _of_before(cls, values: Any) -> Any:
        return today(values, CONFIG)


class Classifier(Learner):
    """Photos B x 3 x H x W in [0, 1] -> B x classes. `weighing` tells the loss how much each class counts."""

    players = ("classifier",)

    def __init__(self, config: Config, *, weights: str = "default") -> None:
        """Build the network; `weights` as in networks.py, for a backbone that has any. Raises as `open_backbone`."""
        super().__init__()
        self.config = config
        self.backbone, mean, std = _backbone(config, weights=weights)
        self.mean: Tensor
        self.std: Tensor
        self.weights_K: Tensor
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1), persistent=False)
        self.register_buffer("weights_K", torch.ones(config.num_classes))
        units = [_width(self.backbone, config), *config.hidden]
        layers = [
            nn.Sequential(nn.Dropout(config.dropout), nn.Linear(before, after), nn.ReLU())
            for before, after in pairwise(units)
        ]
        self.hidden = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(units[-1], config.num_classes))
        self._frozen = _first(self.backbone, share=config.frozen)
        for module in self._frozen:
            for weight in module.parameters(recurse=False):
                weight.requires_grad = False

    def weigh(self, weights_K: Tensor) -> None:
        """Let a class count this much in the loss; mean 1 over the photos keeps the learning rate's meaning."""
        self.weights_K.copy_(weights_K)

    def parameters_of(self, player: str) -> list[nn.Parameter]:
        """The weights that are not frozen."""
        return [weight for weight in self.parameters() if weight.requires_grad]

    def optimizer(self, player: str, *, learning_rate: float) -> torch.optim.Optimizer:
        """Two groups: the backbone at `learning_rate`, the new layers faster."""
        new = [*self.hidden.parameters(), *self.head.parameters()]
        own = [weight for weight in self.backbone.parameters() if weight.requires_grad]
        groups: list[dict[str, Any]] = [{"params": new, "lr": learning_rate * self.config.head_learning_rate_factor}]
        if own:
            groups.append({"params": own, "lr": learning_rate})
        match self.config.optimizer:
            case Optimizer.ADAMW:
                return torch.optim.AdamW(groups, weight_decay=self.config.weight_decay, fused=True)
            case Optimizer.ADAM:
                return torch.optim.Adam(groups, fused=True)
            case Optimizer.RMSPROP:
                return torch.optim.RMSprop(groups)
            case Optimizer.SGD:
                return torch.optim.SGD(groups, momentum=0.9, nesterov=True)

    def features(self, x_BCHW: Tensor) -> Tensor:
        """B x D: what the last layer sees."""
        out_BD: Tensor = self.hidden(self.backbone((x_BCHW - self.mean) / self.std))
        return out_BD

    def logits(self, x_BCHW: Tensor) -> Tensor:
        """B x classes, float32."""
        out_BK: Tensor = self.head(self.features(x_BCHW))
        return out_BK.float()

    def forward(self, x_BCHW: Tensor, context: StepContext) -> Losses:
        """Cross entropy of smoothed labels, each photo weighed by its class. What is frozen works as it does in use."""
        assert context.labels_B is not None
        for module in self._frozen:
            module.training = False
        share, other_B = self._mixing(len(x_BCHW))
        if share < 1:
            x_BCHW = share * x_BCHW + (1 - share) * x_BCHW[other_B]
        features_BD = self.features(x_BCHW)
        logits_BK: Tensor = self.head(features_BD).float()
        loss = share * self._loss(features_BD, logits_BK, context.labels_B)
        if share < 1:
            loss = loss + (1 - share) * self._loss(features_BD, logits_BK, context.labels_B[other_B])
        accuracy = (logits_BK.argmax(1) == context.labels_B).float().mean()
        return Losses(total=loss, measured={"loss": loss.detach(), "accuracy": accuracy})

    def _loss(self, features_BD: Tensor, logits_BK: Tensor, labels_B: Tensor) -> Tensor:
        loss = functional.cross_entropy(
            logits_BK, labels_B, weight=self.weights_K, label_smoothing=self.config.label_smoothing
        )
        if not self.config.metric_loss_weight:
            return loss
        proxies_KD: Tensor = self.head[-1].weight  # type: ignore[assignment]
        pulled = normalised_softmax(features_BD, proxies_KD, labels_B, weights_K=self.weights_K)
        return loss + self.config.metric_loss_weight * pulled

    def _mixing(self, count: int) -> tuple[float, Tensor]:
        """The share of each photo that stays, at least half, and which photo gives the rest."""
        if not self.config.mixup_alpha:
            return 1.0, torch.empty(0, dtype=torch.long)
        alpha = torch.tensor(self.config.mixup_alpha)
        share = float(torch.distributions.Beta(alpha, alpha).sample())
        return max(share, 1 - share), torch.randperm(count)


class _Encoder(nn.Module):
    """The visual language's encoder without its head: its last map as one vector."""

    def __init__(self, *, side: int, width: int) -> None:
        super().__init__()
        self.encoder = PhotoEncoder(side=side, width=width, num_outputs=1)
        del self.encoder.head, self.encoder.straight

    def forward(self, x_BCHW: Tensor) -> Tensor:
        return self.encoder.features(x_BCHW).flatten(1)


def _backbone(config: Config, *, weights: str) -> tuple[nn.Module, tuple[float, ...], tuple[float, ...]]:
    """The network, and the mean and deviation that its input is to have."""
    if config.backbone == ENCODER:
        return _Encoder(side=config.side, width=config.width), (0.0,) * 3, (1.0,) * 3
    opened = open_backbone(config.backbone, weights=weights, side=config.side)
    architecture = opened.architecture
    return quicken_depthwise(vector(opened, "pooled")), architecture.mean, architecture.std


@torch.no_grad()
def _width(backbone: nn.Module, config: Config) -> int:
    """D, by trying: libraries name it differently."""
    was = backbone.training
    found: Tensor = backbone.eval()(torch.zeros(1, 3, config.side, config.side))
    backbone.train(was)
    return int(found.shape[1])


def _first(backbone: nn.Module, *, share: float) -> list[nn.Module]:
    """The first modules with weights of their own, in the order in which they were made, which is that of the data.

    One may hold others, as a vision transformer that has a token of its own holds all of its layers.
    """
    layers = [module for module in backbone.modules() if next(module.parameters(recurse=False), None) is not None]
    return layers[: round(share * len(layers))]
