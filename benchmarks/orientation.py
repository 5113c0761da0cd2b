"""Which way shoes face and how far they are turned: Canny + Hough, the silhouette, and what is learned, side by side.

    python benchmarks/orientation.py --data SNEAKERS [--others FASHION] [--models50 MODELS50] [--sheet FILE.png]

Distinct photos; near-duplicates are on the same side of the two folds, so no photo is judged by a model that knew it
or its twin. Facing: learned on the photos as they are, of which nearly all face right; then each is mirrored at random
and judged by the model that did not know it. Truth is that a photo as it is faces right, which a few do not: those
count as errors; the sheet shows what is counted as wrong. Turn: --count photos, half of them mirrored, are turned by
-45 to 45 degrees on a larger canvas of their background's colour, once more with all of the photo tinted; truth is that
a photo as it is stands upright. Then the harder thing: a catalogue that is itself half mirrored, or turned as a whole,
where no way is usual. And alarms on photos as they are. Shares with Wilson intervals at 95 %.
"""

import argparse
import collections
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from _photos import FolderPhotos, silent
from lookscape.catalogue.checking import Check
from lookscape.catalogue.checks._orientation.habits import Habits, folds, learn, stand
from lookscape.catalogue.checks._orientation.sight import Sight
from lookscape.catalogue.findings import Finding
from lookscape.catalogue.imaging import ImageU8, background_colour
from lookscape.services.spaces.intervals import wilson

TINT = np.array([0.93, 0.97, 1.0])
LARGEST = 45.0
NEAR = 3.0


def main() -> None:
    options = _arguments()
    cv2.setNumThreads(1)
    photos = FolderPhotos(options.data)
    began = time.process_time()
    habits = _learned(photos)
    print(f"{len(photos.ids)} distinct photos; learned in {time.process_time() - began:.0f} s of processor time")
    print(f"    as they are: {habits.facing.share:.4f} face {habits.usual}, spread {habits.turn.spread:.2f} degrees")
    _facing(photos, habits, sheet=options.sheet)
    _turns(photos, habits, count=options.count)
    _without_habit(photos, count=options.count)
    if options.models50:
        _elsewhere(FolderPhotos(options.models50, limit=options.count), habits)
    for folder in filter(None, (options.data, options.others)):
        _alarms(FolderPhotos(folder, limit=3000))


