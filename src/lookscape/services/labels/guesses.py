"""What a model guessed of a product: nobody said it, so nothing is learned from it or judged by it.

Names that were read and clusters are predicted attributes too, but they come of something other than a guess at the
same attribute, and stand like what a source gives.
"""

from collections.abc import Iterable
from dataclasses import replace

from lookscape.catalogue.records import Attribute, Origin, Product
from lookscape.engine import Engine

CLASSIFY = "classify"
IMPUTE = "impute"
GUESSERS = CLASSIFY, IMPUTE


def is_guess(item: Attribute) -> bool:
    """Whether it was written by `predict classify` or `predict impute`."""
    return item.origin is Origin.PREDICTED and item.by in GUESSERS


def is_said(item: Attribute) -> bool:
    """Whether it holds, be it "unknown": no guess, and no reading that was taken back."""
    return not is_guess(item) and not (item.origin is Origin.PREDICTED and item.unknown)


def guessed_products(engine: Engine, name: str) -> frozenset[str]:
    """Products of which an attribute is a guess."""
    return engine.catalogue.predicted_by(GUESSERS).get(name, frozenset())


def without_guesses(engine: Engine, products: Iterable[Product]) -> list[Product]:
    """The products without the attributes that are guesses."""
    guessed = engine.catalogue.predicted_by(GUESSERS)
    return [
        replace(
            one,
            values={name: values for name, values in one.values.items() if one.id not in guessed.get(name, ())},
        )
        for one in products
    ]
