"""Report on the whole catalogue: groups, sizes, labels, colours, mean photos, oddities, duplicates.

The page is one HTML file that works offline: open it, print it, send it. It explains every figure in plain words; the
JSON result holds the numbers. `--by NAME` compares groups by any attribute, whether given, measured, predicted or set
by a person; `--photo FILE` or `--product ID` finds the group whose colours a photo resembles. What was computed for the
same photos is reused, so another grouping takes seconds. The studio's page Catalogue report shows the last one.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.inputs import OutFile, PhotoInput
from lookscape.services.survey.figures import Survey as Result
from lookscape.tools import _tool

SLOW = True


class Params(_tool.Params):
    """Grouped how, compared with what, written where."""

    by: str | None = Field(default=None, description="the attribute whose values make the groups; default: none")
    groups: int = Field(default=8, ge=2, le=12, description="groups at most; the rarest values are grouped together")
    photo: PhotoInput | None = Field(default=None, description="a photo to compare with every group")
    product: str | None = Field(default=None, description="a product, by id, whose photo is compared with every group")
    background: bool = Field(default=False, description="count the background's pixels among the colours too")
    out: OutFile = Field(
        default="", description="where to write the page; default: the catalogue's reports/report.html"
    )
    seed: int = Field(default=0, ge=0, lt=2**31, description="which photos are picked for montages")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Survey, draw, write.

    Raises UnknownNameError for an attribute there is not, NotFoundError for a product, PhotoError for a photo that
    cannot be read, UsageError when the page cannot be written, ConflictError while another report is made.
    """
    from lookscape.reports import document, kept
    from lookscape.reports.catalogue import page
    from lookscape.services.survey.survey import SurveyRequest, survey

    path = kept.page_path(engine.folder, params.out)
    with engine.catalogue.exclusive("report"):
        found = survey(engine, SurveyRequest(**params.model_dump(exclude={"out"})), file=str(path), progress=progress)
        progress(0, 0, "writing the page")
        body = page.body(found.result, found.pictures)
        kept.write_page(path, document.document(name=found.result.name, body=body))
        kept.keep(engine.folder, found.result, body)
    return found.result
