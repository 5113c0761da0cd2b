"""Compare Spaces and metrics by whether the nearest other product has the same label.

A thousand queries, say, are sampled once and kept, each searched in the whole gallery; their own product, copies and
near-duplicates don't count. The share of queries whose nearest other product has the same label is reported with that
of a random product, mean average precision, recall, bytes and time. A Space made by a classifier trained on this
catalogue is evaluated on photos it was not trained on, and so, for comparability, are all the others.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from lookscape.engine import Engine
from lookscape.services.labels.change import LONGEST_NAME, clean_name
from lookscape.services.match.figures import Point, Row
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.services.match.run import Judged

SLOW = True


class Params(_tool.Params):
    """Which label, Spaces and metrics, on how many photos."""

    label: str = _tool.positional("the attribute that a match should share", max_length=LONGEST_NAME)
    spaces: tuple[str, ...] = Field(default=(), description="Spaces to compare, by name; default: all")
    metrics: tuple[str, ...] = Field(default=(), description="l1, l2, cosine, hamming; default: all")
    queries: int = Field(default=1000, ge=2, le=20_000, description="photos to find matches for, at most")
    pool: int = Field(default=20_000, ge=10, le=200_000, description="photos to choose matches from, at most")
    sample: str = Field(default="", max_length=80, description="name of the sample; default: made from the label's")
    seed: int = Field(default=0, ge=0, description="which photos a new sample has")
    again: bool = Field(default=False, description="take a new sample; earlier results are then for other photos")
    mapped: int = Field(default=300, ge=0, le=2000, description="queries laid out by t-SNE; 0 for none")


class Result(_tool.Result):
    """The board, the best first."""

    words: str = Field(description="the outcome in a sentence")
    made_at: datetime
    label: str
    sample: str = Field(description="the sample's name; results of one sample are for the same photos")
    queries: int
    gallery: int = Field(description="photos to choose from")
    products: int = Field(description="products in them")
    labels: int = Field(description="values of the label in them")
    chance: float = Field(description="share for a random other product: how likely it has the query's label")
    commonest: float = Field(description="share of queries that have the most common label")
    rows: list[Row]
    notes: list[str] = Field(description="what was left out, and notes on the figures")
    points: list[Point] = Field(description="t-SNE of some queries", json_schema_extra=_tool.MACHINES_ONLY)


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Draw or open the sample, judge every Space under every metric, and keep the board for the studio's page.

    Raises UsageError when nothing is embedded or nothing has a match, UnknownNameError for names there are not,
    ConflictError while another board of this catalogue is made.
    """
    from lookscape.services.match.file import write_board
    from lookscape.services.match.run import Asked, judge_all

    asked = Asked(
        label=clean_name(params.label),
        spaces=params.spaces,
        metrics=params.metrics,
        queries=params.queries,
        pool=params.pool,
        sample=params.sample,
        seed=params.seed,
        again=params.again,
        mapped=params.mapped,
    )
    with engine.catalogue.exclusive("match"):
        judged = judge_all(engine, asked, progress)
        result = _result(judged)
        write_board(engine.folder, result.sample, result.model_dump_json().encode())
    return result


def _result(judged: "Judged") -> Result:
    return Result(
        words=judged.words,
        made_at=judged.made_at,
        label=judged.sample.label,
        sample=judged.sample.name,
        queries=len(judged.gallery.queries_N),
        gallery=len(judged.gallery.ids),
        products=judged.num_products,
        labels=len(judged.names),
        chance=judged.chance,
        commonest=judged.commonest,
        rows=judged.rows,
        notes=judged.notes,
        points=judged.points,
    )
