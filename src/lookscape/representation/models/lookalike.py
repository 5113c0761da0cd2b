"""Finds the same product and those that look like it: the default model for search.

Three late stages of EfficientNet-Lite0 are each pooled by their generalised mean (GeM, Radenović et al., PAMI 2019) and
scaled to length 1, so that the details that tell two products apart count as much as what kind of thing they are. A
linear map learned from a sample of the catalogue and altered copies of it (whitening.py) then forgets what cropping,
brightness and compression change. One pass through the network, without its last layer: it costs no more than
`pretrained`. What it finds, compared with pooled features, is printed by benchmarks/search_quality.py.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from lookscape.errors import UsageError
from lookscape.representation.inference.runtime import DEFAULT_RUNTIME, Network, Runner, Runtime
from lookscape.representation.networks import whitening
from lookscape.representation.networks.weights import network_identity
from lookscape.representation.networks.whitening import Whitening
from lookscape.representation.protocol import ImageU8, Tensors, Vectors
from lookscape.representation.spaces.alterations import Alteration, alter
from lookscape.representation.spaces.preprocess import square

AREA, BRIGHTNESS, QUALITY = (0.65, 1.0), 0.25, (30, 95)
"""What the copies to learn from go through: share of the area kept, largest change of brightness, JPEG quality."""


class Config(BaseModel):
    """What to compute."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backbone: str = Field(default="timm/tf_efficientnet_lite0", description="timm/NAME, torchvision/NAME or NAME")
    layer: str = Field(default="blocks.4+blocks.5+blocks.6", description="modules to pool, joined by +")
    weights: str = Field(default="default", description="default, none (random) or a .safetensors file")
    side: int | None = Field(default=None, ge=32, le=1024, description="input, pixels; the network's own by default")
    dim: int = Field(default=384, ge=2, le=4096, description="length of a vector; at most the pooled channels")
    sample: int = Field(default=800, ge=1, le=100_000, description="photos to learn the whitening from")


class Lookalike:
    """Pooled stages, whitened; compared by cosine; the length says how unusual."""

    default_metric = "cosine"

    def __init__(self, runner: Runner, *, dim: int, sample: int) -> None:
        self._run = runner
        self._whitening: Whitening | None = None
        self.dim, self.side, self.sample_size = min(dim, runner.plan.dim), runner.plan.side, sample

    @property
    def network_key(self) -> str:
        """Identifies the network alone."""
        return f"{self._run.plan.key}-{self.dim}"

    @property
    def key(self) -> str:
        """Identifies the network and the whitening."""
        return f"{self.network_key}-{self._whitening.digest if self._whitening else 'unfitted'}"

    @property
    def num_fitted(self) -> int:
        """Photos the whitening was learned from."""
        return self._whitening.num_photos if self._whitening else 0

    def fit(self, photos: Iterable[ImageU8]) -> None:
        """Learn the whitening from one photo or more."""
        features = self._features(_with_copies(photos, side=self.side))
        self._whitening = whitening.fit(features[0::2], features[1::2], dim=self.dim)

    def encode(self, photos: Iterable[ImageU8]) -> Vectors:
        """B x D. Raises UsageError before `fit`."""
        if self._whitening is None:
            raise UsageError("lookalike has not seen this catalogue yet; run `lookscape embed lookalike` first")
        return self._whitening(self._features(photos))

    def state(self) -> Tensors:
        """The whitening, empty before `fit`."""
        return self._whitening.state() if self._whitening else {}

    def restore(self, state: Tensors) -> None:
        """Take over a whitening."""
        self._whitening = Whitening.from_state(state)

    def _features(self, photos: Iterable[ImageU8]) -> Vectors:
        return self._run(square(photo, side=self.side) for photo in photos)


def _with_copies(photos: Iterable[ImageU8], *, side: int) -> Iterator[ImageU8]:
    """Each photo, squared, and then an altered copy of it; always the same copies."""
    random = np.random.default_rng(0)
    for photo in photos:
        small = square(photo, side=side)
        how = Alteration(area=random.uniform(*AREA), brightness=BRIGHTNESS, quality=int(random.integers(*QUALITY)))
        yield small
        yield alter(small, random, how)


def network(config: Config) -> Network:
    """The network as a torch module, with its weights, ending before the whitening."""
    from torch import nn

    from lookscape.representation.networks.backbone import cut, network_key, open_backbone
    from lookscape.representation.networks.blocks import FromBytes, GeneralisedMeans

    backbone = open_backbone(config.backbone, weights=config.weights, side=config.side)
    look = backbone.architecture
    pooled = nn.Sequential(cut(backbone, config.layer.split("+")), GeneralisedMeans())
    module = FromBytes(pooled, mean=look.mean, std=look.std).eval()
    key = network_key(backbone, "lookalike", config.layer)
    return Network(module=module, side=backbone.side, key=key, centred=True)


def build(config: Config, *, runtime: Runtime = DEFAULT_RUNTIME) -> Lookalike:
    """Find, load and compile the network, or take it from the runtime's cache; the whitening comes later."""
    fields = config.model_dump(include={"backbone", "layer", "weights", "side"})
    runner = runtime.open(network_identity("lookalike", fields), lambda: network(config))
    return Lookalike(runner, dim=config.dim, sample=config.sample)