def turned(photo: ImageU8, degrees: float) -> ImageU8:
    """Clockwise, on a canvas that holds all of it, in the background's colour; then as large as before."""
    side = photo.shape[0]
    wide = int(np.ceil(1.45 * side))
    matrix = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), -degrees, 1.0)
    matrix[:, 2] += (wide - side) / 2
    done = cv2.warpAffine(photo, matrix, (wide, wide), flags=cv2.INTER_CUBIC, borderValue=background_colour(photo))
    return np.asarray(cv2.resize(done, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="photos of shoes, nearly all facing right")
    parser.add_argument("--others", type=Path, help="photos of other things as well, for false alarms")
    parser.add_argument("--models50", type=Path, help="photos of shoes in all situations")
    parser.add_argument("--count", type=int, default=1000, help="photos that are turned")
    parser.add_argument("--sheet", type=Path, help="where to draw what the learned one has wrong")
    return parser.parse_args()


def _learned(photos: FolderPhotos) -> Habits:
    habits = learn(photos, progress=silent)
    assert habits is not None
    return habits


def _facing(photos: FolderPhotos, habits: Habits, *, sheet: Path | None) -> None:
    rng = np.random.default_rng(0)
    fold_of = folds(photos, photos.ids)
    right: dict[str, list[bool]] = collections.defaultdict(list)
    wrong = []
    seeing, judging = 0.0, 0.0
    for photo_id in photos.ids:
        photo, sign = photos.original(photo_id), int(rng.choice([-1, 1]))
        began = time.process_time()
        sight = Sight.of(photo if sign > 0 else np.ascontiguousarray(photo[:, ::-1]))
        middle = time.process_time()
        seen = stand(sight, habits, fold=fold_of[photo_id])
        judging += time.process_time() - middle
        seeing += middle - began
        right["Canny + Hough"].append(sight.facing * sign > 0)
        right["silhouette"].append(sight.drop * sign > 0)
        right["learned"].append(seen.score * sign > 0)
        right["learned, where it is sure (80 %)"] += [seen.score * sign > 0] if abs(seen.score) > np.log(4) else []
        if seen.score * sign <= 0:
            wrong.append((seen.score * sign, photo_id))
    print("facing, half mirrored at random: share right")
    for name, hits in right.items():
        print(f"    {name:34}{_share(hits)}")
    each = 1000 / len(photos.ids)
    print(f"    {seeing * each:.1f} ms of processor time to look at a photo, {judging * each:.1f} ms to judge it")
    if sheet:
        _draw_sheet([photos.original(photo_id) for _, photo_id in sorted(wrong)], sheet)


def _turns(photos: FolderPhotos, habits: Habits, *, count: int) -> None:
    rng = np.random.default_rng(1)
    fold_of = folds(photos, photos.ids)
    errors: dict[str, list[float]] = collections.defaultdict(list)
    for photo_id in rng.permutation(photos.ids)[:count].tolist():
        photo, angle = photos.original(photo_id), rng.uniform(-LARGEST, LARGEST)
        photo = photo if rng.random() < 0.5 else np.ascontiguousarray(photo[:, ::-1])
        for name, ground in (("", photo), (", tinted", (photo * TINT).astype(np.uint8))):
            sight = Sight.of(turned(ground, angle))
            errors[f"Canny + Hough{name}"].append(abs(sight.turn - angle))
            errors[f"learned{name}"].append(abs(stand(sight, habits, fold=fold_of[photo_id]).turn - angle))
    _print_errors("turned by -45 to 45 degrees, half of them mirrored", errors)


def _without_habit(photos: FolderPhotos, *, count: int) -> None:
    """Catalogues in which no way is usual: nothing but what shoes look like can tell."""
    signs = dict(zip(photos.ids, np.random.default_rng(2).choice([-1, 1], len(photos.ids)).tolist(), strict=True))
    angles = dict(
        zip(photos.ids, np.random.default_rng(3).uniform(-LARGEST, LARGEST, len(photos.ids)).tolist(), strict=True)
    )
    fold_of = folds(photos, photos.ids)
    some = sorted(photos.ids)[-count:]
    photos.change = lambda photo_id, photo: np.ascontiguousarray(photo[:, :: signs[photo_id]])
    habits = _learned(photos)
    hits = [
        stand(sight, habits, fold=fold_of[photo_id]).score * signs[photo_id] > 0
        for photo_id, sight in photos.map(Sight.of, some)
    ]
    print(f"a catalogue half mirrored: a usual way was {'' if habits.facing.majority else 'not '}found")
    print(f"    {'learned from the silhouette':34}{_share(hits)}")
    photos.change = lambda photo_id, photo: turned(photo, angles[photo_id])
    habits = _learned(photos)
    errors = [
        abs(stand(sight, habits, fold=fold_of[photo_id]).turn - angles[photo_id])
        for photo_id, sight in photos.map(Sight.of, some)
    ]
    _print_errors("a catalogue turned as a whole", {"learned from Canny + Hough": errors})
    photos.change = lambda photo_id, photo: photo


def _elsewhere(photos: FolderPhotos, habits: Habits) -> None:
    """Photos that were not learned from: does the answer go along when a photo is turned?"""
    rng = np.random.default_rng(4)
    errors: dict[str, list[float]] = collections.defaultdict(list)
    for photo_id in photos.ids:
        photo, angle = photos.original(photo_id), rng.uniform(-LARGEST, LARGEST)
        sight, moved = Sight.of(photo), Sight.of(turned(photo, angle))
        kind = "on a plain ground" if min(sight.sure, moved.sure) >= 0.5 else "elsewhere"
        first, second = (stand(one, habits, fold=0).turn for one in (sight, moved))
        errors[f"learned, {kind}"].append(abs(second - first - angle))
        errors[f"Canny + Hough, {kind}"].append(abs(moved.turn - sight.turn - angle))
    _print_errors("models50, learned on the sneakers: answer after less answer before a turn", errors)


def _alarms(photos: FolderPhotos) -> None:
    """What people would be shown on photos as they are; some of it is true."""
    check = Check("orientation")
    shown: dict[str, list[str]] = collections.defaultdict(list)
    totals = collections.Counter(_kind(photos, photo_id) for photo_id in photos.ids)
    for verdict in check.run(photos, progress=silent):
        if isinstance(verdict, Finding) and verdict.confidence >= check.review_from:
            trouble = "turned" if verdict.fix.rotate else "mirrored"
            shown[_kind(photos, verdict.photo_id)].append(trouble)
    print(f"{len(photos.ids)} photos as they are: findings from a confidence of {check.review_from}")
    for kind, total in totals.most_common():
        counts = collections.Counter(shown[kind])
        print(f"    {kind:34}{counts['turned']:4} turned, {counts['mirrored']:4} mirrored, of {total}")


def _kind(photos: FolderPhotos, photo_id: str) -> str:
    return photos.rows[photo_id].get("master_category", "all")


def _share(hits: Sequence[bool]) -> str:
    low, high = wilson(sum(hits), len(hits))
    return f"{np.mean(hits):.4f} ({low:.4f} to {high:.4f}) of {len(hits)}"


def _print_errors(title: str, errors: dict[str, list[float]]) -> None:
    print(f"{title}: share within {NEAR:.0f} degrees; median and 95th percentile of the error")
    for name, own in errors.items():
        middle, far = np.quantile(own, [0.5, 0.95])
        print(f"    {name:34}{_share([error < NEAR for error in own])}   {middle:.2f} {far:.2f}")


def _draw_sheet(photos: Sequence[ImageU8], path: Path) -> None:
    tiles = [cv2.resize(photo, (112, 112), interpolation=cv2.INTER_AREA) for photo in photos]
    tiles += [np.full((112, 112, 3), 255, np.uint8)] * (-len(tiles) % 10)
    rows = [np.hstack(tiles[start : start + 10]) for start in range(0, len(tiles), 10)]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
