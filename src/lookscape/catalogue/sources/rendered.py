"""Drawn footwear with known factors: `rendered:N` or `rendered:N,seed=7,size=256,nuisance=mild`."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, cast, get_args

from lookscape.catalogue.rendering import RenderedProduct, jpeg, product_at, products
from lookscape.catalogue.source import FileRow, Item, Listing, SourceOptions
from lookscape.errors import UsageError

MAX_COUNT = 10_000_000
Strength = Literal["none", "mild", "wild"]
NUISANCES = get_args(Strength)


@dataclass(frozen=True, kw_only=True)
class _Spec:
    count: int
    seed: int = 0
    size: int = 256
    nuisance: Strength = "mild"


def claims(spec: str) -> bool:
    """Only when named."""
    return False


def read(location: str, options: SourceOptions) -> Listing:
    """Draw N products. The same seed gives the same bytes, and more products begin with the same ones."""
    spec = _parse(location)
    key = f"rendered:seed={spec.seed},size={spec.size},nuisance={spec.nuisance}"
    return Listing(key=key, kind="rendered", items=_items(spec), total=spec.count)


def _draw(index: int, spec: _Spec) -> bytes:
    """Runs in another process; a number travels lighter than a product."""
    return jpeg(product_at(index, seed=spec.seed, nuisance=spec.nuisance), size=spec.size)


def _items(spec: _Spec) -> Iterator[Item]:
    for index, product in enumerate(products(spec.count, seed=spec.seed, nuisance=spec.nuisance)):
        path = f"rendered:{spec.seed}/{spec.size}/{spec.nuisance}/{product.id}.jpg"
        file = FileRow(
            path=path,
            stamp="1",
            product_id=_product_id(product, spec),
            name=product.name,
            attributes=dict(product.attributes),
        )
        yield Item(file=file, load=partial(_draw, index, spec))


def _product_id(product: RenderedProduct, spec: _Spec) -> str:
    """Products of another seed are other products; the same seed in another size or view is another photo of one."""
    return product.id if spec.seed == 0 else f"{product.id}-{spec.seed}"


def _parse(location: str) -> _Spec:
    first, *rest = location.split(",")
    given = {name: value for name, _, value in (part.partition("=") for part in rest)}
    wrong = sorted(set(given) - {"seed", "size", "nuisance"})
    numbers = {"count": first} | {name: given[name] for name in ("seed", "size") if name in given}
    if wrong or not all(value.isdecimal() for value in numbers.values()):
        raise UsageError(f"rendered:{location} is not like rendered:500 or rendered:500,seed=7,size=256,nuisance=mild")
    spec = _Spec(
        **{name: int(value) for name, value in numbers.items()}, nuisance=cast(Strength, given.get("nuisance", "mild"))
    )
    if not 1 <= spec.count <= MAX_COUNT or not 16 <= spec.size <= 2048 or spec.nuisance not in NUISANCES:
        raise UsageError(
            f"rendered:{location}: N is 1 to {MAX_COUNT}, size 16 to 2048, nuisance {' or '.join(NUISANCES)}"
        )
    return spec
