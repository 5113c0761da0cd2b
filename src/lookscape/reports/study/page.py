"""The page of a study, drawn from `templates/study.html` with what all pages share."""

import base64
import shlex
from typing import TYPE_CHECKING

from lookscape.engine import Engine
from lookscape.reports import document

if TYPE_CHECKING:
    from lookscape.tools.predict.trials import Result


def body(engine: Engine, result: "Result") -> str:
    """The study without a page around it, as the tool `trials` found it."""
    from lookscape.classifiers.tuning import study as studies
    from lookscape.reports.study import plots as study_plots

    place = studies.study_folder(engine.folder, result.study)
    trials = studies.read_trials(place)
    plots = study_plots.draw(studies.load(place), trials) if trials else []
    return (
        document.templates()
        .get_template("study.html")
        .render(
            report=result,
            plots=plots,
            learn=f"lookscape predict learn {shlex.quote(result.attribute)} --study {result.study}",
            inline={one.name: f"data:image/svg+xml;base64,{base64.b64encode(one.svg).decode()}" for one in plots},
        )
    )
