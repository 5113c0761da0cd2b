"""How well a classifier does, as records: an evaluation, and what a report adds to it."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from lookscape.services.records import MACHINES_ONLY, Record


class Share(Record):
    """A share of photos, 0 to 1, with its 95 % interval."""

    value: float
    low: float
    high: float


class Class(Record):
    """One value. Each figure 0 to 1."""

    RENAMED: ClassVar = {"mostly_taken_for": "most_confused_with"}

    value: str
    precision: float = Field(description="share correct of those predicted as it")
    recall: float = Field(description="share found of those that are")
    f1: float
    support: int = Field(description="photos that have it")
    roc_auc: float | None = Field(description="how well its probability ranks photos; None without contrast")
    average_precision: float | None
    most_confused_with: str = Field(description="what wrong predictions are mistaken for; empty without any")


class Bin(Record):
    """Photos of about the same confidence."""

    confidence: float = Field(description="mean, 0 to 1")
    accuracy: float
    low: float | None = Field(description="lower end of the accuracy's 95 % interval; None for a single group")
    high: float | None = Field(description="upper end")
    photos: int


class Mistake(Record):
    """A photo told wrong."""

    RENAMED: ClassVar = {"told": "predicted"}

    photo_id: str
    product_ids: list[str]
    value: str = Field(description="what it is")
    predicted: str = Field(description="what it was predicted to be")
    confidence: float


class EvaluationPoint(Record):
    """How training stood."""

    epoch: float
    train_loss: float = Field(description="nats, on photos as they were changed for training")
    loss: float = Field(description="nats, on validation photos")
    macro_f1: float
    kept: bool = Field(description="the best checkpoint, whose weights it has")


class Evaluation(Record):
    """How well it tells."""

    RENAMED: ClassVar = {"looks": "evaluations"}

    words: str = Field(description="the outcome in a sentence")
    name: str
    attribute: str
    split: str
    part: str
    names_whole: bool = Field(
        default=True,
        description="whether the split keeps similar names on one side",
        json_schema_extra=MACHINES_ONLY,
    )
    photos: int
    groups: int = Field(description="groups of products that are not independent of each other")
    corrected: int = Field(default=0, description="photos whose value is another one than when it was trained")
    gone: int = Field(
        default=0, description="photos left out because they were put aside or no longer have any of its values"
    )
    accuracy: Share
    macro_f1: Share
    macro_precision: float
    macro_recall: float
    top5: float | None = Field(description="share whose value is in the top five; None for few values")
    calibration_error: float = Field(description="mean gap between confidence and accuracy, 15 bins of equal mass")
    majority: float = Field(description="accuracy of always predicting the most common value")
    linear: Share | None = Field(description="accuracy of the linear head")
    gain: Share | None = Field(description="accuracy above the linear head's, paired photo by photo")
    classes: list[Class] = Field(description="the most common first")
    confusion: list[list[int]] = Field(
        description="photos: rows are true values, columns predicted ones, in the order of `order`",
        json_schema_extra=MACHINES_ONLY,
    )
    order: list[str] = Field(description="the values", json_schema_extra=MACHINES_ONLY)
    calibration: list[Bin] = Field(description="from the least to the most confident", json_schema_extra=MACHINES_ONLY)
    mistakes: list[Mistake] = Field(description="the most confident first", json_schema_extra=MACHINES_ONLY)
    evaluations: list[EvaluationPoint] = Field(description="the course of training", json_schema_extra=MACHINES_ONLY)


class Curve(Record):
    """A curve of one value against all others."""

    value: str = Field(description="empty for the mean of all values")
    area: float = Field(description="under the ROC curve, or the average precision, 0 to 1")
    x: list[float] = Field(description="false positive rate, or recall")
    y: list[float] = Field(description="true positive rate, or precision")


class Step(Record):
    """What comes of answering only when sure."""

    threshold: float = Field(description="confidence from which on it answers, 0 to 1")
    answered: float = Field(description="share of the photos that it answers")
    accuracy: float | None = Field(description="share of those predicted correctly; None where it answers none")


class ClassifierReport(Evaluation):
    """All that the page shows, as numbers."""

    made_at: datetime = Field(json_schema_extra=MACHINES_ONLY)
    file: str = Field(description="the page")
    key: str = Field(description="which training of the classifier was evaluated", json_schema_extra=MACHINES_ONLY)
    train: int = Field(description="photos it was trained on")
    in_short: list[str] = Field(description="what stands out, in sentences", json_schema_extra=MACHINES_ONLY)
    roc: list[Curve] = Field(description="the mean first; for two values or more", json_schema_extra=MACHINES_ONLY)
    precision_recall: list[Curve] = Field(description="the same", json_schema_extra=MACHINES_ONLY)
    steps: list[Step] = Field(description="what each threshold gives", json_schema_extra=MACHINES_ONLY)
