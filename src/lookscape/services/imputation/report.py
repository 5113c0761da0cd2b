"""What was found out about an attribute, kept in predictions/ so that a page shows it without doing the work again.

One JSON file for each attribute, named after it. It can be deleted and made again; the predictions themselves stand in
the catalogue.
"""

import hashlib
from pathlib import Path
from urllib.parse import quote

from pydantic import Field, ValidationError

from lookscape.engine import Engine
from lookscape.files import write_atomically
from lookscape.services.records import MACHINES_ONLY, Record

FOLDER = "predictions"
READABLE = 80


class Tried(Record):
    """A method, judged on products whose value is known, which it had not seen."""

    method: str = Field(description="its name; majority is the baseline: always the most common value")
    accuracy: float = Field(description="share of products predicted correctly, 0 to 1")
    low: float = Field(description="lower end of its 95 % interval")
    high: float = Field(description="upper end")
    settings: str = Field(description="at its best")
    chosen: bool


class Step(Record):
    """What a threshold would give."""

    threshold: float
    written: int = Field(description="missing values predicted with at least that confidence")
    expected: float = Field(description="share of these that should be right: their mean confidence")
    seen: float = Field(
        description="share of known values with at least that confidence that were predicted correctly when held out"
    )
    seen_of: int = Field(description="known values with at least that confidence")


class ValueCount(Record):
    """One value that may be predicted."""

    value: str
    known: int = Field(description="products that have it")
    right: float = Field(description="share of these that were predicted correctly when held out")
    written: int = Field(description="products that it is predicted for")


class Report(Record):
    """How an attribute was predicted, how well that went on known values, and what was written."""

    words: str = Field(description="the outcome in a sentence")
    name: str = Field(description="the attribute")
    act: int | None = Field(description="the act, to undo; None when nothing was written")
    known: int = Field(description="products with a value to train on")
    missing: int = Field(description="products with a photo and without a value")
    written: int = Field(description="predictions written; with dry_run those that would be")
    open: int = Field(description="missing values left open")
    expected: float = Field(description="share of the written that should be right, 0 to 1")
    threshold: float = Field(description="confidence from which a prediction is written")
    method: str = Field(description="the method that was chosen")
    accuracy: float = Field(description="its accuracy on held-out products; slightly flattered by having been chosen")
    surer_half: float = Field(description="its accuracy on the half it is most confident of")
    calibration_error: float = Field(description="expected calibration error on held-out products, 15 equal-mass bins")
    values: list[ValueCount] = Field(description="values that may be predicted", json_schema_extra=MACHINES_ONLY)
    rare: list[str] = Field(description="values of a single product, never predicted")
    several: int = Field(description="products with several values, left out")
    methods: list[Tried] = Field(description="all methods tried, the best first, and the baseline")
    curve: list[Step] = Field(description="what other thresholds would give", json_schema_extra=MACHINES_ONLY)


def write_report(engine: Engine, report: Report) -> None:
    """In the place of an earlier one."""
    path = _path(engine, report.name)
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, report.model_dump_json().encode())


def read_report(engine: Engine, name: str) -> Report | None:
    """The last report of an attribute; None without one, or when it is of another version."""
    path = _path(engine, name)
    try:
        return Report.model_validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _path(engine: Engine, name: str) -> Path:
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return engine.folder / FOLDER / f"{quote(name, safe='')[:READABLE]}-{digest}.json"
