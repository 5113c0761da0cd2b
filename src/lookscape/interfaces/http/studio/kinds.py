"""Which attributes name kinds of things, so that they can be predicted and compared by."""

from lookscape.catalogue.columns.kinds import Kind, Reading
from lookscape.catalogue.records import Facet, Filter
from lookscape.engine import Engine

FEW = 12
"""Numbers or dates with at most so many different values may name kinds, as sizes do."""

MEASURED = "measured."


def kinds(engine: Engine, *, most: int) -> list[Facet]:
    """Attributes of 2 to `most` different values that name kinds, each with its most frequent one, by name.

    No amounts, no codes that every product has of its own, nothing that was measured. Attributes with more values are
    not looked at.
    """
    found = [
        facet
        for facet in engine.catalogue.facets(Filter(), max_values=1)
        if 2 <= facet.num_values <= most and not facet.name.startswith(MEASURED)
    ]
    readings = engine.catalogue.column_kinds([facet.name for facet in found]) if found else {}
    return [facet for facet in found if facet.name in readings and _is_kind(facet, readings[facet.name])]


def _is_kind(facet: Facet, reading: Reading) -> bool:
    if reading.is_scale:
        return facet.num_values <= FEW
    return reading.kind is not Kind.CODE or facet.values[0].count > 1
