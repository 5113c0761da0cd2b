"""Make a page of the whole catalogue: groups, sizes, labels, colours, mean photos, oddities, repeats.

The page is one HTML file that needs no network: open it, print it, send it. It explains every figure in plain words;
the JSON result holds the numbers. `--by NAME` compares groups by any attribute, given, measured, predicted or a
person's; `--photo FILE` or `--product ID` says which group a photo's colours are like. What was computed for the same
photos before is not computed again, so another grouping takes seconds. The studio's page Report shows the last one.
"""

from datetime import datetime

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.inputs import OutFile, PhotoInput
from lookscape.services.survey.figures import (
    AttributeKnown,
    Balance,
    Component,
    Copies,
    Counted,
    Distribution,
    Group,
    Histogram,
    Likeness,
    Oddity,
    Range,
    Spot,
)
from lookscape.tools import _tool

SLOW = True


class Params(_tool.Params):
    """Grouped how, compared with what, written where."""

    by: str | None = Field(default=None, description="the attribute whose values make the groups; none without it")
    groups: int = Field(default=8, ge=2, le=12, description="groups at most; the rarest values are put together")
    photo: PhotoInput | None = Field(default=None, description="a photo to compare with every group")
    product: str | None = Field(default=None, description="a product, by id, whose photo is compared with every group")
    background: bool = Field(default=False, description="count the background's pixels among the colours too")
    out: OutFile = Field(default="", description="where to write the page; the catalogue's reports/report.html without")
    seed: int = Field(default=0, ge=0, lt=2**31, description="which photos are drawn for montages")


class Result(_tool.Result):
    """All that the page shows, as numbers."""

    made_at: datetime = Field(json_schema_extra=_tool.MACHINES_ONLY)
    name: str = Field(description="the catalogue's")
    file: str = Field(description="the page")
    by: str = Field(description="the attribute that makes the groups; empty without one")
    kind: str = Field(description="none, values or parts: how the groups came about")
    counted: Counted = Field(json_schema_extra=_tool.MACHINES_ONLY)
    in_short: list[str] = Field(description="what stands out, in sentences", json_schema_extra=_tool.MACHINES_ONLY)
    groups: list[Group]
    balance: Balance = Field(json_schema_extra=_tool.MACHINES_ONLY)
    compared: str = Field(description="the photo that was asked about; empty without one")
    compared_photo: str = Field(description="its id, if it is the catalogue's", json_schema_extra=_tool.MACHINES_ONLY)
    photo_to_groups: list[Likeness] = Field(description="its colours and those of each group, the likest first")
    between_groups: list[Likeness] = Field(description="the colours of each pair of groups")
    ranges: list[Range] = Field(description="widths and heights of the files")
    histograms: list[Histogram] = Field(json_schema_extra=_tool.MACHINES_ONLY)
    spots: list[Spot] = Field(description="every size that files have", json_schema_extra=_tool.MACHINES_ONLY)
    attributes: list[AttributeKnown]
    background: bool = Field(
        description="the background's pixels are counted among the colours", json_schema_extra=_tool.MACHINES_ONLY
    )
    side: int = Field(
        description="pixels of the squares at which colours and mean photos are taken",
        json_schema_extra=_tool.MACHINES_ONLY,
    )
    distributions: list[Distribution] = Field(json_schema_extra=_tool.MACHINES_ONLY)
    eigenimages: list[Component]
    eigenimages_of: int = Field(
        description="photos that the eigenimages were found on", json_schema_extra=_tool.MACHINES_ONLY
    )
    oddities: list[Oddity] = Field(description="photos that are unlike the others, by each way of finding them")
    copies: Copies = Field(json_schema_extra=_tool.MACHINES_ONLY)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Survey, draw, write.

    Raises UnknownNameError for an attribute there is not, NotFoundError for a product, PhotoError for a photo that
    cannot be read, UsageError when the page cannot be written, ConflictError while another report is made.
    """
    from lookscape.reports import document, kept
    from lookscape.reports.catalogue import page
    from lookscape.services.survey.survey import survey

    path = kept.page_path(engine.folder, params.out)
    with engine.catalogue.exclusive("report"):
        found = survey(engine, params, file=str(path), progress=progress)
        progress(0, 0, "writing the page")
        body = page.body(found.result, found.pictures)
        kept.write_page(path, document.document(name=found.result.name, body=body))
        kept.keep(engine.folder, found.result, body)
    return found.result
