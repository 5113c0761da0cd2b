"""Which photos a Space may be judged on: all, unless a classifier that learned labels of this catalogue made it.

A classifier puts the photos that it learned from beside others of their label because it was told so; that says nothing
of photos to come. So its Space is judged on queries among its split's test photos alone, whatever the label.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lookscape.engine import Engine
from lookscape.errors import LookscapeError, NotFoundError
from lookscape.representation.spaces.space import Space
from lookscape.representation.specs import CLASSIFIER, parse
from lookscape.representation.splits.saved import open_split


@dataclass(frozen=True, kw_only=True)
class Taught:
    """What taught a Space: the classifier, the attribute, the split, and the photos it did not see."""

    classifier: str
    attribute: str
    split: str
    test: frozenset[str]


def taught_by(engine: Engine, space: Space) -> Taught | None:
    """None for a Space that no labels went into.

    Raises NotFoundError when it cannot be told any more which photos its classifier learned from.
    """
    from lookscape.classifiers.folder import FOLDER
    from lookscape.classifiers.held_out import split_changed

    spec = parse(space.model)
    if spec.model != CLASSIFIER:
        return None
    name = spec.options.get("backbone", "")
    about = _about(engine, name)
    if about.get("key", "") not in space.key:
        raise NotFoundError(f"{name} was trained again after the space {space.name!r} was made; embed it again")
    split = str(about["split"])
    try:
        parts = open_split(engine.folder, split).parts
    except LookscapeError as error:
        raise NotFoundError(f"the split that {name} was trained by cannot be read: {error}") from error
    if split_changed(engine.folder / FOLDER / name, parts):
        raise NotFoundError(f"the split {split!r} was recreated since {name} was trained on it; train it again")
    test = frozenset(photo_id for photo_id, part in parts.items() if part == "test")
    return Taught(classifier=name, attribute=str(about["attribute"]), split=split, test=test)


def test_of_all(taught: Sequence[Taught]) -> frozenset[str] | None:
    """Photos that none of these classifiers learned from; None without any classifier."""
    return frozenset.intersection(*(one.test for one in taught)) if taught else None


def _about(engine: Engine, name: str) -> dict[str, Any]:
    from lookscape.classifiers.folder import FOLDER
    from lookscape.representation.checkpoint import CONFIG

    path = engine.folder / FOLDER / name / CONFIG
    try:
        about: dict[str, Any] = json.loads(path.read_bytes())
        about["split"], about["attribute"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotFoundError(
            f"the classifier {name!r} is gone, and with it the list of photos it was trained on"
        ) from error
    return about
