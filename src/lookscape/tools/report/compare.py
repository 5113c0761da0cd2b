"""Find the group of the last report whose colours a photo resembles.

The groups, and whether the background's pixels count, are those of the last `report catalogue`; nothing is recomputed.
"""

import numpy as np
from pydantic import Field

from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UsageError
from lookscape.services.inputs import PhotoInput
from lookscape.services.survey.figures import Likeness
from lookscape.tools import _tool


class Params(_tool.Params):
    """The photo, or the product."""

    photo: PhotoInput | None = Field(default=None, description="an image file, a http(s) URL or base64")
    product: str | None = Field(default=None, description="a product, by id, in place of a photo")


class Result(_tool.Result):
    """How similar its colours are to each group's."""

    by: str = Field(description="the attribute that makes the groups; empty when they are all photos")
    compared: str = Field(description="what was compared")
    groups: list[Likeness] = Field(description="the least divergence first in each colour space")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Compare.

    Raises NotFoundError without a report, or for a product that is not there; UsageError without a photo; PhotoError.
    """
    from lookscape.reports import kept as reports_kept
    from lookscape.services.survey.compared import asked, colours_of, to_groups

    question = asked(engine, params.photo, params.product)
    if question is None:
        raise UsageError("give a photo or a product to compare")
    kept = reports_kept.latest(engine.folder)
    if kept is None or not kept.result.distributions:
        raise NotFoundError("there is no report with photos to compare with; run: lookscape report catalogue --by NAME")
    last = kept.result
    groups = sorted({one.group for one in last.distributions})
    shares_GL = np.array(
        [[share for one in last.distributions if one.group == group for share in one.shares] for group in groups]
    )
    own_L = colours_of(question.pixels, side=last.side, background=last.background)
    names = [last.groups[group].name for group in groups]
    return Result(by=last.by, compared=question.name, groups=to_groups(question.name, own_L, names, shares_GL))
