"""Photos that are unlike the others: far from their nearest in a Space, or what the eigenimages cannot rebuild."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lookscape.engine import Engine
from lookscape.index.neighbourhood import among_themselves
from lookscape.services.maps.source import open_source
from lookscape.services.records import Progress
from lookscape.services.survey.eigen import Eigenimages
from lookscape.services.survey.figures import Oddity, Outlier

NEIGHBOURS = 5
SHOWN = 12
FEWEST = 8
"""Photos among which one can be odd."""

WHISKER = 1.5
DECIMALS = 6


class Owners:
    """Whose a photo is, and in which group."""

    def __init__(self, product_of: Mapping[str, str], group_of: Mapping[str, int]) -> None:
        self._product_of, self._group_of = product_of, group_of

    def outlier(self, photo_id: str, score: float) -> Outlier:
        """The record of a photo."""
        return Outlier(
            photo_id=photo_id,
            product_id=self._product_of.get(photo_id, ""),
            group=self._group_of.get(photo_id, 0),
            score=round(score, DECIMALS),
        )


def by_space(engine: Engine, owners: Owners, progress: Progress) -> Oddity | None:
    """By the mean distance to the NEIGHBOURS nearest in the default Space; None where there is none, or too little."""
    if not engine.spaces.names():
        return None
    source = open_source(engine, None, None, progress)
    if len(source) < FEWEST:
        return None
    found = among_themselves(
        source.index(),
        source.ids,
        source.vectors_ND,
        num=NEIGHBOURS,
        report=lambda done, total: progress(done, total, "looking for what is odd"),
    )
    words = (
        f"mean distance to the {NEIGHBOURS} most similar photos, under {source.metric.value} in the Space {source.name}"
    )
    return _oddity(("space", words, ""), source.ids, found.distances_NK.astype(np.float64).mean(axis=1), owners)


def by_rebuilding(photo_ids: Sequence[str], eigenimages: Eigenimages | None, owners: Owners) -> Oddity | None:
    """By the root mean square error of the photo rebuilt from the eigenimages; None with too few photos."""
    if eigenimages is None or len(photo_ids) < FEWEST:
        return None
    num = len(eigenimages.components_KP)
    words = f"root mean square of what {num} eigenimages leave of the photo, in levels from 0 to 255"
    return _oddity(("rebuilding", words, "levels"), photo_ids, 255 * eigenimages.error_N, owners)


def _oddity(
    about: tuple[str, str, str], photo_ids: Sequence[str], score_N: NDArray[np.float64], owners: Owners
) -> Oddity:
    """`about`: how, in words, and the unit."""
    how, words, unit = about
    quarter, median, three_quarters = np.quantile(score_N, (0.25, 0.5, 0.75)).tolist()
    fence = three_quarters + WHISKER * (three_quarters - quarter)
    order = np.argsort(-score_N, kind="stable")[:SHOWN]
    return Oddity(
        how=how,
        words=words,
        unit=unit,
        photos=len(score_N),
        median=round(median, DECIMALS),
        fence=round(fence, DECIMALS),
        beyond=int((score_N > fence).sum()),
        outliers=[owners.outlier(photo_ids[row], float(score_N[row])) for row in order.tolist()],
    )
