"""Are photos before plain paper told from others, and is the product found in those that are not?

    python benchmarks/background.py --sneakers SNEAKERS --fashion FASHION --phone PHONE [--models50 MODELS50]
                                    [--count 1000] [--seed 0] [--sheet FILE.png]

Plain: COUNT studio photos each of SNEAKERS and FASHION, people before paper included. Not plain: all of PHONE. Given is
the area under the ROC curve and how many are told from the confidence where people are asked; a few studio photos do
have a floor and a few phone photos were taken on white sheets, and all count as what their folder is.

Then products drawn over the renderer's own clutter and over corners of PHONE photos, mirrored to fill the frame: mean,
median and share from 0.5 of the intersection over union of the boxes, and of the pixels, over all of them, found or not
(a photo in which nothing was cut out counts with the whole photo). Bootstrap intervals at 95 %. The sheet shows phone
photos, what is seen in them, and what accepting makes of them. The thresholds were chosen on about a third of the
studio photos and on all phone photos (lab/LOG.md); other seeds draw other studio photos and other products.
"""

import argparse
import dataclasses
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from sklearn.metrics import roc_auc_score

from _mixed import Shot, anything, bootstrapped, shots
from lookscape.catalogue.checks._background.cutout import Cutout
from lookscape.catalogue.checks.background import REVIEW_FROM, Seen, judge, look, picture
from lookscape.catalogue.findings import Box, Finding
from lookscape.catalogue.imaging import ImageU8
from lookscape.catalogue.rendering import RenderedProduct, product_at
from lookscape.catalogue.rendering.nuisance import Backdrop
from lookscape.catalogue.rendering.render import render
from lookscape.catalogue.standardising import Recipe, standardise
from lookscape.services.spaces.intervals import wilson

SIDE = 224
COVERS = 0.85
"""How much of what is behind a pixel of the product hides: more than its shadow, which hides three quarters."""


def main() -> None:
    options = _arguments()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(options.seed)
    phone = shots(options.phone, count=10**6, rng=rng, keep=anything)
    studio = [
        shot
        for folder in (options.sneakers, options.fashion)
        for shot in shots(folder, count=options.count, rng=rng, keep=anything)
    ]
    _told(studio, phone)
    if options.models50:
        _tell("models50, studio and street", [_timed(shot.pixels)[0] for shot in _some(options.models50, rng)])
    _boxes(phone, count=options.rendered, seed=options.seed, rng=rng)
    if options.sheet:
        _draw_sheet([shot.pixels for shot in phone[:40]], options.sheet)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sneakers", type=Path, required=True, help="studio photos")
    parser.add_argument("--fashion", type=Path, required=True, help="studio photos, people too")
    parser.add_argument("--phone", type=Path, required=True, help="photos taken anywhere")
    parser.add_argument("--models50", type=Path, help="photos of both kinds, without labels")
    parser.add_argument("--count", type=int, default=1000, help="photos of each studio")
    parser.add_argument("--rendered", type=int, default=300, help="products drawn over each kind of clutter")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheet", type=Path, help="where to draw what is made of phone photos")
    return parser.parse_args()


def _some(folder: Path, rng: np.random.Generator) -> list[Shot]:
    return shots(folder, count=1000, rng=rng, keep=anything)


def _told(studio: Sequence[Shot], phone: Sequence[Shot]) -> None:
    """AUC, alarms and time."""
    plain, others = ([_timed(shot.pixels) for shot in part] for part in (studio, phone))
    scores = np.array([seen.uneven for seen, _ in (*plain, *others)])
    truth = np.r_[np.zeros(len(plain)), np.ones(len(others))]

    def area(rows: np.ndarray) -> float:
        return float(roc_auc_score(truth[rows], scores[rows]))

    low, high = bootstrapped(area, len(truth))
    print(f"plain or not: AUC {area(np.arange(len(truth))):.4f} ({low:.4f} to {high:.4f}; bar 0.97)")
    for name in dict.fromkeys(shot.folder for shot in studio):
        _tell(name, [seen for (seen, _), shot in zip(plain, studio, strict=True) if shot.folder == name])
    _tell("phone", [seen for seen, _ in others])
    for name, part in (("plain", plain), ("not plain", others)):
        spent = 1000 * np.array([seconds for _, seconds in part])
        print(f"    {name:12} {spent.mean():.1f} ms of processor time a photo, {np.median(spent):.1f} at the median")


def _tell(name: str, seen: Sequence[Seen]) -> None:
    told = sum(one.confidence >= REVIEW_FROM for one in seen)
    low, high = wilson(told, len(seen))
    print(f"    {name:28} told {told / len(seen):.4f} ({low:.4f} to {high:.4f}) of {len(seen)}")


def _timed(photo: ImageU8) -> tuple[Seen, float]:
    began = time.process_time()
    seen = look(photo)
    return seen, time.process_time() - began


