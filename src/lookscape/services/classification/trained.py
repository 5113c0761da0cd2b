"""What is known of a trained classifier without opening its weights: what it tells, how it was learned."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lookscape.errors import NotFoundError


@dataclass(frozen=True, kw_only=True)
class Trained:
    """`key` changes with every training; `train`, `validation` and `test` count photos."""

    name: str
    attribute: str
    split: str
    classes: tuple[str, ...]
    backbone: str
    side: int
    key: str
    train: int
    validation: int
    test: int
    best_step: int
    seconds: float
    at: datetime


def read_trained(folder: Path) -> Trained:
    """From a classifier's folder. Raises NotFoundError when its files are damaged."""
    from lookscape.classifiers.folder import MARK
    from lookscape.representation.checkpoint import CONFIG

    try:
        about = json.loads((folder / CONFIG).read_bytes())
        report = json.loads((folder / MARK).read_bytes())["report"]
        return Trained(
            name=folder.name,
            attribute=about["attribute"],
            split=about["split"],
            classes=tuple(about["classes"]),
            backbone=about["config"]["backbone"],
            side=about["side"],
            key=about["key"],
            **report["counts"],
            best_step=report["best_step"],
            seconds=report["seconds"],
            at=datetime.fromtimestamp((folder / CONFIG).stat().st_mtime, UTC),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotFoundError(f"the classifier {folder.name!r} is damaged ({error}); train it again") from error
