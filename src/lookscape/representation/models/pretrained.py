"""Any published network, as it is: a timm or torchvision backbone cut at a named layer.

The default is EfficientNet-Lite0 (Tan & Le, "EfficientNet", ICML 2019, without squeeze-and-excitation) with the
ImageNet weights that are installed with Lookscape: 1,280 numbers at the global pool. Layers: `pooled`; `stage1` to
`stageN` of timm networks; `fc6` and `fc7` of VGG and AlexNet, after their ReLU; or any module by its path, averaged
over the photo.
"""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from lookscape.representation.inference.runtime import DEFAULT_RUNTIME, Network, Runner, Runtime
from lookscape.representation.networks.weights import network_identity
from lookscape.representation.protocol import ImageU8, Vectors
from lookscape.representation.spaces.preprocess import square


class Config(BaseModel):
    """What to compute."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backbone: str = Field(default="timm/tf_efficientnet_lite0", description="timm/NAME, torchvision/NAME or NAME")
    layer: str = Field(default="pooled", description="pooled, a stage, fc6, fc7 or the path of a module")
    weights: str = Field(default="default", description="default, none (random) or a .safetensors file")
    side: int | None = Field(default=None, ge=32, le=1024, description="input, pixels; the network's own by default")


class Pretrained:
    """The network's vectors; compared by cosine."""

    default_metric = "cosine"

    def __init__(self, runner: Runner) -> None:
        self._run = runner
        self.dim, self.key, self.side = runner.plan.dim, runner.plan.key, runner.plan.side

    def encode(self, photos: Iterable[ImageU8]) -> Vectors:
        """B x D, as the network gives them."""
        return self._run(square(photo, side=self.side) for photo in photos)


def network(config: Config) -> Network:
    """The network as a torch module, with its weights."""
    from lookscape.representation.networks.backbone import network_key, open_backbone, vector
    from lookscape.representation.networks.blocks import FromBytes

    backbone = open_backbone(config.backbone, weights=config.weights, side=config.side, layer=config.layer)
    look = backbone.architecture
    module = FromBytes(vector(backbone, config.layer), mean=look.mean, std=look.std).eval()
    return Network(module=module, side=backbone.side, key=network_key(backbone, "pretrained", config.layer))


def build(config: Config, *, runtime: Runtime = DEFAULT_RUNTIME) -> Pretrained:
    """Find, load and compile the network, or take it from the runtime's cache."""
    identity = network_identity("pretrained", config.model_dump())
    return Pretrained(runtime.open(identity, lambda: network(config)))
