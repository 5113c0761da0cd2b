"""How people name a model: one line of text that says everything.

    MODEL[:BACKBONE][@LAYER][?OPTION=VALUE[,OPTION=VALUE...]]

    lookalike                                  the default model
    pretrained                                 EfficientNet-Lite0, pooled
    pretrained:timm/resnet50@stage3            a timm backbone and one of its stages
    pretrained:torchvision/vgg16@fc6           VGG16's first fully connected layer
    pretrained:resnet50?weights=none,side=96   random weights, 96 px input

MODEL is a file of `representation/models/`; the rest are fields of its Config. A library and its network are joined
by `/` or `:`. Nothing here imports a network.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lookscape.errors import UsageError

GRAMMAR = "MODEL[:BACKBONE][@LAYER][?OPTION=VALUE,...]"

_PATTERN = re.compile(
    r"(?P<model>[a-z][a-z0-9_-]*)(?::(?P<backbone>[\w.:/-]+))?(?:@(?P<layer>[\w.+-]+))?(?:\?(?P<options>.+))?", re.ASCII
)


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """A model's name and the fields of its Config that were given, as text."""

    model: str
    options: Mapping[str, str] = field(default_factory=dict)


def parse(text: str) -> ModelSpec:
    """Read a spec. Raises UsageError with the grammar when it cannot be one."""
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is not the name of a model; write {GRAMMAR}, for example pretrained:timm/resnet50@pooled")
    options = {name: match[name] for name in ("backbone", "layer") if match[name]}
    return ModelSpec(model=match["model"], options={**options, **_options(match["options"] or "", text=text)})


def space_name(text: str) -> str:
    """The Space a spec's vectors go to unless another is named: the spec with unsafe characters made dashes."""
    parse(text)
    return re.sub(r"[^A-Za-z0-9._]+", "-", text.strip()).strip("-.")


def _options(listed: str, *, text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in listed.split(",") if pair]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise UsageError(f"{text!r}: options are written name=value and separated by commas")
    return {name: value for name, _, value in pairs}
