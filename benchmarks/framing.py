"""Are products found that are cut off, small or off centre, when photos are altered by known amounts?

    python benchmarks/framing.py --data SNEAKERS [--others FASHION] [--count 600] [--sheet FILE.png]

What is usual is learned from the photos as they are. COUNT of them are then moved over one side of the frame, so that
a share of the product is lost, made smaller about their middle, or moved where there is room; what is laid bare gets
the background's colour. Given are how often that is found from the confidence where people are asked, the area under
the ROC curve against the photos as they are, and recall at 1 % alarms. Photos as they are have true troubles of
their own; the sheet shows which were told, to be looked at.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from sklearn.metrics import roc_auc_score

from _photos import FolderPhotos
from lookscape.catalogue.checks._framing_place import Place
from lookscape.catalogue.checks.framing import REVIEW_FROM, Usual, judge
from lookscape.catalogue.findings import Finding
from lookscape.catalogue.imaging import ImageU8, background_colour

Change = Callable[[ImageU8, Place, np.random.Generator], ImageU8 | None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--others", type=Path)
    parser.add_argument("--count", type=int, default=600, help="photos that are altered")
    parser.add_argument("--sheet", type=Path, help="where to draw what is told of photos as they are")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    told = [_judge_folder(folder, count=options.count) for folder in filter(None, (options.data, options.others))]
    if options.sheet:
        _draw_sheet([photo for part in told for photo in part[:60]], options.sheet)


def moved(photo: ImageU8, across: float, down: float, *, scale: float = 1.0) -> ImageU8:
    """Scaled about its middle, then moved by shares of its side; the rest gets the background's colour."""
    side = photo.shape[0]
    off = (1 - scale) * (side - 1) / 2
    matrix = np.array([[scale, 0, off + across * side], [0, scale, off + down * side]])
    soft = cv2.GaussianBlur(photo, (0, 0), 0.45 / scale) if scale < 0.8 else photo
    done = cv2.warpAffine(soft, matrix, (side, side), borderValue=background_colour(photo))
    return np.asarray(done, np.uint8)


def _cut(share: float) -> Change:
    """Over a side drawn at random, until this share of the product's width or height is lost."""

    def change(photo: ImageU8, place: Place, rng: np.random.Generator) -> ImageU8:
        wide, high = place.right - place.left, place.bottom - place.top
        across, down = (
            (-(place.left + share * wide), 0.0),
            (0.0, -(place.top + share * high)),
            (1 - place.right + share * wide, 0.0),
            (0.0, 1 - place.bottom + share * high),
        )[int(rng.integers(4))]
        return moved(photo, across, down)

    return change


def _small(scale: float) -> Change:
    return lambda photo, place, rng: moved(photo, 0, 0, scale=scale)


def _away(share: float) -> Change:
    """Towards the side with the most room; None without enough."""

    def change(photo: ImageU8, place: Place, rng: np.random.Generator) -> ImageU8 | None:
        room = (place.left, place.top, 1 - place.right, 1 - place.bottom)
        side = int(np.argmax(room))
        if room[side] < share:
            return None
        return moved(photo, *((-share, 0.0), (0.0, -share), (share, 0.0), (0.0, share))[side])

    return change


CHANGES: dict[str, Change] = {
    **{f"{share:.0%} cut off": _cut(share) for share in (0.05, 0.1, 0.2, 0.4)},
    **{f"at {scale:.0%} of its size": _small(scale) for scale in (0.7, 0.5, 0.35)},
    **{f"moved by {share:.0%} of the photo": _away(share) for share in (0.05, 0.1, 0.2)},
}


def _judge_folder(folder: Path, *, count: int) -> list[ImageU8]:
    photos = FolderPhotos(folder, limit=3 * count)
    places = dict(photos.map(Place.of, photos.ids))
    usual = Usual.of(list(places.values()))
    plain = {photo_id: _confidence(place, usual) for photo_id, place in places.items()}
    alarms = np.array(list(plain.values()))
    print(f"{folder.name}: {len(alarms)} photos as they are, {(alarms >= REVIEW_FROM).mean():.4f} of them told")
    print(f"    usual extent {usual.extent:.2f}, middle {usual.middle[0]:.2f} {usual.middle[1]:.2f}")
    strict = float(np.quantile(alarms, 0.99, method="higher"))
    rng = np.random.default_rng(0)
    for name, change in CHANGES.items():
        found = []
        for photo_id in photos.ids[:count]:
            altered = change(photos.original(photo_id), places[photo_id], rng)
            if altered is not None and plain[photo_id] < REVIEW_FROM:
                found.append(_confidence(Place.of(altered), usual))
        if len(found) >= 20:
            _print(name, np.array(found), alarms, strict=strict)
    told = sorted((photo_id for photo_id in plain if plain[photo_id] >= REVIEW_FROM), key=lambda name: -plain[name])
    return [photos.original(photo_id) for photo_id in told]


def _print(name: str, found: np.ndarray, alarms: np.ndarray, *, strict: float) -> None:
    truth = np.r_[np.ones(len(found)), np.zeros(len(alarms))]
    area = roc_auc_score(truth, np.r_[found, alarms])
    told, rarely = (found >= REVIEW_FROM).mean(), (found > strict).mean()
    print(f"    {name:28} told {told:.3f}   AUC {area:.3f}   at 1 % alarms {rarely:.3f}   of {len(found)}")


def _confidence(place: Place, usual: Usual) -> float:
    verdict = judge("photo", place, usual)
    return verdict.confidence if isinstance(verdict, Finding) else 0.0


def _draw_sheet(photos: Sequence[ImageU8], path: Path) -> None:
    tiles = [cv2.resize(photo, (112, 112), interpolation=cv2.INTER_AREA) for photo in photos]
    for tile in tiles:
        cv2.rectangle(tile, (0, 0), (111, 111), (160, 160, 160), 1)
    tiles += [np.full((112, 112, 3), 255, np.uint8)] * (-len(tiles) % 12)
    rows = [np.hstack(tiles[start : start + 12]) for start in range(0, len(tiles), 12)]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
