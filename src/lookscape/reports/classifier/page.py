"""The page of a classifier's report, drawn from `templates/classifier.html` with what all pages share."""

from collections.abc import Mapping

from lookscape.reports import document
from lookscape.reports.classifier import plots as classifier_plots
from lookscape.services.classification.records import ClassifierReport
from lookscape.services.classification.words import interval

MANY = 14
"""A confusion matrix of more values has small cells; the table of values is folded after so many."""


def body(result: ClassifierReport, pictures: Mapping[str, bytes]) -> str:
    """The report without a page around it; `pictures` are WebP files by the photos' ids."""
    return (
        document.templates()
        .get_template("classifier.html")
        .render(
            report=result,
            pictures=document.inline(pictures),
            plots=classifier_plots.Plots(result),
            interval=interval,
            many=MANY,
        )
    )
