"""What a pair looks like, learned from the catalogue's own products laid side by side; nobody labels anything.

Photos before plain paper give products. Each is laid twice into a new photo, mirrored or not, beside or above the
first, up to more than half behind it; and once, as large and anywhere, so that size and place tell nothing.
Logistic regression on the network's features tells them apart, photos as they are standing with the single ones: most
are. There are two models, each learned from the other half of the products, for a photo that taught would be known.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lookscape.catalogue.checking import Photos
from lookscape.catalogue.checks._off_subject_usual import Features, rooted
from lookscape.catalogue.foreground import find_foreground, to_lab
from lookscape.catalogue.imaging import ImageU8, background_colour

NUM_FOLDS = 2

COMPOSED, AS_THEY_ARE = 100, 300
"""Products laid out once and twice, and photos as they are, for each of the two models."""

FEW = 40
"""Products for each model below which nothing is learned."""

SIDE = 224
"""Pixels of a composed photo."""

_INVERSE_PENALTY = 100.0
_LEVELS, _DEVIATIONS, _NARROW = (0.0, 0.5, 0.95), 2.2, 1.0
_SURE = 0.5
# How far the second lies behind the first, in its widths (below 0: a gap), to the side, and how large both are.
_BEHIND, _ASIDE, _LARGE = (-0.1, 0.6), 0.3, (0.6, 0.95)


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """`models` of the folds, and for each the scores at which confidence is 0, half and nearly 1."""

    models: tuple[Any, ...]
    levels: tuple[tuple[float, float, float], ...]

    @classmethod
    def learn(cls, photos: Photos) -> "Pairs | None":
        """From a fixed sample of all photos; None if too few show a product before plain paper.

        Half sure is a score so many robust deviations above that of single products which a model did not know (a few
        of which are pairs), nearly sure the median of pairs.
        """
        ids = sorted(photos.ids)
        if len(ids) < NUM_FOLDS * FEW:
            return None
        fold_of = folds(photos, ids)
        lessons = [_lesson(photos, [one for one in ids if fold_of[one] == fold]) for fold in range(NUM_FOLDS)]
        if any(len(lesson.labels_N) < 2 * FEW for lesson in lessons):
            return None
        models = [_fitted(lessons[1 - fold]) for fold in range(NUM_FOLDS)]
        levels = [_levels(model, lesson) for model, lesson in zip(models, lessons, strict=True)]
        return cls(models=tuple(models), levels=tuple(levels))

    def confidences(self, features_ND: Features, folds_N: Sequence[int]) -> NDArray[np.float64]:
        """How surely photos show a pair, 0 to 1, by the models that did not know them; 0 without features."""
        good = np.asarray(np.isfinite(features_ND).all(axis=1), np.bool_)
        rows_ND = rooted(np.nan_to_num(features_ND))
        sure_FN = np.stack(
            [
                np.interp(model.decision_function(rows_ND), levels, _LEVELS)
                for model, levels in zip(self.models, self.levels, strict=True)
            ]
        )
        return np.asarray(np.where(good, sure_FN[list(folds_N), np.arange(len(rows_ND))], 0.0), np.float64)


@dataclass(frozen=True, kw_only=True)
class _Lesson:
    """Rooted features of composed photos and of some as they are, and labels: 1 for pairs."""

    rows_ND: Features
    labels_N: NDArray[np.int_]


def folds(photos: Photos, ids: Sequence[str]) -> Mapping[str, int]:
    """Which model judges each photo: photos of one product get the same one."""
    products = photos.products(ids)
    names = {photo_id: min(products.get(photo_id) or (photo_id,)) for photo_id in ids}
    return {photo_id: zlib.crc32(name.encode()) % NUM_FOLDS for photo_id, name in names.items()}


def compose(photo: ImageU8, rng: np.random.Generator, *, copies: int) -> ImageU8 | None:
    """A product laid once or twice into a new photo of its ground's colour; None if it is not before plain paper."""
    found = find_foreground(photo, to_lab(photo))
    if found.confidence < _SURE:
        return None
    rows, columns = np.flatnonzero(found.mask.any(axis=1)), np.flatnonzero(found.mask.any(axis=0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    product = np.dstack([photo[part], found.mask[part] * np.uint8(255)])
    height, width, _ = product.shape
    step = np.zeros(2)
    if copies > 1:
        beyond, aside = 1 - rng.uniform(*_BEHIND), rng.uniform(-_ASIDE, _ASIDE)
        above = rng.random() < (0.75 if width > 1.6 * height else 0.5)
        step = np.array([aside * width, beyond * height] if above else [beyond * width, aside * height])
    extent = np.array([width, height]) + np.abs(step)
    scale = rng.uniform(*_LARGE) * SIDE / extent.max()
    first = rng.uniform(0, SIDE - scale * extent) + scale * np.maximum(-step, 0)
    turned, mirrored = rng.random(2) < 0.5
    canvas = np.full((SIDE, SIDE, 3), background_colour(photo), np.float32)
    for number in range(copies):
        flipped = turned != (mirrored and number > 0)
        _lay(canvas, product[:, ::-1] if flipped else product, at=first + scale * number * step, scale=scale)
    return canvas.clip(0, 255).astype(np.uint8)


def _lay(canvas: NDArray[np.float32], product: NDArray[np.uint8], *, at: NDArray[np.float64], scale: float) -> None:
    """Draw h x w x (RGB, cover) into a photo in place."""
    size = max(1, round(product.shape[1] * scale)), max(1, round(product.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(np.ascontiguousarray(product), size, interpolation=how).astype(np.float32)
    left, top = (int(value) for value in at)
    window = canvas[top : top + size[1], left : left + size[0]]
    small = small[: window.shape[0], : window.shape[1]]
    window += small[..., 3:] / 255 * (small[..., :3] - window)


def _lesson(photos: Photos, ids: Sequence[str]) -> _Lesson:
    """From the photos of one fold."""
    rng = np.random.default_rng(0)
    laid = list(_laid(photos, [ids[row] for row in rng.permutation(len(ids))], rng))
    some = [ids[row] for row in rng.permutation(len(ids))[:AS_THEY_ARE]] if laid else []
    rows_ND = np.concatenate([photos.embed(iter(laid)), photos.features(some)])
    labels_N = np.r_[np.arange(len(laid)) % 2, np.zeros(len(some), np.int_)]
    good = np.isfinite(rows_ND).all(axis=1)
    return _Lesson(rows_ND=rooted(rows_ND[good]), labels_N=labels_N[good])


def _fitted(lesson: _Lesson) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_INVERSE_PENALTY, class_weight="balanced", max_iter=300)
    return model.fit(lesson.rows_ND, lesson.labels_N)


def _levels(model: Any, unknown: _Lesson) -> tuple[float, float, float]:
    """Scores at which confidence is 0, half and nearly 1; pairs that look like single products are never sure."""
    scores_N = model.decision_function(unknown.rows_ND)
    single_N = scores_N[unknown.labels_N == 0]
    middle = float(np.median(single_N))
    half = middle + _DEVIATIONS * 1.4826 * float(np.median(np.abs(single_N - middle)))
    reach = max(float(np.median(scores_N[unknown.labels_N == 1])) - half, _NARROW)
    return half - reach / 2, half, half + reach


def _laid(photos: Photos, ids: Sequence[str], rng: np.random.Generator) -> Iterator[ImageU8]:
    """Composed photos, single ones and pairs in turns."""
    left = COMPOSED
    for _, photo in photos.each(ids[: 4 * COMPOSED]):
        single = compose(photo, rng, copies=1)
        pair = None if single is None else compose(photo, rng, copies=2)
        if single is not None and pair is not None:
            yield from (single, pair)
            left -= 1
        if not left:
            return
