"""Are blurred and badly lit photos found, and photos as they are left alone? The check `quality` on altered photos.

    python benchmarks/quality.py --data SNEAKERS --others FASHION --models50 MODELS50 [--count 300] [--sheet FILE.png]

COUNT distinct photos of each folder, of sneakers and fashion those whose hash is odd: weights were fitted to the even
ones and to phone photos. Which evidence to weigh was chosen with figures of the photos judged here in view.
Copies are blurred by a Gaussian (sigma in pixels of a
photo of at most 256), or get more or less light (stops, at a gamma of 2.2, cut off at white); all, the originals too,
are saved once more (JPEG of 90). Given are the area under the ROC curve of what the confidence is made of, copies
against originals, with a bootstrap interval over photos (95 %), and how often the trouble is told from the confidence
where people are asked. Photos as they are have true troubles of their own: what is told of them is counted by kind, and
the sheet shows the surest, to be looked at.
"""

import argparse
import collections
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from lookscape.catalogue.checking import SIDE
from lookscape.catalogue.checks.quality import REVIEW_FROM, Quality, quality
from lookscape.catalogue.imaging import ImageU8, decode, encode_jpeg, standardise

Change = Callable[[ImageU8], ImageU8]

RESAMPLED = 500
SHOWN = 48


def blurred(sigma: float) -> Change:
    """Out of focus."""
    return lambda photo: np.asarray(cv2.GaussianBlur(photo, (0, 0), sigma), np.uint8)


def exposed(stops: float) -> Change:
    """As if the film had got 2**stops times the light."""

    def change(photo: ImageU8) -> ImageU8:
        linear = (photo / 255.0) ** 2.2 * 2**stops
        return (np.clip(linear, 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8)

    return change


CHANGES: dict[str, tuple[str, Change]] = {
    **{f"blurred by {sigma:g} pixels": ("blur", blurred(sigma)) for sigma in (1.0, 1.5, 2.0, 3.0)},
    **{f"{stops:g} stops more light": ("burnt", exposed(stops)) for stops in (1.0, 1.5, 2.0)},
    **{f"{stops:g} stops less light": ("dark", exposed(-stops)) for stops in (1.0, 2.0, 3.0)},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--others", type=Path, required=True)
    parser.add_argument("--models50", type=Path, required=True)
    parser.add_argument("--count", type=int, default=300, help="photos of each folder")
    parser.add_argument("--sheet", type=Path, help="where to draw the surest findings among photos as they are")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    told = []
    for folder, half in ((options.data, True), (options.others, True), (options.models50, False)):
        told += _judge_folder(folder, half=half, count=options.count)
    if options.sheet:
        _draw_sheet(told, options.sheet)


def _judge_folder(folder: Path, *, half: bool, count: int) -> list[tuple[float, str, ImageU8]]:
    """Print what is found; the findings among photos as they are, the surest first."""
    photos = _photos(folder, half=half, count=count)
    plain = [quality(_saved(photo)) for photo in photos]
    print(f"{folder.name}: {len(photos)} photos", flush=True)
    for name, (kind, change) in CHANGES.items():
        _print(name, kind, [quality(_saved(change(photo))) for photo in photos], plain)
    surest = [max((sure, kind) for kind, sure in seen.troubles.items()) for seen in plain]
    kinds = collections.Counter(kind for sure, kind in surest if sure >= REVIEW_FROM)
    words = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) or "none"
    print(f"    as they are: told of {sum(kinds.values()) / len(photos):.3f} ({words})", flush=True)
    told = [(*pair, photo) for pair, photo in zip(surest, photos, strict=True) if pair[0] >= REVIEW_FROM]
    return sorted(told, key=lambda item: -item[0])[: SHOWN // 3]


def _photos(folder: Path, *, half: bool, count: int) -> list[ImageU8]:
    files = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in sorted(folder.rglob("*.jpg"))}
    chosen = [digest for digest in sorted(files) if not half or int(digest[-1], 16) % 2][:count]
    return [standardise(files[digest].read_bytes(), max_side=SIDE).pixels for digest in chosen]


def _saved(photo: ImageU8) -> ImageU8:
    return decode(encode_jpeg(photo, quality=90)).pixels


def _print(name: str, kind: str, altered: Sequence[Quality], plain: Sequence[Quality]) -> None:
    found, usual = (np.array([_seen(one, kind) for one in side]) for side in (altered, plain))
    rng = np.random.default_rng(0)
    drawn = (rng.integers(0, len(found), len(found)) for _ in range(RESAMPLED))
    low, high = np.quantile([_area(found[rows], usual[rows]) for rows in drawn], [0.025, 0.975])
    told, alarms = (np.mean([one.troubles[kind] >= REVIEW_FROM for one in side]) for side in (altered, plain))
    area = f"AUC {_area(found, usual):.3f} ({low:.3f} to {high:.3f})"
    print(f"    {name:22} {area}   told {told:.3f}, as they are {alarms:.3f}", flush=True)


def _seen(one: Quality, kind: str) -> float:
    """What the confidence is made of, which does not end at 0 and 1."""
    return {"blur": one.sigma, "burnt": one.burnt, "dark": -one.light}[kind]


def _area(found: NDArray[np.float64], plain: NDArray[np.float64]) -> float:
    return float(roc_auc_score(np.r_[np.ones(len(found)), np.zeros(len(plain))], np.r_[found, plain]))


def _draw_sheet(told: Sequence[tuple[float, str, ImageU8]], path: Path) -> None:
    tiles = []
    for sure, kind, photo in told:
        tile = cv2.resize(photo, (140, 140), interpolation=cv2.INTER_AREA)
        tiles.append(cv2.putText(tile, f"{kind} {sure:.2f}", (3, 135), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (220, 0, 0)))
    tiles += [np.full((140, 140, 3), 255, np.uint8)] * (-len(tiles) % 8)
    rows = [np.hstack(tiles[start : start + 8]) for start in range(0, len(tiles), 8)]
    if rows:
        cv2.imwrite(str(path), np.vstack(rows)[..., ::-1])


if __name__ == "__main__":
    main()
