"""How people name a model: one line of text that says everything.

    MODEL[:BACKBONE][@LAYER][?OPTION=VALUE[,OPTION=VALUE...]]

    lookalike                                  the default model
    pretrained                                 EfficientNet-Lite0, pooled
    pretrained:timm/resnet50@stage3            a timm backbone and one of its stages
    pretrained:torchvision/vgg16@fc6           VGG16's first fully connected layer
    pretrained:resnet50?weights=none,side=96   random weights, 96 px input
    trained:language                           a model trained on this catalogue, by its name
    classifier:brand                           what the last layer of a classifier trained here sees

MODEL is a file of `representation/models/`; the rest are fields of its Config. A library and its network are joined
by `/` or `:`. Only `resolve` imports a network.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lookscape import parts
from lookscape.errors import NotFoundError, UnknownNameError, UsageError

if TYPE_CHECKING:
    from lookscape.representation.protocol import Encoder, FittedEncoder

MODELS = "lookscape.representation.models"

TRAINED = "trained"
"""The word before the name of a model that was trained on the catalogue."""

CLASSIFIER = "classifier"
"""The word before the name of a classifier that was trained on the catalogue."""

TRAINED_MARK = "trained.json"
"""The file in a model's folder that says that its training is over."""

COMPILED = ".compiled"
"""The folder beside the models where compiled networks are kept."""

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
        raise UsageError(
            f"{text!r} is not the name of a model; write {GRAMMAR}, for example pretrained:timm/resnet50@pooled"
        )
    options = {name: match[name] for name in ("backbone", "layer") if match[name]}
    return ModelSpec(model=match["model"], options={**options, **_options(match["options"] or "", text=text)})


def space_name(text: str) -> str:
    """The Space a spec's vectors go to unless another is named: the spec with unsafe characters made dashes.

    The Space of a model that was trained here is called like the model.
    """
    named = parse(text)
    if named.model == TRAINED and "backbone" in named.options:
        return named.options["backbone"]
    return re.sub(r"[^A-Za-z0-9._]+", "-", text.strip()).strip("-.")


def resolve(text: str, *, models: Path | None = None, runtime: str = "auto") -> "Encoder":
    """The encoder a spec names; one that learns from the catalogue gets back what it learned.

    `models` is the catalogue's models/ folder, where compiled networks are kept as well; `runtime` is an engine's name
    or auto. Raises UsageError (UnknownNameError for a model, backbone or layer that is not there) and UnavailableError
    when weights that have to be downloaded cannot be.
    """
    from pydantic import ValidationError

    from lookscape.representation.inference.runtime import Runtime
    from lookscape.representation.protocol import FittedEncoder

    named = parse(text)
    if named.model == TRAINED:
        return _open_trained(named, models=models)
    if named.model == CLASSIFIER:
        raise UsageError(f"{text!r} is a classifier of a catalogue; its Engine opens it")
    part = parts.load(MODELS, named.model)
    if not hasattr(part, "build"):
        raise UsageError(f"{text!r} has to be trained first: lookscape train RECIPE; then it is named trained:NAME")
    try:
        config = part.Config(**named.options)
    except ValidationError as error:
        first = error.errors()[0]
        where, allowed = ".".join(map(str, first["loc"])), ", ".join(part.Config.model_fields)
        raise UsageError(f"{text!r}: {where}: {first['msg']}; {named.model} takes {allowed}") from error
    cache = models / COMPILED if models else None
    encoder: Encoder = part.build(config, runtime=Runtime(engine=runtime, cache=cache))
    if models is not None and isinstance(encoder, FittedEncoder):
        _restore(encoder, models / space_name(text))
    return encoder


def trained_names(models: Path) -> list[str]:
    """The models trained on a catalogue, by name; those that are still being trained are not among them."""
    return sorted(path.parent.name for path in models.glob(f"[!.]*/{TRAINED_MARK}"))


def _open_trained(named: ModelSpec, *, models: Path | None) -> "Encoder":
    from lookscape.representation.latents.codec import Codec

    known = trained_names(models) if models else []
    name = named.options.get("backbone", "")
    if models is None or name not in known:
        raise UnknownNameError("trained model", name, known)
    return Codec.open(models / name)


def _restore(encoder: "FittedEncoder", folder: Path) -> None:
    """Put back what was learned, unless there is nothing yet or it was learned with another network."""
    from lookscape.representation import checkpoint

    try:
        saved = checkpoint.load(folder)
    except NotFoundError:
        return
    if saved.config.get("network") == encoder.network_key:
        encoder.restore(saved.tensors)


def _options(listed: str, *, text: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in listed.split(",") if pair]
    for name, equals, value in pairs:
        if not (name and equals and value):
            raise UsageError(f"{text!r}: options are written name=value and separated by commas")
    return {name: value for name, _, value in pairs}
