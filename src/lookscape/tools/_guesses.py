"""What a model guessed of a product: nobody said it, so nothing is learned from it or judged by it.

Names that were read and clusters are predicted attributes too, but they come of something other than a guess at the
same attribute, and stand like what a source gives.
"""

from lookscape.catalogue.records import Attribute, Origin

CLASSIFY = "classify"
IMPUTE = "impute"


def is_guess(item: Attribute) -> bool:
    """Whether it was written by `predict classify` or `predict impute`."""
    return item.origin is Origin.PREDICTED and item.by in (CLASSIFY, IMPUTE)
