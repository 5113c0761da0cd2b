"""Where a classifier begins: the encoder of a visual language, or another classifier of the same split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lookscape.classifiers.held_out import split_changed
from lookscape.classifiers.network import ENCODER, Classifier
from lookscape.classifiers.trained import TrainedClassifier
from lookscape.errors import UsageError
from lookscape.representation.latents.codec import Codec
from lookscape.representation.training.warm_start import encoder_state


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What is to be learned: the classes, by which split, and the part that each photo has in it now."""

    classes: Sequence[str]
    split: str
    parts: Mapping[str, str]


def initialize_from(start: Codec | TrainedClassifier, network: Classifier, aim: Aim, *, classifiers: Path) -> None:
    """Give the backbone the weights of a trained one; the layers above it too, where they tell the same classes.

    `classifiers` is the folder of all of them. Raises UsageError when the weights would not fit, or when the
    classifier may have learned from photos that this one will be judged by.
    """
    backbone = network.config.backbone
    if isinstance(start, TrainedClassifier):
        _check_unseen(start, aim, classifiers=classifiers)
        if start.network.config.backbone != backbone:
            raise UsageError(f"{start.name!r} has the backbone {start.network.config.backbone!r}, not {backbone!r}")
        given = start.network.backbone.state_dict()
    elif backbone != ENCODER:
        raise UsageError(f"only the backbone {ENCODER!r} starts from a trained model, not {backbone!r}")
    else:
        given = {f"encoder.{name}": tensor for name, tensor in encoder_state(start).items()}
    own = network.backbone.state_dict()
    taken = {name: given[name] for name in own if name in given and given[name].shape == own[name].shape}
    if len(taken) < len(own):
        raise UsageError(f"{start.name!r} does not fit; give side={start.side} and its own width")
    network.backbone.load_state_dict(taken)
    if isinstance(start, TrainedClassifier) and _tells_the_same(start, network, aim):
        network.hidden.load_state_dict(start.network.hidden.state_dict())
        network.head.load_state_dict(start.network.head.state_dict())


def _tells_the_same(start: TrainedClassifier, network: Classifier, aim: Aim) -> bool:
    return tuple(start.classes) == tuple(aim.classes) and start.network.config.hidden == network.config.hidden


def _check_unseen(start: TrainedClassifier, aim: Aim, *, classifiers: Path) -> None:
    """A classifier that learned by the very split has seen no photo that judges."""
    if start.split != aim.split:
        raise UsageError(
            f"{start.name!r} was trained on the split {start.split!r}, so it may have seen test photos of {aim.split!r}"
        )
    if split_changed(classifiers / start.name, aim.parts):
        raise UsageError(
            f"the split {aim.split!r} was recreated since {start.name!r} was trained on it; train that again"
        )
