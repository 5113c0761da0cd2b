"""Give the products of a catalogue values of an attribute, one or several each."""

from collections.abc import Sequence

from lookscape.catalogue.records import Attribute, Origin
from lookscape.catalogue.store.catalogue import Catalogue


def put_column(
    catalogue: Catalogue, name: str, values: Sequence[str | tuple[str, ...]], *, origin: Origin = Origin.HUMAN
) -> None:
    """The first value to the first product; an empty one to none."""
    wanted = [
        Attribute(product_id=product_id, name=name, value=value, origin=origin)
        for product_id, given in zip(catalogue.ids(), values, strict=False)
        for value in ((given,) if isinstance(given, str) else given)
        if value
    ]
    catalogue.annotate(wanted, by="ada")
