"""How right the measured attributes are, on drawn footwear whose true factors are known, and how fast they are taken.

    python benchmarks/measures.py [--products 400] [--seed 9] [--data FOLDER [FOLDER ...]] [--sheet FILE.png]

Spearman's rank correlation between each measure and the factor it should follow, over products of a seed that nothing
was chosen on, photographed with mild nuisances. The visible thickness of a drawn sole differs from the factor
sole_thickness by the habit of its shape, so both are given, and the correlation of those two, which bounds the second.
The main colour is right when it is the name of the dye that covers most of the product. Speed is the ratio to decoding
the same JPEG files, on one thread, both in short alternating turns.

With --data (folders with photos and a metadata.csv): the share of photos that get side-view measures, by article_type
where there is one. With --sheet: the real products at both ends of each measure, to be looked at.
"""

import argparse
import collections
import csv
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from lookscape.catalogue.foreground import to_lab
from lookscape.catalogue.imaging import ImageU8, standardise
from lookscape.catalogue.measures._palette import colour_names
from lookscape.catalogue.measuring import SIDE, Measurement, Subject, measure
from lookscape.catalogue.rendering import Colour, RenderedProduct, jpeg, product_at, render
from lookscape.catalogue.rendering.nuisance import Backdrop, Nuisance
from lookscape.catalogue.rendering.shoe.sole import build_sole

_TURN = 50
_FOREFOOT = np.linspace(0.58, 0.80, 20)
_FEWEST = 40
_ENDS = 8
Values = dict[str, float | str]


def main() -> None:
    options = _arguments()
    cv2.setNumThreads(1)
    products = [product_at(index, seed=options.seed) for index in range(options.products)]
    files = [jpeg(product) for product in products]
    measured = [_values(measure(_decoded(file))) for file in files]
    _print_accuracy(products, measured)
    _print_masks(products[:100], files)
    _print_speed(files[:200])
    sheets = [_print_real(folder, limit=options.photos) for folder in options.data]
    if options.sheet and sheets:
        cv2.imwrite(str(options.sheet), cv2.cvtColor(_sheet(*sheets[0]), cv2.COLOR_RGB2BGR))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=400)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="folders of real photos")
    parser.add_argument("--photos", type=int, default=1000, help="real photos of each folder, spread evenly")
    parser.add_argument("--sheet", type=Path, help="where to draw the extremes of the first folder")
    return parser.parse_args()


def _decoded(file: bytes) -> ImageU8:
    return np.asarray(cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8)


def _values(measured: Sequence[Measurement]) -> Values:
    return {item.name: item.value for item in measured}


def _print_accuracy(products: Sequence[RenderedProduct], measured: Sequence[Values]) -> None:
    truths = [_truths(product) for product in products]
    print(f"{len(products)} drawn products; Spearman's correlation with the true factor")
    for name, truth in (
        ("shape.height_to_width", "collar_height"),
        ("shape.ankle_height", "collar_height"),
        ("shape.collar_height", "collar_height"),
        ("shape.heel_height", "collar_height"),
        ("shape.toe_height", "toe_height"),
        ("shape.toe_height", "visible toe height"),
        ("sole.thickness", "visible sole thickness"),
        ("sole.thickness", "sole_thickness"),
        ("sole.lightness", "sole lightness"),
    ):
        pairs = [(own[name], true[truth]) for own, true in zip(measured, truths, strict=True) if name in own]
        print(f"    {name:24}{truth:26}{_correlation(pairs):6.3f}   of {len(pairs)}")
    bound = _correlation([(true["visible sole thickness"], true["sole_thickness"]) for true in truths])
    print(f"    {'':24}{'visible and true sole':26}{bound:6.3f}")
    hits = [own["colour.main"] == _main_colour(product) for own, product in zip(measured, products, strict=True)]
    print(f"    colour.main is right in {np.mean(hits):.3f}")


def _truths(product: RenderedProduct) -> dict[str, float]:
    """In shoe lengths above the ground, and CIELAB L* of the midsole's dye."""
    factors, sole = product.factors, build_sole(product.factors)
    ground = np.interp(_FOREFOOT, sole.bottom[:, 0], sole.bottom[:, 1]) - sole.habit.tread
    return {
        "collar_height": factors.collar_height,
        "toe_height": factors.toe_height,
        "visible toe height": float(sole.height(np.array([0.9]))[0]) + factors.toe_height,
        "sole_thickness": factors.sole_thickness,
        "visible sole thickness": float((sole.height(_FOREFOOT) - ground).mean()),
        "sole lightness": float(_lab([factors.sole])[0, 0]),
    }


