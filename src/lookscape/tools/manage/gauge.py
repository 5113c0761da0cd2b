"""Measure how every product looks, from its photo's pixels: shape, sole, colours, tone, texture.

The first photo of each product is measured and the values are stored as measured attributes with their confidence.
Products measured before, on the same picture by the same measures, are skipped, so a stopped run resumes. Values that
assume a shoe seen from the side are left out for anything else.
"""

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.photos.gauge import Gauged as Result
from lookscape.services.photos.gauge import gauge
from lookscape.tools import _tool

SLOW = True


class Params(_tool.Params):
    """Whether to measure again."""

    again: bool = Field(default=False, description="measure products that were measured before too")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Measure what is missing. Raises UsageError without products, ConflictError while another run is at it."""
    return gauge(engine, again=params.again, progress=progress)
