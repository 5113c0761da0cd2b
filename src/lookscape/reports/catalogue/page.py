"""The page of the whole catalogue, drawn from `templates/catalogue.html` with what all pages share."""

import math
from collections.abc import Mapping

from lookscape.reports import document
from lookscape.reports.catalogue import plots
from lookscape.services.survey.colours import CLASSES
from lookscape.services.survey.figures import Survey
from lookscape.services.survey.pictures import AWAY, SHOWN_EIGEN


def body(result: Survey, pictures: Mapping[str, bytes]) -> str:
    """The report without a page around it; `pictures` are WebP files by name."""
    return (
        document.templates()
        .get_template("catalogue.html")
        .render(
            report=result,
            pictures=document.inline(pictures),
            plots=plots.Plots(result),
            away=AWAY,
            classes=CLASSES,
            most_bits=f"{math.log2(CLASSES):.0f}",
            shown_eigen=SHOWN_EIGEN,
        )
    )
