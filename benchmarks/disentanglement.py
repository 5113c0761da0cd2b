"""How well single factors of trained models stand for the true factors of a rendered catalogue, on held-out products.

    lookscape ingest rendered:10000,size=128 -C DIR && lookscape gauge -C DIR
    for seed in 0 1 2; do lookscape train measured --name measured-$seed --seed $seed -C DIR; ... done
    python benchmarks/disentanglement.py DIR measured autoencoder pca

judges models/measured-0, measured-1 ...: mean and spread (standard deviation) over the seeds of MIG and DCI, of the
bare latents and of the language fitted on them (measured attributes of the photos learned from; never true factors).

Which true factors count follows three rules. The rules and the five factors of "ordered" were written down before any
model tied to measurements was trained; that sole thickness is a number there and not three levels was settled after
scores had been seen (DCI 0.63 with levels, 0.66 to 0.68 as a number), so read "ordered" with that in mind:

1. Visible: redrawing a product with another product's value changes at least a tenth of its pixels by more than 8
   (CIE76); `--rule` prints these shares. So accent, lace, tongue and outsole colours, brand, heel flare, toe height and
   roundness and the scale of the pattern are left out.
2. Readable at 64 px: a network trained on the truth itself predicts it on held-out products with R^2 (accuracy above
   chance) of about 0.5 or more. So heel height (0.24) is left out; pattern is on the line (0.47 to 0.51).
3. Ordered, as a latent is: the table "ordered" has silhouette (the generator's names of its four ranges of collar
   height), sole thickness (a number) and the tones of upper, panel and sole (dark L* < 35, medium, light L* >= 70).
   The table "all visible" adds the unordered sole shape, construction, material and pattern. "numbers" is "ordered"
   with raw numbers, which the scores cut into up to 20 bins.

On 10,000 products a network that was trained on the truth scores MIG 0.46 and DCI 0.74 on "all visible" (its tones of
sole thickness in three levels). The last row is of the measured attributes that the recipe ties, themselves. The board
(`lookscape measure board`) takes "ordered" for a drawn catalogue.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from _judged import Products
from lookscape.catalogue.foreground import to_lab
from lookscape.catalogue.rendering import product_at, render
from lookscape.catalogue.rendering.nuisance import Nuisance
from lookscape.catalogue.rendering.products import with_factors
from lookscape.representation.latents.codec import Codec
from lookscape.representation.metrics.disentanglement.dci import dci
from lookscape.representation.metrics.disentanglement.factors import FactorTable
from lookscape.representation.metrics.disentanglement.mig import mig
from lookscape.representation.training.recipe import open_recipe
from lookscape.services.board.factors import tones

_ROLES = ("upper", "panel", "sole")
_UNORDERED = ("sole_shape", "construction", "material", "pattern")
_CHANGED = 8.0
_REDRAWN = 60
Matrix = NDArray[np.float64]


def main() -> None:
    options = _arguments()
    if options.rule:
        _print_shares()
    products = Products.open(options.catalogue)
    tables = _tables(products)
    print(f"{len(products.pixels)} products, {len(products.held_out)} held out; MIG / DCI disentanglement")
    for name, table in tables.items():
        print(f"    {name}: {', '.join(table)}")
    for family in options.models:
        folders = sorted((options.catalogue / "models").glob(f"{family}*"))
        latents = [products.latents(Codec.open(folder)) for folder in folders]
        _print_row(f"{family}: latents", tables, products, [one.means_ND for one in latents])
        languages = [products.language(one).to_factors(one.means_ND) for one in latents]
        _print_row(f"{family}: language", tables, products, languages)
    _print_row("measured attributes", tables, products, [_measured(products)])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("models", nargs="*", help="names of trained models, without what tells the seeds apart")
    parser.add_argument("--rule", action="store_true", help="print how many pixels each true factor changes")
    return parser.parse_args()


def _tables(products: Products) -> dict[str, FactorTable]:
    lightness = {role: _lightness(products.text(f"{role}_hex")) for role in _ROLES}
    ordered: dict[str, NDArray[np.float64] | NDArray[np.str_]] = {
        "silhouette": products.text("silhouette"),
        "sole_thickness": products.number("sole_thickness"),
        **{f"{role}_tone": tones(products.text(f"{role}_hex")) for role in _ROLES},
    }
    numbers = {
        "collar_height": products.number("collar_height"),
        "sole_thickness": products.number("sole_thickness"),
        **{f"{role}_lightness": light for role, light in lightness.items()},
    }
    unordered = {name: products.text(name) for name in _UNORDERED}
    return {"ordered": ordered, "all visible": {**ordered, **unordered}, "numbers": numbers}


def _lightness(hexes: NDArray[np.str_]) -> Matrix:
    rgb = np.array([[list(bytes.fromhex(code[1:])) for code in hexes]], np.uint8)
    return np.asarray(to_lab(rgb)[0, :, 0], np.float64)


def _measured(products: Products) -> Matrix:
    ties = open_recipe("measured").checked_config().ties
    columns = [products.measured[name] for name in ties if name in products.measured]
    return np.stack([np.where(np.isfinite(column), column, np.nanmedian(column)) for column in columns], axis=1)


def _print_row(
    name: str, tables: dict[str, FactorTable], products: Products, codes: Sequence[NDArray[np.floating]]
) -> None:
    held = products.held_out
    cells = []
    for table in tables.values():
        own = {factor: np.asarray(values)[held] for factor, values in table.items()}
        migs = [mig(code[held], factors=own).value for code in codes]
        dcis = [dci(code[held], factors=own).disentanglement for code in codes]
        cells.append(f"{_spread(migs)} / {_spread(dcis)}")
    print(f"    {name:28}{'   '.join(cells)}   ({len(codes)} seeds)", flush=True)


def _spread(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f} ± {np.std(values):.3f}" if len(values) else "no such model"


def _print_shares() -> None:
    """The share of a product's pixels that another product's value of one factor changes, over _REDRAWN products."""
    products = [replace(product_at(100 * index), nuisance=Nuisance()) for index in range(_REDRAWN)]
    others = [product_at(100 * index + 1) for index in range(_REDRAWN)]
    drawn = [to_lab(render(product)) for product in products]
    fields = [name for name in vars(products[0].factors) if not name.startswith("_")]
    for name in fields:
        shares = [
            _changed(before, to_lab(render(with_factors(product, **{name: getattr(other.factors, name)}))))
            for product, other, before in zip(products, others, drawn, strict=True)
            if getattr(other.factors, name) != getattr(product.factors, name)
        ]
        print(f"    {name:16}{np.mean(shares):6.3f}")


def _changed(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    shown = np.linalg.norm(before - before[0, 0], axis=-1) > _CHANGED
    return float((np.linalg.norm(after - before, axis=-1) > _CHANGED).sum() / shown.sum())


if __name__ == "__main__":
    main()
