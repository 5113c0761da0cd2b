"""The factors of a trained model on real photos: which measured attribute each one is, on held-out products; strips.

    python benchmarks/language.py CATALOGUE MODEL [MODEL ...] [--sheet FILE.png] [--least 0.6]

The catalogue is one that was ingested and gauged, the models are trained ones. The language is fitted on the products
that the model learned from. On the test products: Spearman's rank correlation of each factor with the measured
attribute it says most about, counted once for each attribute, and the suggested name with how sure it is. Overall
lightness, which the lightness of parts says already, may be the second attribute of a factor; it is printed apart.

Decoding closes the circle: each factor is moved from -2 to 2 standard deviations on held-out products, the photos made
are measured anew, and the share of products on which the named attribute moved the way the name says is printed.

With --sheet each factor's strip: five steps from -2 to 2 on a product near the middle, then the three real products at
each end, to be looked at.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from _judged import Products
from lookscape.catalogue.imaging import ImageU8
from lookscape.catalogue.measuring import measure
from lookscape.representation.language.language import Language
from lookscape.representation.language.names import Suggestion, suggest
from lookscape.representation.latents.codec import Codec

_STEPS = (-2.0, -1.0, 0.0, 1.0, 2.0)
_MOVED = 40
_ENDS = 3
_TILE = 96
Matrix = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One model's language with the factors of all products."""

    codec: Codec
    language: Language
    factors_NF: Matrix
    suggestions: list[list[Suggestion]]


def main() -> None:
    options = _arguments()
    products = Products.open(options.catalogue)
    print(f"{len(products.pixels)} photos, {len(products.held_out)} held out")
    for name in options.models:
        judged = _judge(products, Codec.open(options.catalogue / "models" / name))
        _print_factors(name, products, judged, least=options.least)
        if options.sheet:
            path = options.sheet.with_stem(f"{options.sheet.stem}-{name}")
            cv2.imwrite(str(path), cv2.cvtColor(_sheet(products, judged), cv2.COLOR_RGB2BGR))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("models", nargs="+", help="names of trained models")
    parser.add_argument("--least", type=float, default=0.6, help="rank correlation from which a factor counts")
    parser.add_argument("--sheet", type=Path, help="where to draw the strips; the model's name is added")
    return parser.parse_args()


def _judge(products: Products, codec: Codec) -> Judged:
    latents = products.latents(codec)
    language = products.language(latents)
    factors_NF = language.to_factors(latents.means_ND)
    held = products.held_out
    numbers = {name: column[held] for name, column in products.measured.items()}
    table = {**numbers, "colour.main": products.text("colour.main")[held]}
    return Judged(
        codec=codec,
        language=language,
        factors_NF=factors_NF,
        suggestions=suggest(factors_NF[held], attributes=table),
    )


def _print_factors(name: str, products: Products, judged: Judged, *, least: float) -> None:
    print(name)
    counted: set[str] = set()
    for number, found in enumerate(judged.suggestions):
        if not found:
            continue
        first = found[0]
        if abs(first.strength) >= least and not first.value:
            counted.add(first.attribute)
        agreed = _agreement(products, judged, number)
        aligned = judged.language.factors[number].attribute
        print(
            f"    {number:3} {first.title:26}{first.low} ... {first.high:24} rho {first.strength:6.3f}"
            f"  sure {first.confidence:4.2f}  decoded moves so {agreed}"
            f"  {'aligned' if aligned == first.attribute else f'aligned with {aligned or None}'}"
            f"  then {', '.join(f'{item.attribute} {item.value} {item.strength:.2f}' for item in found[1:3])}"
        )
    names = ", ".join(sorted(counted))
    print(f"    attributes that a factor alone predicts with |rho| >= {least}: {len(counted)}: {names}")
    lightness = [item.strength for found in judged.suggestions for item in found if item.attribute == "tone.lightness"]
    print(f"    overall lightness: best |rho| of a factor {max(map(abs, lightness), default=0.0):.3f}", flush=True)


def _agreement(products: Products, judged: Judged, number: int) -> str:
    """On how many held-out products the decoded photo's attribute goes the way the name says, of how many measured."""
    suggestion = judged.suggestions[number][0]
    if suggestion.value:
        return "-"
    start = judged.factors_NF[products.held_out[:: max(1, len(products.held_out) // _MOVED)]]
    ends = []
    for by in (-2.0, 2.0):
        moved_NF = start.copy()
        moved_NF[:, number] = by
        photos = judged.codec.decode(judged.language.to_latents(moved_NF).astype(np.float32))
        ends.append([{item.name: item.value for item in measure(photo)}.get(suggestion.attribute) for photo in photos])
    pairs = [(low, high) for low, high in zip(*ends, strict=True) if isinstance(low, float) and isinstance(high, float)]
    right = sum((high - low) * suggestion.strength > 0 for low, high in pairs)
    return f"{right} of {len(pairs)}"


def _sheet(products: Products, judged: Judged) -> ImageU8:
    held = products.held_out
    usual = int(held[np.abs(judged.factors_NF[held]).mean(axis=1).argmin()])
    rows = []
    for number, found in enumerate(judged.suggestions):
        moved_NF = np.repeat(judged.factors_NF[usual : usual + 1], len(_STEPS), axis=0)
        moved_NF[:, number] = _STEPS
        strip = list(judged.codec.decode(judged.language.to_latents(moved_NF).astype(np.float32)))
        order = held[np.argsort(judged.factors_NF[held, number])]
        real = [products.pixels.array_NHWC[row] for row in [*order[:_ENDS], *order[-_ENDS:]]]
        tiles = [cv2.resize(tile, (_TILE, _TILE), interpolation=cv2.INTER_AREA) for tile in [*strip, *real]]
        row = np.hstack(tiles)
        words = f"{found[0].title}: {found[0].low} ... {found[0].high} {found[0].strength:.2f}" if found else "no name"
        cv2.putText(row, f"{number} {words}", (4, 10), cv2.FONT_HERSHEY_SIMPLEX, 0.35, (0, 0, 200))
        rows.append(row)
    return np.asarray(np.vstack(rows), np.uint8)


if __name__ == "__main__":
    main()
