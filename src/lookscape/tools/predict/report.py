"""Make a page of how well a classifier tells: figures, curves, confusions, its surest mistakes.

Everything that `predict judge` finds, with ROC and precision-recall curves and what each threshold of confidence would
give, on one HTML file that needs no network. The figures are those of photos that it did not learn from, beside always
saying the commonest value and the linear head; intervals redraw whole groups of products. The studio's page Classifiers
shows the last one.
"""

from datetime import datetime

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.inputs import OutFile
from lookscape.tools import _tool
from lookscape.tools.predict import judge

SLOW = True


class Params(judge.Params):
    """Which classifier, on which photos, written where."""

    values: tuple[str, ...] = Field(
        default=(), max_length=12, description="values whose curves are drawn; those told worst and best without it"
    )
    out: OutFile = Field(
        default="", description="where to write the page; reports/classifier-NAME.html in the catalogue without it"
    )


class Curve(_tool.Result):
    """A curve of one value against all others."""

    value: str = Field(description="empty for the mean of all values")
    area: float = Field(description="under the ROC curve, or the average precision, 0 to 1")
    x: list[float] = Field(description="false positive rate, or recall")
    y: list[float] = Field(description="true positive rate, or precision")


class Step(_tool.Result):
    """What comes of answering only when sure."""

    threshold: float = Field(description="confidence from which on it answers, 0 to 1")
    answered: float = Field(description="share of the photos that it answers")
    accuracy: float | None = Field(description="share of those that it tells right; None where it answers none")


class Result(judge.Result):
    """All that the page shows, as numbers."""

    made_at: datetime = Field(json_schema_extra=_tool.MACHINES_ONLY)
    file: str = Field(description="the page")
    key: str = Field(description="which training of the classifier was judged", json_schema_extra=_tool.MACHINES_ONLY)
    train: int = Field(description="photos that it learned from")
    in_short: list[str] = Field(description="what stands out, in sentences", json_schema_extra=_tool.MACHINES_ONLY)
    roc: list[Curve] = Field(
        description="the mean first; for two values or more", json_schema_extra=_tool.MACHINES_ONLY
    )
    precision_recall: list[Curve] = Field(description="the same", json_schema_extra=_tool.MACHINES_ONLY)
    steps: list[Step] = Field(description="what each threshold gives", json_schema_extra=_tool.MACHINES_ONLY)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Judge, draw, write.

    Raises UnknownNameError for a classifier or a value there is not, UsageError when labels or the split changed since
    or the page cannot be written.
    """
    from lookscape.reports import document, kept
    from lookscape.reports.classifier import page
    from lookscape.reports.classifier.kept import kept_as, page_name
    from lookscape.services.classification import report as classification_report

    classifier = engine.classifier(params.name)
    name = kept_as(classifier.name)
    path = kept.page_path(engine.folder, params.out, name=f"{name}.html")
    result = classification_report.judged(engine, params, classifier, file=str(path), progress=progress)
    progress(0, 0, "writing the page")
    body = page.body(result, classification_report.pictures(engine, result))
    kept.write_page(path, document.document(name=page_name(classifier.name), body=body))
    kept.keep(engine.folder, result, body, name=name)
    return result