def _lab(colours: Sequence[Colour]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = to_lab(np.array([[colour.rgb for colour in colours]], np.uint8))[0]
    return found


def _correlation(pairs: Sequence[tuple[float | str, float]]) -> float:
    own, true = zip(*pairs, strict=True)
    return float(spearmanr(own, true).statistic)


def _main_colour(product: RenderedProduct) -> str:
    """The name with the largest area; each pixel is the nearest of the product's own dyes, hue before lightness."""
    factors = product.factors
    dyes = _lab([factors.upper, factors.panel, factors.accent, factors.sole, factors.outsole, factors.tongue])
    plain = replace(product, nuisance=Nuisance())
    pixels = to_lab(render(plain))[_true_mask(plain)]
    weights = np.array([0.35, 1.0, 1.0], np.float32)
    nearest = np.linalg.norm((pixels[:, None] - dyes) * weights, axis=-1).argmin(axis=1)
    areas: dict[str, int] = collections.Counter()
    for name, area in zip(colour_names(dyes), np.bincount(nearest, minlength=len(dyes)), strict=True):
        areas[name] += int(area)
    return max(areas, key=lambda name: areas[name])


def _true_mask(product: RenderedProduct) -> NDArray[np.bool_]:
    """Where the backdrop does not shine through: a photo on green and one on magenta agree."""
    green, magenta = (
        render(
            replace(product, nuisance=replace(product.nuisance, backdrop=Backdrop.TINT, background=colour, warmth=0))
        )
        for colour in ("#00ff00", "#ff00ff")
    )
    return np.asarray(np.abs(green.astype(np.int32) - magenta).sum(axis=-1) < 382)


def _print_masks(products: Sequence[RenderedProduct], files: Sequence[bytes]) -> None:
    from lookscape.catalogue.foreground import find_foreground

    overlaps = []
    for product, file in zip(products, files, strict=False):
        photo = _decoded(file)
        found, true = find_foreground(photo, to_lab(photo)).mask, _true_mask(product)
        overlaps.append((found & true).sum() / (found | true).sum())
    facing = [Subject.of(_decoded(file)).facing for file in files[: len(products)]]
    right = np.mean([own == product.nuisance.facing for own, product in zip(facing, products, strict=True)])
    print(f"    foreground: mean IoU {np.mean(overlaps):.3f}, worst {min(overlaps):.3f}; facing right in {right:.3f}")


def _print_speed(files: Sequence[bytes]) -> None:
    decoding, measuring = 0.0, 0.0
    for start in range(0, len(files), _TURN):
        began = time.process_time()
        photos = [_decoded(file) for file in files[start : start + _TURN]]
        middle = time.process_time()
        for photo in photos:
            measure(photo)
        decoding += middle - began
        measuring += time.process_time() - middle
    rate = len(files) / measuring
    print(
        f"    {rate:.0f} photos a second of processor time at 256 px, {measuring / decoding:.1f} times the JPEG decode"
    )


def _print_real(folder: Path, *, limit: int) -> tuple[list[ImageU8], list[Values]]:
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    rows = rows[:: max(1, len(rows) // limit)][:limit]
    photos = [standardise((folder / row["file_name"]).read_bytes(), max_side=SIDE).pixels for row in rows]
    values = [_values(measure(photo)) for photo in photos]
    seen = collections.defaultdict(list)
    for row, own in zip(rows, values, strict=True):
        seen[row.get("article_type", "all")].append("shape.toe_height" in own)
    print(f"{folder.name}: {len(rows)} photos; share with side-view measures")
    for kind, shares in sorted(seen.items(), key=lambda item: -len(item[1])):
        if len(shares) >= min(_FEWEST, len(rows) // 40):
            print(f"    {kind:24}{np.mean(shares):6.2f}   of {len(shares)}")
    _print_named(rows, values)
    return photos, values


_SHOP_NAMES = {"navy blue": "navy", "maroon": "burgundy", "cream": "beige", "tan": "brown", "off white": "white"}


def _print_named(rows: Sequence[dict[str, str]], values: Sequence[Values]) -> None:
    """Agreement with the shop's own colour name, where the photo shows the product alone."""
    alone = [(row, own) for row, own in zip(rows, values, strict=True) if row.get("master_category") in _ALONE]
    known = [(_SHOP_NAMES.get(row["base_colour"].lower(), row["base_colour"].lower()), own) for row, own in alone]
    known = [(name, own) for name, own in known if name in _names()]
    if known:
        hits = [name == own["colour.main"] for name, own in known]
        either = [name in (own["colour.main"], own.get("colour.second")) for name, own in known]
        print(f"    shop's base_colour is colour.main in {np.mean(hits):.2f}, main or second in {np.mean(either):.2f}")


_ALONE = ("Footwear", "Accessories")


def _names() -> frozenset[str]:
    from lookscape.catalogue.measures._palette import PALETTE

    return frozenset(PALETTE)


def _sheet(photos: Sequence[ImageU8], values: Sequence[Values]) -> ImageU8:
    """A row for each number: the photos with the smallest values on the left, the largest on the right."""
    names = sorted({name for own in values for name, value in own.items() if not isinstance(value, str)})
    lines = []
    for name in names:
        ranked = sorted((float(own[name]), place) for place, own in enumerate(values) if name in own)
        ends = ranked[:_ENDS] + ranked[-_ENDS:]
        tiles = [cv2.resize(photos[place], (96, 96), interpolation=cv2.INTER_AREA) for _, place in ends]
        for tile, (value, _) in zip(tiles, ends, strict=True):
            cv2.putText(tile, f"{value:.2f}", (2, 10), cv2.FONT_HERSHEY_SIMPLEX, 0.35, (255, 0, 0))
        line = np.hstack(tiles)
        cv2.putText(line, name, (4, 92), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 255))
        lines.append(line)
    return np.asarray(np.vstack(lines), np.uint8)


if __name__ == "__main__":
    main()
