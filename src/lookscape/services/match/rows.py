"""Rows of a match board: figures with their intervals, and which rows cannot be told from the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lookscape.index.pairwise import bytes_of
from lookscape.index.protocol import Metric, Vectors
from lookscape.representation.metrics.intervals import bootstrap_mean
from lookscape.representation.metrics.retrieval import Retrieval
from lookscape.services.figures import Figure, Mark, figure_of
from lookscape.services.match.figures import Row
from lookscape.services.match.gallery import Candidate
from lookscape.services.match.judge import Chance, Gallery, by_label, judge, query_ms


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """A row and whether each of its queries found its label first, by the query's place in the gallery."""

    row: Row
    first: Mapping[int, float]


def standing_of(candidate: Candidate, metric: Metric, vectors_MD: Vectors, gallery: Gallery) -> Standing:
    """Judge one Space under one metric, with intervals; `gallery` holds the queries that it may be judged on."""
    found = judge(vectors_MD, gallery, metric)
    figures = _figures(found, gallery)
    first_N = found.recall_KN[0]
    space = candidate.space
    row = Row(
        space=space.name,
        metric=metric.value,
        **figures,
        by_label=by_label(first_N, gallery.labels_M[gallery.queries_N]),
        chance=float(Chance.of(gallery).random_N.mean()),
        size=bytes_of(space.dim, metric),
        query_ms=round(query_ms(vectors_MD, gallery, metric), 3),
        queries=len(gallery.queries_N),
        dim=space.dim,
        model=space.model,
        taught=candidate.taught.attribute if candidate.taught else "",
    )
    return Standing(row=row, first=dict(zip(gallery.queries_N.tolist(), first_N.tolist(), strict=True)))


def _figures(found: Retrieval, gallery: Gallery) -> dict[str, Figure]:
    """With intervals by family."""
    families_N = gallery.families_M[gallery.queries_N]
    values = {
        "match": found.recall_KN[0],
        "recall_5": found.recall_KN[1],
        "recall_10": found.recall_KN[2],
        "map": found.average_precision_N,
        "map_at_r": found.map_at_r_N,
    }
    return {name: figure_of(bootstrap_mean(values_N, groups=families_N)) for name, values_N in values.items()}


def marked(standings: Sequence[Standing], gallery: Gallery) -> list[Row]:
    """The best first; a tie where the interval of the difference to the best, on the queries of both, holds 0."""
    ordered = sorted(standings, key=lambda one: -one.row.match.value)
    best = ordered[0]
    return [one.row.model_copy(update={"match": _mark(one, best, gallery)}) for one in ordered]


def _mark(one: Standing, best: Standing, gallery: Gallery) -> Figure:
    if one is best:
        return one.row.match.model_copy(update={"mark": Mark.BEST})
    both = sorted(one.first.keys() & best.first.keys())
    apart = np.array([best.first[query] - one.first[query] for query in both])
    families = gallery.families_M[np.array(both, np.intp)]
    tied = len(np.unique(families)) > 1 and bootstrap_mean(apart, groups=families).low <= 0
    return one.row.match.model_copy(update={"mark": Mark.TIE if tied else Mark.NONE})
