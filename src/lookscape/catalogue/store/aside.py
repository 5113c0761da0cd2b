"""Photos that people put aside: those with an accepted finding that says so. They are hidden, never deleted.

Nothing else says that a photo is aside, so the two cannot drift apart.
"""

from sqlalchemy import ColumnElement, Select, select

from lookscape.catalogue.findings import FindingState
from lookscape.catalogue.store.schema import findings


def aside() -> Select[tuple[str]]:
    """Ids of the photos that are put aside."""
    return select(findings.c.photo_id).where(findings.c.removes, findings.c.state == FindingState.ACCEPTED.value)


def visible(photo_id: ColumnElement[str | None]) -> ColumnElement[bool]:
    """Is the photo in this column to be seen?"""
    return photo_id.not_in(aside())
