"""A study of a classifier's settings and its trials, as records."""

from typing import ClassVar

from pydantic import Field

from lookscape.renamed import SETTINGS
from lookscape.services.records import MACHINES_ONLY, Record


class Trial(Record):
    """One trial. Settings that it does not have are None."""

    RENAMED: ClassVar = {**SETTINGS, "looks": "evaluations"}

    number: int = Field(description="0 has the settings one gets without tuning")
    state: str = Field(description="waiting, running, finished, pruned, diverged or lost")
    macro_f1: float | None = Field(description="best checkpoint at the validation photos, 0 to 1")
    seconds: float = Field(description="seconds of training")
    layers: int | None = Field(default=None, description="layers between backbone and values")
    units_1: int | None = Field(default=None, description="units of the first of them")
    units_2: int | None = None
    dropout: float | None = None
    optimizer: str | None = None
    learning_rate: float | None = Field(default=None, description="highest learning rate of pretrained layers")
    batch_size: int | None = Field(default=None, description="photos a step")
    frozen: float | None = Field(default=None, description="share of the pretrained layers that stayed as it was")
    head_learning_rate_factor: float | None = Field(
        default=None, description="learning rate of new layers, times that of pretrained"
    )
    label_smoothing: float | None = Field(default=None, description="share of each label spread over all values")
    why: str = Field(default="", description="why it is lost", json_schema_extra=MACHINES_ONLY)
    evaluations: list[float] = Field(
        default=[], description="macro F1 of its evaluations on the validation photos", json_schema_extra=MACHINES_ONLY
    )


class StudyReport(Record):
    """A study as it stands, also while it goes on."""

    words: str = Field(description="the outcome so far")
    study: str
    attribute: str
    split: str
    epochs: float = Field(description="passes over the training photos in every trial")
    best: int | None = Field(description="the best trial's number, None before any is finished")
    settings: str = Field(description="the best trial's settings in words")
    gain: float | None = Field(description="macro F1 of the best above the defaults, trained again with other seeds")
    gain_low: float | None = Field(description="lower end of its 95 % interval")
    gain_high: float | None
    trials: list[Trial]
    file: str = Field(description="the page that was written; empty without one")
