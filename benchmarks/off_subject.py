"""Is what does not belong told, in catalogues of shoes with more and more other things among them?

    python benchmarks/off_subject.py --sneakers SNEAKERS --fashion FASHION --phone PHONE [--count 2000] [--seeds 3]

A catalogue of COUNT photos for each share of other things. Its subject is shoes: most of SNEAKERS, a fifth of the
footwear of FASHION (sandals, heels and flip-flops too), 3 % of the shoes of PHONE, on floors and carpets. Other things
are clothes (most on people), bags, watches and so on of FASHION, and for a fifth the clothes of PHONE. Given are the
area under the ROC curve, its lowest over the SEEDS, its bootstrap interval at 95 % on the first, and the share told
from the confidence where people are asked. Then catalogues whose subject is something else, with every fifth photo of
another kind, and ones without anything else, for alarms. Distances at which confidence begins were chosen on mixtures
drawn with another seed of the same photos (lab/LOG.md).
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from _mixed import MixedPhotos, Shot, anything, bootstrapped, features, shots
from lookscape.catalogue.checking import Check
from lookscape.catalogue.checks._off_subject_usual import Usual
from lookscape.catalogue.findings import Finding

SHARES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4)
FOOTWEAR, SHOES_BY_PHONE, THINGS_BY_PHONE = 0.2, 0.03, 0.2
OTHERS = ("Watches", "Handbags", "Tshirts", "Shirts", "Jeans", "Sunglasses", "Heels", "Wallets")

Features = NDArray[np.float32]


class Pool:
    """Photos by kind, with their features, made once."""

    def __init__(self, options: argparse.Namespace) -> None:
        rng = np.random.default_rng(17)
        everything = 10**6
        loaded: list[Shot] = [
            *shots(options.sneakers, count=options.count, rng=rng, keep=anything),
            *shots(options.fashion, count=everything, rng=rng, keep=anything),
            *shots(options.phone, count=everything, rng=rng, keep=anything),
        ]
        self.features_ND = features(shot.pixels for shot in loaded)
        self.kinds = np.array([_kind(shot) for shot in loaded])
        self.types = np.array([shot.row.get("article_type", "") for shot in loaded])
        self.groups = np.array([shot.row.get("sub_category", "") for shot in loaded])
        self.images = [shot.pixels for shot in loaded]

    def draw(self, kind: str, count: int, rng: np.random.Generator) -> list[int]:
        """Rows of a kind, as many as there are at most."""
        return [int(row) for row in rng.permutation(np.flatnonzero(self.kinds == kind))[:count]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sneakers", type=Path, required=True)
    parser.add_argument("--fashion", type=Path, required=True, help="with master_category and article_type")
    parser.add_argument("--phone", type=Path, required=True, help="with label")
    parser.add_argument("--count", type=int, default=2000, help="photos of a catalogue")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    pool = Pool(options)
    for share in SHARES:
        _mixture(pool, share, count=options.count, seeds=options.seeds)
    print("other subjects, every fifth photo of another kind; and nothing but the subject")
    for name in OTHERS:
        _subject(pool, np.flatnonzero(pool.types == name), name)
    _department_store(pool)


def _kind(shot: Shot) -> str:
    if shot.folder == "sneakers":
        return "sneakers"
    on = shot.row.get("master_category") == "Footwear" or shot.row.get("label") == "Shoes"
    return f"{shot.folder}, {'shoes' if on else 'other things'}"


def _mixture(pool: Pool, share: float, *, count: int, seeds: int) -> None:
    areas = []
    for seed in range(seeds):
        rows = _drawn(pool, share, count=count, rng=np.random.default_rng(seed))
        truth = np.array([kind.endswith("other things") for kind in pool.kinds[rows]])
        distances, told, seconds = _judged(pool, rows)
        areas.append(float(roc_auc_score(truth, distances)))
        if seed:
            continue

        def area(some: NDArray[np.intp], truth: NDArray[np.bool_] = truth, found: Features = distances) -> float:
            return float(roc_auc_score(truth[some], found[some]))

        low, high = bootstrapped(area, len(rows), draws=200)
        shares = [
            f"{kind} {told[pool.kinds[rows] == kind].mean():.3f} of {(pool.kinds[rows] == kind).sum()}"
            for kind in sorted(set(pool.kinds[rows].tolist()))
        ]
        print(f"{share:.0%} other things: AUC {areas[0]:.4f} ({low:.4f} to {high:.4f}; bar 0.97)")
        print(f"    told: {', '.join(shares)}")
        print(f"    {1000 * seconds / len(rows):.2f} ms of processor time a photo, without features")
    print(f"    lowest AUC of {seeds} seeds {min(areas):.4f}")


def _drawn(pool: Pool, share: float, *, count: int, rng: np.random.Generator) -> list[int]:
    others = round(share * count)
    by_phone = pool.draw("phone, other things", round(THINGS_BY_PHONE * others), rng)
    rows = [*by_phone, *pool.draw("fashion, other things", others - len(by_phone), rng)]
    rows += pool.draw("phone, shoes", round(SHOES_BY_PHONE * (count - others)), rng)
    rows += pool.draw("fashion, shoes", round(FOOTWEAR * (count - others)), rng)
    return [*rows, *pool.draw("sneakers", count - len(rows), rng)]


def _judged(pool: Pool, rows: Sequence[int]) -> tuple[Features, NDArray[np.bool_], float]:
    """Distances, which are told, and seconds of processor time."""
    photos = MixedPhotos([pool.images[row] for row in rows], features_ND=pool.features_ND[list(rows)])
    check = Check("off_subject")
    began = time.process_time()
    verdicts = list(check.run(photos, progress=lambda done, total, stage: None))
    seconds = time.process_time() - began
    told = [isinstance(one, Finding) and one.confidence >= check.review_from for one in verdicts]
    usual = Usual.of(photos)
    assert usual is not None
    distances = np.array([usual.distance(features_D) for features_D in pool.features_ND[list(rows)]])
    return distances.astype(np.float32), np.array(told), seconds


def _subject(pool: Pool, subject: NDArray[np.intp], name: str) -> None:
    rng = np.random.default_rng(0)
    elsewhere = np.flatnonzero((pool.types != "") & (pool.groups != pool.groups[subject[0]]))
    others = rng.permutation(elsewhere)[: len(subject) // 4]
    rows = [*subject.tolist(), *others.tolist()]
    truth = np.r_[np.zeros(len(subject)), np.ones(len(others))]
    distances, told, _ = _judged(pool, rows)
    _, alone, _ = _judged(pool, subject.tolist())
    print(
        f"    {name:12} AUC {roc_auc_score(truth, distances):.4f}   told: others {told[truth == 1].mean():.3f}, "
        f"subject {told[truth == 0].mean():.3f}, subject alone {alone.mean():.3f} of {len(subject)}"
    )


def _department_store(pool: Pool) -> None:
    """No one subject; the less is told the better."""
    rows = np.flatnonzero(pool.types != "").tolist()
    _, told, _ = _judged(pool, rows)
    print(f"all of fashion, no one subject: told {told.mean():.3f} of {len(rows)}")


if __name__ == "__main__":
    main()
