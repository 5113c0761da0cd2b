"""Extract brand and model from product names and write them as predicted attributes.

A brand is one from a list, or what enough of the catalogue's names begin with; the model is what follows, without
colourway, gender and product type, as far as other products share it. `--lines` says whether Jordan or Yeezy is a brand
of its own, `--merge Jordan=Nike` merges two brands. All of it is one act, which `annotate undo` takes back; values from
people or the source take precedence. `--dry-run` shows counts and examples first.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from lookscape.catalogue.records import Attribute, Origin, Product
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.services.labels.change import LONGEST_NAME, LONGEST_VALUE, clean_name, clean_value
from lookscape.tools import _tool

if TYPE_CHECKING:
    from lookscape.catalogue.names.naming import Lines, Named

BY = "names"
LISTED = 50
EXAMPLES = 12


class Params(_tool.Params):
    """What to read, how, and how sure it has to be."""

    brand: str = Field(default="brand", max_length=LONGEST_NAME, description="attribute for the brand; empty for none")
    model: str = Field(default="model", max_length=LONGEST_NAME, description="attribute for the model; empty for none")
    lines: str = Field(
        default="written",
        description="Nike Air Jordan and Air Jordan are; written: Nike, Jordan; own: Jordan twice; maker: Nike twice",
    )
    merge: tuple[str, ...] = Field(default=(), description="brands to count as another one, such as Jordan=Nike")
    listed_only: bool = Field(default=False, description="only brands on the list, none taken from the names")
    threshold: float = Field(default=0.6, ge=0, le=1, description="confidence from which values are written")
    dry_run: bool = Field(default=False, description="write nothing, only report")


class Count(_tool.Result):
    """A value and the products it was read from."""

    value: str
    products: int


class Reading(_tool.Result):
    """One attribute read from names."""

    name: str = Field(description="the attribute")
    written: int = Field(description="products it was written for, or with dry_run would be")
    unsure: int = Field(description="products where it was found, but below the threshold")
    none: int = Field(description="named products where nothing was found")
    num_values: int
    values: list[Count] = Field(description=f"the {LISTED} most common")
    known: int = Field(description="of these, products that also have a value from people or the source")
    same: int = Field(description="of those, how many agree with one of their values; capitals do not matter")
    examples: list[str] = Field(description="of those, some that differ: the extracted value and the known one")


class Example(_tool.Result):
    """A name and what was read in it."""

    name: str
    brand: str
    brand_confidence: float
    model: str
    model_confidence: float
    colourway: str


class Result(_tool.Result):
    """What names say."""

    words: str = Field(description="the outcome in a sentence")
    act: int | None = Field(description="the act, to undo; None when nothing was written")
    products: int = Field(description="products whose name is not a file name")
    readings: list[Reading]
    own_brands: list[Count] = Field(description="brands found in the names that are not on the list, most common first")
    examples: list[Example] = Field(description="some names, spread over the catalogue")


def run(engine: Engine, params: Params, progress: _tool.Progress) -> Result:
    """Read, then write all at once. Raises UsageError when no product has a name or nothing is to be read."""
    from lookscape.catalogue.names.naming import Namer, Wishes

    kinds = _kinds(params)
    wishes = Wishes(lines=_lines(params.lines), merged=_merged(params.merge), own_brands=not params.listed_only)
    with engine.catalogue.exclusive(BY):
        products = _named_products(engine)
        if not products:
            raise UsageError("no product has a name; a column name in the source's table gives them one")
        progress(0, 0, "reading names")
        namer = Namer([product.name for product in products], wishes=wishes)
        said = {product.id: namer.read(product.name) for product in products}
        found = [item for name, kind in kinds for item in _attributes(engine, said, name, kind, params.threshold)]
        act = None if params.dry_run or not found else engine.catalogue.annotate(found, by=BY).id
    readings = [_reading(engine, said, name, kind, params.threshold) for name, kind in kinds]
    owns = Counter(one.brand for one in said.values())
    own = {brand.text for brand in namer.own.values()}
    return Result(
        words=_words(readings, done=act is not None),
        act=act,
        products=len(products),
        readings=readings,
        own_brands=[Count(value=value, products=count) for value, count in owns.most_common() if value in own][:LISTED],
        examples=_examples(products, said),
    )


def _kinds(params: Params) -> list[tuple[str, str]]:
    """Attribute and what is read for it."""
    wanted = [(params.brand, "brand"), (params.model, "model")]
    kinds = [(clean_name(name), kind) for name, kind in wanted if name.strip()]
    if not kinds:
        raise UsageError("brand and model are both empty, so there is nothing to read from names")
    if len({name for name, _ in kinds}) < len(kinds):
        raise UsageError(f"brand and model cannot both be the attribute {kinds[0][0]!r}")
    return kinds


def _lines(given: str) -> "Lines":
    from lookscape.catalogue.names.naming import Lines

    try:
        return Lines(given)
    except ValueError as error:
        raise UsageError(f"lines {given!r} is not one of {', '.join(Lines)}") from error


def _merged(given: Sequence[str]) -> dict[str, str]:
    """By the folded letters of the brand that goes."""
    from lookscape.catalogue.names.words import fold

    found = {}
    for pair in given:
        one, sign, other = pair.partition("=")
        if not sign or not fold(one) or not other.strip():
            raise UsageError(f"merge: {pair!r} is not of the form Jordan=Nike")
        found[fold(one)] = clean_value(other)
    return found


def _named_products(engine: Engine) -> list[Product]:
    from lookscape.services.labels.names import given_names

    ids = engine.catalogue.ids()
    found, names = engine.catalogue.products(ids), given_names(engine, ids)
    return [found[product_id] for product_id in ids if product_id in names]


def _read(one: "Named", kind: str) -> tuple[str, float]:
    return (one.brand, one.brand_confidence) if kind == "brand" else (one.model, one.model_confidence)


def _attributes(
    engine: Engine, said: Mapping[str, "Named"], name: str, kind: str, threshold: float
) -> Iterator[Attribute]:
    """Values where they are sure enough; where they no longer are, what an earlier run wrote is taken back."""
    shown = engine.catalogue.shown(said, [name])
    before = {item.product_id for item in shown if item.origin is Origin.PREDICTED and item.by == BY}
    for product_id, one in said.items():
        value, confidence = _read(one, kind)
        if not value or confidence < threshold:
            value = ""
        if value or product_id in before:
            yield Attribute(
                product_id=product_id,
                name=name,
                value=value[:LONGEST_VALUE],
                origin=Origin.PREDICTED,
                confidence=confidence,
                unknown=not value,
            )


def _reading(engine: Engine, said: Mapping[str, "Named"], name: str, kind: str, threshold: float) -> Reading:
    read = {product_id: _read(one, kind) for product_id, one in said.items()}
    written = {product_id: value for product_id, (value, sure) in read.items() if value and sure >= threshold}
    counts = Counter(written.values())
    known: dict[str, list[str]] = {}
    for item in engine.catalogue.shown(written, [name]):
        if item.origin in (Origin.HUMAN, Origin.GIVEN) and not item.unknown:
            known.setdefault(item.product_id, []).append(item.value)
    other = [one for one in known if written[one].casefold() not in map(str.casefold, known[one])]
    return Reading(
        name=name,
        written=len(written),
        unsure=sum(bool(value) and sure < threshold for value, sure in read.values()),
        none=sum(not value for value, _ in read.values()),
        num_values=len(counts),
        values=[Count(value=value, products=count) for value, count in counts.most_common(LISTED)],
        known=len(known),
        same=len(known) - len(other),
        examples=[f"{written[one]}, not {' or '.join(known[one])}" for one in other[:EXAMPLES]],
    )


def _examples(products: Sequence[Product], said: Mapping[str, "Named"]) -> list[Example]:
    step = -(-len(products) // EXAMPLES)
    return [
        Example(
            name=product.name,
            brand=said[product.id].brand,
            brand_confidence=said[product.id].brand_confidence,
            model=said[product.id].model,
            model_confidence=said[product.id].model_confidence,
            colourway=said[product.id].colourway,
        )
        for product in products[::step]
    ]


def _words(readings: Sequence[Reading], *, done: bool) -> str:
    verb = "written" if done else "would be written"
    told = [f"{one.name} for {one.written:,} products, {one.num_values:,} values" for one in readings]
    return f"{verb}: {'; '.join(told)}"