def _boxes(phone: Sequence[Shot], *, count: int, seed: int, rng: np.random.Generator) -> None:
    """Products whose pixels are known, over clutter."""
    products = _cluttered(count, seed=seed + 100)
    drawn: dict[str, list[ImageU8]] = {"drawn clutter": [], "corners of phone photos": []}
    masks = []
    for product in products:
        behind = phone[int(rng.integers(len(phone)))].pixels
        over, mask = _over(product, _filled(behind, rng))
        drawn["drawn clutter"].append(render(product, size=SIDE))
        drawn["corners of phone photos"].append(over)
        masks.append(mask)
    for name, images in drawn.items():
        seen = [look(image) for image in images]
        overlaps = np.array([_overlap(one.cutout, mask) for one, mask in zip(seen, masks, strict=True)])
        pixels = [_pixels(one.cutout, mask) for one, mask in zip(seen, masks, strict=True)]
        sure = [one.cutout is not None and one.cutout.sure >= 0.5 for one in seen]
        low, high = bootstrapped(_mean_of(overlaps), len(overlaps))
        print(
            f"products over {name}, {len(overlaps)}: box IoU {overlaps.mean():.3f} ({low:.3f} to {high:.3f}; bar 0.7)"
        )
        print(f"    median {np.median(overlaps):.3f}, from 0.5 in {(overlaps >= 0.5).mean():.3f}")
        known = np.array(pixels)[sure]
        print(f"    pixels {np.mean(pixels):.3f}; where it is sure ({np.mean(sure):.2f} of them) {known.mean():.3f}")
        _tell("    told", seen)


def _mean_of(values: np.ndarray) -> Callable[[np.ndarray], float]:
    return lambda rows: float(values[rows].mean())


def _cluttered(count: int, *, seed: int) -> list[RenderedProduct]:
    found: list[RenderedProduct] = []
    number = 0
    while len(found) < count:
        product = product_at(number, seed=seed, nuisance="wild")
        number += 1
        if product.nuisance.backdrop is Backdrop.CLUTTER:
            found.append(product)
    return found


def _over(product: RenderedProduct, behind: ImageU8) -> tuple[ImageU8, np.ndarray]:
    """The product with its shadow over a picture, and its pixels: before black and white paper it tells what shows."""
    black, white = (_before(product, colour).astype(np.float32) for colour in ("#000000", "#ffffff"))
    through = ((white - black) / 255).clip(0, 1)
    over = (black + through * behind).clip(0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", over[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, product.nuisance.quality])
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(decoded[..., ::-1]), 1 - through.mean(axis=2) > COVERS


def _before(product: RenderedProduct, colour: str) -> ImageU8:
    paper = dataclasses.replace(product.nuisance, backdrop=Backdrop.TINT, background=colour, warmth=0.0)
    return render(dataclasses.replace(product, nuisance=paper), size=SIDE)


def _filled(photo: ImageU8, rng: np.random.Generator) -> ImageU8:
    """A corner of a photo, mirrored to fill a square: what lies around a product, hardly the product itself."""
    padding = photo.shape[0] // 8
    inner = photo[padding:-padding, padding:-padding]
    side = round(0.42 * len(inner))
    turned = inner[:: int(rng.choice([-1, 1])), :: int(rng.choice([-1, 1]))]
    corner = turned[:side, :side]
    tile = np.vstack([corner, corner[::-1]])
    tile = np.roll(np.hstack([tile, tile[:, ::-1]]), rng.integers(0, side, 2), axis=(0, 1))
    return np.asarray(cv2.resize(tile, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR), np.uint8)


def _overlap(cutout: Cutout | None, mask: np.ndarray) -> float:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    true = columns[0] / SIDE, rows[0] / SIDE, (columns[-1] + 1) / SIDE, (rows[-1] + 1) / SIDE
    found: Box = (0.0, 0.0, 1.0, 1.0) if cutout is None else cutout.box
    sides = [min(found[2 + axis], true[2 + axis]) - max(found[axis], true[axis]) for axis in (0, 1)]
    both = max(sides[0], 0.0) * max(sides[1], 0.0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (found, true)]
    return float(both / (sum(areas) - both))


def _pixels(cutout: Cutout | None, mask: np.ndarray) -> float:
    found = np.ones(mask.shape, np.uint8)
    if cutout is not None:
        found[:] = 0
        corners = [np.round(np.array(own) * SIDE - 0.5).astype(np.int32) for own in cutout.outlines]
        cv2.fillPoly(found, corners, 1)
    return float(np.count_nonzero((found > 0) & mask) / np.count_nonzero((found > 0) | mask))


def _draw_sheet(photos: Sequence[ImageU8], path: Path) -> None:
    tiles = []
    for photo in photos:
        verdict = judge("photo", look(photo))
        if isinstance(verdict, Finding):
            tiles += [photo, picture(verdict, photo, None), standardise(photo, Recipe.of([verdict], size=SIDE))]
    small = [cv2.resize(tile, (112, 112), interpolation=cv2.INTER_AREA) for tile in tiles]
    small += [np.full((112, 112, 3), 255, np.uint8)] * (-len(small) % 12)
    rows = [np.hstack(small[start : start + 12]) for start in range(0, len(small), 12)]
    cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()
