"""The page of a study, drawn from `_page/study.html` with the sheet of every report."""

import base64
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from lookscape.engine import Engine
from lookscape.tools.report import _page

if TYPE_CHECKING:
    from lookscape.tools.predict.trials import Result

HERE = Path(__file__).parent / "_page"


def body(engine: Engine, result: "Result") -> str:
    """The study without a page around it, as the tool `trials` found it."""
    from lookscape.representation import study as studies
    from lookscape.tools.predict import _study_plots

    place = studies.study_folder(engine.folder, result.study)
    trials = studies.read_trials(place)
    plots = _study_plots.draw(studies.load(place), trials) if trials else []
    return (
        _page.templates(HERE)
        .get_template("study.html")
        .render(
            report=result,
            plots=plots,
            learn=f"lookscape predict learn {shlex.quote(result.attribute)} --study {result.study}",
            inline={one.name: f"data:image/svg+xml;base64,{base64.b64encode(one.svg).decode()}" for one in plots},
        )
    )
