"""Pictures of two groups: photos drawn at random, their mean, and over it where a classifier looks on average."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lookscape.engine import Engine
from lookscape.errors import NotFoundError, PhotoError
from lookscape.representation.latents.drawings import sheet, still
from lookscape.representation.spaces.preprocess import decode, square
from lookscape.services.comparison.groups import TwoGroups
from lookscape.services.comparison.records import Heat
from lookscape.services.photos.tiles import tiles
from lookscape.services.records import Progress
from lookscape.services.survey.pictures import TALL, WIDE, small

if TYPE_CHECKING:
    from lookscape.classifiers.trained import TrainedClassifier
    from lookscape.representation.protocol import ImageU8

DRAWN = 48
"""Photos of each group that are averaged."""

BATCH = 16
METHOD = "grad_cam"
ROWS, COLUMNS = ("upper", "middle", "lower"), ("left", "centre", "right")

Maps = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class _Teller:
    """A classifier of the groups' attribute, and the photos that it learned from."""

    classifier: "TrainedClassifier"
    learned: frozenset[str]


def heat_of(engine: Engine, groups: TwoGroups, *, seed: int, progress: Progress) -> tuple[list[Heat], dict[str, bytes]]:
    """Heat maps in words, and WebP files: montage-G and mean-G of each group, heat-G where a classifier tells it."""
    from lookscape.services.explanation.heat_map import heated

    teller = _teller(engine, groups)
    heats: list[Heat] = []
    pictures: dict[str, bytes] = {}
    for number, ids in enumerate((groups.first, groups.second)):
        progress(number, 2, "finding where the classifier looks" if teller else "drawing photos")
        photo_ids = _photo_ids(engine, ids, teller, seed=seed)
        shown = list(tiles(engine, photo_ids[: WIDE * TALL]).values())
        if not shown:
            continue
        pictures[f"montage-{number}"] = still(sheet(shown, wide=min(WIDE, len(shown))))
        squares = _squares(engine, photo_ids, side=teller.classifier.side if teller else shown[0].shape[0])
        if not squares:
            continue
        photos = np.stack(list(squares.values()))
        mean_HWC = photos.mean(axis=0)
        pictures[f"mean-{number}"] = small(mean_HWC)
        value = groups.values[number]
        if teller and value in teller.classifier.classes:
            map_HW = _mean_map(teller.classifier, photos, value)
            pictures[f"heat-{number}"] = still(
                heated(np.asarray(np.rint(mean_HWC), np.uint8), map_HW.astype(np.float32))
            )
            heats.append(
                Heat(
                    classifier=teller.classifier.name,
                    group=groups.clauses[number],
                    value=value,
                    photos=len(photos),
                    unseen=sum(one not in teller.learned for one in squares),
                    where=_where(map_HW),
                )
            )
    return heats, pictures


def _teller(engine: Engine, groups: TwoGroups) -> _Teller | None:
    """The first classifier by name of the attribute that makes the groups, if one tells the first value.

    One that is damaged is passed over, and one of which nobody can say any more what it learned from.
    """
    from lookscape.classifiers.folder import FOLDER, classifier_names
    from lookscape.services.classification.classifiers import learned_from
    from lookscape.services.classification.trained import read_trained

    for name in classifier_names(engine.folder):
        with suppress(NotFoundError):
            trained = read_trained(engine.folder / FOLDER / name)
            if trained.attribute != groups.attributes[0] or groups.values[0] not in trained.classes:
                continue
            learned = learned_from(engine, name, trained.split)
            if learned is not None:
                return _Teller(classifier=engine.classifier(name), learned=learned)
    return None


def _photo_ids(engine: Engine, product_ids: Sequence[str], teller: _Teller | None, *, seed: int) -> list[str]:
    """First photos of products drawn at random, those first that the classifier did not learn from."""
    products = engine.catalogue.products(product_ids)
    photo_ids = [products[one].photo_ids[0] for one in product_ids if one in products and products[one].photo_ids]
    drawn = [photo_ids[place] for place in np.random.default_rng(seed).permutation(len(photo_ids))]
    return sorted(drawn, key=lambda photo_id: bool(teller) and photo_id in teller.learned)[:DRAWN]  # type: ignore[union-attr]


def _squares(engine: Engine, photo_ids: Sequence[str], *, side: int) -> "dict[str, ImageU8]":
    """The photos that can be read, by id."""
    found = {}
    for one in photo_ids:
        with suppress(PhotoError, NotFoundError):
            found[one] = square(decode(engine.catalogue.read_photo(one), side=side), side=side)
    return found


def _mean_map(classifier: "TrainedClassifier", photos_NHWC: "ImageU8", value: str) -> Maps:
    """S x S, the mean over the photos of what speaks for a value, the highest 1."""
    from lookscape.classifiers.explaining.heat_map import layers, maps_over

    layer = layers(classifier.network, side=classifier.side)[-1]
    code = list(classifier.classes).index(value)
    total_HW = np.zeros(photos_NHWC.shape[1:3])
    for start in range(0, len(photos_NHWC), BATCH):
        part = photos_NHWC[start : start + BATCH]
        total_HW += maps_over(classifier.network, part, code=code, method=METHOD, layer=layer).sum(0)
    highest = total_HW.max()
    return np.asarray(total_HW / highest if highest > 0 else total_HW)


def _where(map_HW: Maps) -> str:
    """The warmest of nine parts: `lower left`; `evenly spread` where none is much warmer than the mean."""
    cells = np.array([[cell.mean() for cell in np.array_split(row, 3, axis=1)] for row in np.array_split(map_HW, 3)])
    row, column = divmod(int(cells.argmax()), 3)
    if cells.max() < 1.25 * cells.mean():
        return "evenly spread"
    return "centre" if row == column == 1 else f"{ROWS[row]} {COLUMNS[column]}"
