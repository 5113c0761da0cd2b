"""Make a report on a classifier: figures, curves, confusions and its most confident mistakes.

Everything that `predict evaluate` finds, with ROC and precision-recall curves and what each confidence threshold would
give, in one HTML file that works offline. The figures are for photos it was not trained on, next to always predicting
the most common value and the linear head; intervals resample whole groups of products. The studio's page Classifiers
shows the last one.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.classification.records import ClassifierReport as Result
from lookscape.services.inputs import OutFile
from lookscape.tools import _tool
from lookscape.tools.predict import evaluate

SLOW = True


class Params(evaluate.Params):
    """Which classifier, on which photos, written where."""

    values: tuple[str, ...] = Field(
        default=(), max_length=12, description="values whose curves are drawn; default: the worst and best predicted"
    )
    out: OutFile = Field(
        default="", description="where to write the page; default: reports/classifier-NAME.html in the catalogue"
    )


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Judge, draw, write.

    Raises UnknownNameError for a classifier or a value there is not, UsageError when labels or the split changed since
    or the page cannot be written.
    """
    from lookscape.reports import document, kept
    from lookscape.reports.classifier import page
    from lookscape.reports.classifier.kept import kept_as, page_name
    from lookscape.services.classification.report import pictures, report

    classifier = engine.classifier(params.name)
    name = kept_as(classifier.name)
    path = kept.page_path(engine.folder, params.out, name=f"{name}.html")
    result = report(
        engine,
        classifier,
        part=params.part,
        mistakes=params.mistakes,
        linear=params.linear,
        values=params.values,
        file=str(path),
        progress=progress,
    )
    progress(0, 0, "writing the page")
    body = page.body(result, pictures(engine, result))
    kept.write_page(path, document.document(name=page_name(classifier.name), body=body))
    kept.keep(engine.folder, result, body, name=name)
    return result
