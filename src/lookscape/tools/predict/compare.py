"""Find what separates two groups of products: factors, measures, labels, where a classifier looks.

FIRST and SECOND are like `hype=hyped` and `hype=ordinary`; without SECOND, all other products with a value of the same
attribute. Each named factor, measured attribute and other label gets an effect size with a 95 % interval, corrected for
the number of comparisons. Where a classifier predicts the attribute, its mean heat map of each group is shown. What
separates two groups need not be why they differ: compare again within one brand, say, with `--where`. The page is one
HTML file that works offline; the studio's page Compare groups shows the last one.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.comparison.records import Comparison as Result
from lookscape.services.inputs import OutFile, Where
from lookscape.tools import _tool

SLOW = True


class Params(_tool.Params):
    """Which two groups, and what to compare."""

    first: str = _tool.positional("the first group, NAME=VALUE", min_length=3)
    second: str = Field(default="", description="the second, NAME=VALUE; default: all others with a value")
    where: Where = ()
    without: tuple[str, ...] = Field(default=(), description="attributes to leave out, such as one that means the same")
    model: str | None = Field(default=None, description="whose named factors; default: `language`, or the only one")
    examples: int = Field(default=6, ge=0, le=12, description="products shown at each end")
    out: OutFile = Field(default="", description="where to write the page; reports/compare.html in the catalogue")
    seed: int = Field(default=0, ge=0, lt=2**31, description="of the bootstrap and of the photos picked for pictures")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read, compare, draw, write.

    Raises UsageError for groups that are too small or the same, UnknownNameError for an attribute, a value or a model.
    """
    from lookscape.reports import document, kept
    from lookscape.reports.comparison import page
    from lookscape.services.comparison.compare import ComparisonRequest, compare

    path = kept.page_path(engine.folder, params.out, name=f"{page.KEPT}.html")
    request = ComparisonRequest(**params.model_dump(exclude={"out"}))
    compared = compare(engine, request, file=str(path), progress=progress)
    progress(0, 0, "writing the page")
    body = page.body(compared.result, compared.pictures)
    kept.write_page(path, document.document(name=page.title(compared.result), body=body))
    kept.keep(engine.folder, compared.result, body, name=page.KEPT)
    return compared.result
