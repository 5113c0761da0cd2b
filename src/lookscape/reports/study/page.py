"""The page of a study, drawn from `templates/study.html` with what all pages share."""

import base64
import shlex
from pathlib import Path

from lookscape.engine import Engine
from lookscape.reports import document, kept
from lookscape.services.tuning.records import StudyReport


def body(engine: Engine, result: StudyReport) -> str:
    """The study without a page around it, with its plots."""
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
            learn=f"lookscape predict train {shlex.quote(result.attribute)} --study {result.study}",
            inline={one.name: f"data:image/svg+xml;base64,{base64.b64encode(one.svg).decode()}" for one in plots},
        )
    )


def write_page(engine: Engine, result: StudyReport, out: str) -> StudyReport:
    """Write the page to a file. Raises UsageError when that is not possible."""
    path = kept.page_path(engine.folder, out)
    written = result.model_copy(update={"file": str(path)})
    kept.write_page(path, document.document(name=result.study, body=body(engine, written)))
    return written


def keep_page(engine: Engine, result: StudyReport, out: str) -> Path:
    """Write the page to a file, or its usual place, and keep it for the studio. Raises UsageError."""
    name = _name(result.study)
    path = kept.page_path(engine.folder, out, name=f"{name}.html")
    content = body(engine, result)
    kept.write_page(path, document.document(name=result.study, body=content))
    kept.keep(engine.folder, result, content, name=name)
    return path


def last_page(folder: Path, study: str) -> kept.Kept[StudyReport] | None:
    """The last page of a study that was kept, if any."""
    return kept.find(folder, StudyReport, name=_name(study))


def _name(study: str) -> str:
    return f"study-{study}"
