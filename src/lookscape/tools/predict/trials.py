"""Show the trials of a study: settings, results on the validation photos, and the best.

`--out FILE` also draws its plots, as one HTML file that works offline.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import UnknownNameError
from lookscape.services.inputs import OutFile
from lookscape.services.tuning.records import StudyReport as Result
from lookscape.tools import _tool


class Params(_tool.Params):
    """Which study."""

    study: str = Field(
        default="",
        max_length=80,
        description="the study; default: the only one",
        json_schema_extra={"positional": True},
    )
    best_first: bool = Field(default=False, description="sort by result, not by number")
    out: OutFile = Field(default="", description="an HTML file to write, with plots; default: none")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read the journal. Raises UnknownNameError for a study there is not."""
    from lookscape.classifiers.tuning.study import study_names
    from lookscape.reports.study.page import write_page
    from lookscape.services.tuning.report import study_report

    name = _named(params.study, study_names(engine.folder))
    found = study_report(engine, name, best_first=params.best_first)
    return write_page(engine, found, params.out) if params.out else found


def _named(name: str, known: list[str]) -> str:
    if not name and len(known) == 1:
        return known[0]
    if name not in known:
        raise UnknownNameError("study", name, known)
    return name
