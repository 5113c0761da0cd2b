"""The page of a classifier's report, drawn from `_page/judged.html` with the parts and the sheet of every report."""

from collections.abc import Mapping
from pathlib import Path

from lookscape.tools.predict import _judged_plots
from lookscape.tools.predict._judged_words import interval
from lookscape.tools.predict.report import Result
from lookscape.tools.report import _page

HERE = Path(__file__).parent / "_page"

MANY = 14
"""A confusion matrix of more values has small cells; the table of values is folded after so many."""


def body(result: Result, pictures: Mapping[str, bytes]) -> str:
    """The report without a page around it; `pictures` are WebP files by the photos' ids."""
    return (
        _page.templates(HERE)
        .get_template("judged.html")
        .render(
            report=result,
            pictures=_page.inline(pictures),
            plots=_judged_plots.Plots(result),
            interval=interval,
            many=MANY,
        )
    )
