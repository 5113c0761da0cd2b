"""Suggest which products to label next to improve predictions most, and by how much.

The picks are uncertain, typical of many others and different from each other. Whether they help more than as many
random ones is simulated on the products whose value is known; if that does not show, the answer says so.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lookscape.catalogue.records import Filter
from lookscape.engine import Engine
from lookscape.errors import UnknownNameError, UsageError
from lookscape.services.labels.change import LONGEST_NAME, clean_name
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.services.imputation.active_learning import Gain
    from lookscape.services.imputation.choice import Entry
    from lookscape.services.imputation.table import Labels, Table

SLOW = True


class Params(_tool.Params):
    """Which attribute, how many."""

    name: str = _tool.positional("the attribute to label", min_length=1, max_length=LONGEST_NAME)
    num: int = Field(default=20, ge=1, le=200, description="products to label")
    space: tuple[str, ...] = Field(default=(), description="Spaces to use; default: the default model's")


class Pick(_tool.Result):
    """A product to label."""

    product_id: str
    product: str = Field(description="the product's name")
    photo_id: str = Field(json_schema_extra=_tool.MACHINES_ONLY)
    guess: str = Field(description="its most likely value so far; empty when nothing is known yet")
    chance: float = Field(description="how likely that is, 0 to 1, not calibrated")


class Result(_tool.Result):
    """The picks, and what labelling them should bring."""

    words: str = Field(description="what to expect, in a sentence")
    name: str = Field(description="the attribute")
    known: int = Field(description="products with a value to train on")
    missing: int = Field(description="products with a photo and without a value")
    can_tell: bool = Field(description="picks were clearly better than random ones in the simulation")
    gain: float | None = Field(
        description="gain in accuracy from such picks, 0 to 1; None when it could not be simulated"
    )
    gain_at_random: float | None = Field(description="gain from as many random ones")
    ahead_low: float | None = Field(description="lower end of the 95 % interval of the difference")
    ahead_high: float | None = Field(description="upper end")
    started: int | None = Field(description="labels that the simulation started from")
    picks: list[Pick] = Field(description="products to label, most useful first")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Pick and play through. Raises UsageError when nothing is missing, UnknownNameError for a Space there is not."""
    from threadpoolctl import threadpool_limits

    from lookscape.services.imputation.active_learning import pick
    from lookscape.services.imputation.table import open_table, read_labels

    name = clean_name(params.name)
    names = [facet.name for facet in engine.catalogue.facets(Filter(), max_values=1)]
    table = open_table(engine, params.space, without=name, progress=progress)
    labels = read_labels(engine, table, name, fewest=2)
    rows_M = np.flatnonzero(labels.open_N)
    if not labels.known_N.any() and name not in names:
        raise UnknownNameError("attribute", name, names)
    if not len(rows_M):
        raise UsageError(f"every product with a photo has its {name} already; there is nothing to label")
    progress(0, 0, "training on known values")
    with threadpool_limits(1):
        entry = _learner(table, labels)
        rows_ND = table.views[entry.view if entry else list(table.views)[-1]]
        chances_MK = _chances(rows_ND, labels, entry, rows_M)
        chosen = pick(rows_ND[rows_M], chances_MK, table.groups_N[rows_M], num=params.num)
        gain = _played(table, labels, entry, num=len(chosen), progress=progress)
    chances_PK = None if chances_MK is None else chances_MK[chosen]
    picks = _picks(engine, table, labels, rows_M[chosen], chances_PK)
    return Result(
        words=_words(len(picks), gain),
        name=name,
        known=int(labels.known_N.sum()),
        missing=len(rows_M),
        can_tell=gain is not None and gain.can_tell,
        gain=None if gain is None else round(gain.picked, 4),
        gain_at_random=None if gain is None else round(gain.random, 4),
        ahead_low=None if gain is None else round(gain.low, 4),
        ahead_high=None if gain is None else round(gain.high, 4),
        started=None if gain is None else round(gain.started),
        picks=picks,
    )


def _learner(table: "Table", labels: "Labels") -> "Entry | None":
    """Logistic regression at its best, which is quick enough to be taught many times; None with too little known."""
    from lookscape.services.imputation.choice import Known, folds_of, try_methods

    taught = np.flatnonzero(labels.codes_N >= 0)
    if len(labels.values) < 2 or len(np.unique(table.groups_N[taught])) < 2:
        return None
    known = Known(
        views={view: rows[taught] for view, rows in table.views.items()},
        codes_N=labels.codes_N[taught],
        groups_N=table.groups_N[taught],
        num_classes=len(labels.values),
    )
    return try_methods(known, folds_of(known.groups_N), ["logistic"])[0].entries[0]


def _chances(
    rows_ND: NDArray[np.float32], labels: "Labels", entry: "Entry | None", rows_M: NDArray[np.intp]
) -> NDArray[np.float64] | None:
    if entry is None:
        return None
    taught = np.flatnonzero(labels.codes_N >= 0)
    return entry.learner.chances(rows_ND[taught], labels.codes_N[taught], rows_ND[rows_M], len(labels.values))


def _played(
    table: "Table", labels: "Labels", entry: "Entry | None", *, num: int, progress: _tool.Progress
) -> "Gain | None":
    from lookscape.services.imputation.active_learning import MOST_PLAYED, play

    if entry is None:
        return None
    known = np.flatnonzero(labels.known_N)
    known = np.sort(np.random.default_rng(0).permutation(known)[:MOST_PLAYED])
    return play(
        table.views[entry.view][known],
        labels.codes_N[known],
        table.groups_N[known],
        learner=entry.learner,
        num=num,
        report=lambda done, total: progress(done, total, "simulating labelling"),
    )


def _picks(
    engine: Engine,
    table: "Table",
    labels: "Labels",
    rows_P: NDArray[np.intp],
    chances_PK: NDArray[np.float64] | None,
) -> list[Pick]:
    products = engine.catalogue.products([table.product_ids[row] for row in rows_P])
    picks = []
    for place, row in enumerate(rows_P.tolist()):
        chances_K = None if chances_PK is None else chances_PK[place]
        picks.append(
            Pick(
                product_id=table.product_ids[row],
                product=products[table.product_ids[row]].name,
                photo_id=table.photo_ids[row],
                guess="" if chances_K is None else labels.values[int(chances_K.argmax())],
                chance=0.0 if chances_K is None else round(float(chances_K.max()), 4),
            )
        )
    return picks


def _words(num: int, gain: "Gain | None") -> str:
    if gain is None:
        return (
            f"too few values are known to simulate what labelling these {num} brings; they are typical of the "
            "catalogue and different from each other"
        )
    played = (
        f"simulated from {gain.started:,.0f} labels, {num} such picks raised accuracy by {100 * gain.picked:.1f} "
        f"points and {num} random ones by {100 * gain.random:.1f}"
    )
    if gain.can_tell:
        return f"labelling these {num} should help more than {num} at random: {played}"
    return f"whether these {num} help more than {num} at random is unclear: {played}, which may be chance"
