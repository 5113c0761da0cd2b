"""Are photos of two products told from photos of one?

    python benchmarks/pair.py --sneakers SNEAKERS [--phone PHONE] [--models50 MODELS50] [--count 1500] [--sheet FILE]

A catalogue of COUNT photos of SNEAKERS, nearly all of one shoe, to which are added pairs that were laid out of other
photos of it, as many single shoes laid out in the same way, and drawn shoes laid out once and twice. How pairs are
laid out is as in the learning (overlap up to 0.6 of the width), from products it has not seen, so this says what it
can do, not what shops do. Real ones: in PHONE nearly all shoes lie in pairs; MODELS50 has no labels: the share told,
and a sheet of the surest, some about the middle and the least sure of those told, to be looked at.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from sklearn.metrics import roc_auc_score

from _mixed import MixedPhotos, anything, bootstrapped, shots
from lookscape.catalogue.checking import Check
from lookscape.catalogue.checks._pair.learning import compose
from lookscape.catalogue.findings import Finding
from lookscape.catalogue.imaging import ImageU8
from lookscape.catalogue.rendering import product_at
from lookscape.catalogue.rendering.render import render
from lookscape.services.spaces.intervals import wilson


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sneakers", type=Path, required=True)
    parser.add_argument("--phone", type=Path, help="with label")
    parser.add_argument("--models50", type=Path)
    parser.add_argument("--count", type=int, default=1500, help="photos of the catalogue")
    parser.add_argument("--laid", type=int, default=150, help="pairs and single ones of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheet", type=Path, help="where to draw what is told of models50")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(options.seed)
    real = [
        shot.pixels for shot in shots(options.sneakers, count=options.count + 2 * options.laid, rng=rng, keep=anything)
    ]
    drawn = [
        render(product_at(number, seed=options.seed + 50, nuisance="mild"), size=224) for number in range(options.laid)
    ]
    parts = {
        "as they are": real[: options.count],
        "pairs of photos": _laid(real[options.count :], rng, copies=2, count=options.laid),
        "single, of photos": _laid(real[options.count :], rng, copies=1, count=options.laid),
        "pairs, drawn": _laid(drawn, rng, copies=2, count=options.laid),
        "single, drawn": _laid(drawn, rng, copies=1, count=options.laid),
    }
    if options.phone:
        shoes = shots(options.phone, count=150, rng=rng, keep=lambda row: row["label"] == "Shoes")
        parts["by phone, nearly all pairs"] = [shot.pixels for shot in shoes]
    scores = _judged(parts)
    for name, found in scores.items():
        _tell(name, found)
    for kind, single in (("pairs of photos", "single, of photos"), ("pairs, drawn", "single, drawn")):
        _area(f"{kind} against {single}", scores[kind], scores[single])
    _area("pairs of photos against photos as they are", scores["pairs of photos"], scores["as they are"])
    if options.models50:
        _elsewhere(
            [shot.pixels for shot in shots(options.models50, count=options.count, rng=rng, keep=anything)], options
        )


def _laid(photos: Sequence[ImageU8], rng: np.random.Generator, *, copies: int, count: int) -> list[ImageU8]:
    made = (compose(photo, rng, copies=copies) for photo in photos)
    return [photo for photo in made if photo is not None][:count]


def _judged(parts: dict[str, list[ImageU8]]) -> dict[str, np.ndarray]:
    """Confidence of each photo, all parts being one catalogue."""
    photos = MixedPhotos([photo for part in parts.values() for photo in part])
    verdicts = Check("pair").run(photos, progress=lambda done, total, stage: None)
    sure = np.array([one.confidence if isinstance(one, Finding) else 0.0 for one in verdicts])
    ends = np.cumsum([len(part) for part in parts.values()])
    return dict(zip(parts, np.split(sure, ends[:-1]), strict=True))


def _tell(name: str, found: np.ndarray) -> None:
    told = int((found >= Check("pair").review_from).sum())
    low, high = wilson(told, len(found))
    print(f"    {name:28} told {told / len(found):.4f} ({low:.4f} to {high:.4f}) of {len(found)}")


def _area(name: str, pairs: np.ndarray, others: np.ndarray) -> None:
    truth, scores = np.r_[np.ones(len(pairs)), np.zeros(len(others))], np.r_[pairs, others]

    def area(rows: np.ndarray) -> float:
        return float(roc_auc_score(truth[rows], scores[rows]))

    low, high = bootstrapped(area, len(truth))
    print(f"{name}: AUC {area(np.arange(len(truth))):.4f} ({low:.4f} to {high:.4f})")


def _elsewhere(photos: list[ImageU8], options: argparse.Namespace) -> None:
    found = _judged({"models50": photos})["models50"]
    _tell("models50, some pairs", found)
    if options.sheet:
        order = np.argsort(-found)
        told = int((found >= Check("pair").review_from).sum())
        chosen = [*order[:40], *order[told // 2 : told // 2 + 20], *order[max(told - 20, 0) : told], *order[told:][:40]]
        tiles = [cv2.resize(photos[row], (112, 112), interpolation=cv2.INTER_AREA) for row in chosen]
        tiles += [np.full((112, 112, 3), 255, np.uint8)] * (-len(tiles) % 20)
        rows = [np.hstack(tiles[start : start + 20]) for start in range(0, len(tiles), 20)]
        cv2.imwrite(str(options.sheet), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
