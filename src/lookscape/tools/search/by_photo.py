"""Find the products that look like a photo.

PHOTO is a file, a http(s) URL or - for standard input. One hit per product, closest first. `found` is false when
nothing in the catalogue looks like it.
"""

from pydantic import Field

from lookscape.catalogue import imaging
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.services.inputs import PhotoInput, Where, parse_filter
from lookscape.services.search.hits import Hits, Question, answer
from lookscape.tools import _tool

Result = Hits


class Params(_tool.Params):
    """The photo, and which products may answer."""

    photo: PhotoInput = _tool.positional("an image of at most 20 MB")
    space: str | None = Field(default=None, description="the Space to search; default: the default model's")
    metric: str | None = Field(default=None, description="l1, l2, cosine or hamming; default: the Space's own")
    limit: int = Field(default=10, ge=1, le=200, description="products to return")
    offset: int = Field(default=0, ge=0, le=10_000, description="products to skip, for the next page")
    where: Where = ()
    text: str = Field(default="", description="only products whose name, id or given values hold these words")
    crop: str = Field(default="", description="part of the photo: left,top,right,bottom as fractions from 0 to 1")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Encode the photo as the catalogue's were, then search."""
    space = engine.space(params.space)
    pixels = imaging.standardise(params.photo, part=parse_crop(params.crop)).pixels
    vector = engine.encoder_of(space).encode([pixels])[0]
    wanted = parse_filter(params.where, params.text)
    question = Question(vector=vector, limit=params.limit, offset=params.offset, wanted=wanted)
    return answer(engine, space, params.metric, question)


def parse_crop(given: str) -> tuple[float, float, float, float] | None:
    """`"0.1,0,0.9,1"` -> fractions of width and height. Raises UsageError unless it is a box inside the photo."""
    if not given:
        return None
    try:
        left, top, right, bottom = (float(part) for part in given.split(","))
    except ValueError as error:
        raise UsageError(f"crop {given!r} is not left,top,right,bottom") from error
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise UsageError(f"crop {given!r} is not a box inside the photo; fractions go from 0 to 1")
    return left, top, right, bottom
