"""List the classifiers: what each predicts, with which network, and its last figures.

Figures are those of the last `predict report`; a classifier that was retrained since is marked as stale.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from lookscape.engine import Engine
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.services.classification.trained import Trained


class Params(_tool.Params):
    """Nothing to say."""


class Entry(_tool.Result):
    """One classifier."""

    name: str
    attribute: str = Field(description="what it predicts")
    values: int = Field(description="values it predicts")
    split: str = Field(
        description="the split it was trained on and is evaluated with", json_schema_extra=_tool.MACHINES_ONLY
    )
    backbone: str = Field(description="the network")
    side: int = Field(description="its input, pixels", json_schema_extra=_tool.MACHINES_ONLY)
    train: int = Field(description="photos it was trained on")
    seconds: float = Field(description="seconds of training", json_schema_extra=_tool.MACHINES_ONLY)
    at: datetime = Field(description="when it was trained", json_schema_extra=_tool.MACHINES_ONLY)
    accuracy: float | None = Field(description="share of photos predicted correctly, 0 to 1; None before a report")
    low: float | None = Field(description="lower end of its 95 % interval", json_schema_extra=_tool.MACHINES_ONLY)
    high: float | None = Field(description="upper end", json_schema_extra=_tool.MACHINES_ONLY)
    macro_f1: float | None = Field(description="mean over the values of F1; None before a report")
    gain: float | None = Field(description="accuracy above the linear head's; None before a report, or without one")
    stale: bool = Field(description="it was retrained since its report", json_schema_extra=_tool.MACHINES_ONLY)


class Result(_tool.Result):
    """All classifiers, by name."""

    classifiers: list[Entry]
    damaged: list[str] = Field(
        description="folders without a complete classifier", json_schema_extra=_tool.MACHINES_ONLY
    )


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read what is known of each; no network is opened."""
    from lookscape.classifiers.folder import FOLDER, classifier_names
    from lookscape.errors import NotFoundError
    from lookscape.services.classification.trained import read_trained

    found, damaged = [], []
    for name in classifier_names(engine.folder):
        try:
            found.append(_entry(engine, read_trained(engine.folder / FOLDER / name)))
        except NotFoundError:
            damaged.append(name)
    return Result(classifiers=found, damaged=damaged)


def _entry(engine: Engine, trained: "Trained") -> Entry:
    from lookscape.reports.classifier.kept import last_report

    kept = last_report(engine.folder, trained.name)
    report = kept.result if kept else None
    return Entry(
        name=trained.name,
        attribute=trained.attribute,
        values=len(trained.classes),
        split=trained.split,
        backbone=trained.backbone,
        side=trained.side,
        train=trained.train,
        seconds=trained.seconds,
        at=trained.at,
        accuracy=report.accuracy.value if report else None,
        low=report.accuracy.low if report else None,
        high=report.accuracy.high if report else None,
        macro_f1=report.macro_f1.value if report else None,
        gain=report.gain.value if report and report.gain else None,
        stale=report is not None and report.key != trained.key,
    )
