"""What set, add and clear have in common: what they work on, in whose name, with what care, and what they answer."""

import getpass
from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from lookscape.catalogue.records import Conflict, Doing, How, Wish
from lookscape.engine import Engine
from lookscape.errors import UsageError
from lookscape.services.labels.selection import SelectionParams, select
from lookscape.services.records import Params, Record, positional

LONGEST_NAME = 200
LONGEST_VALUE = 1000
LISTED = 500
"""Conflicts that an answer lists; it counts all."""

ATTRIBUTE = "attribute"


class CareParams(Params):
    """In whose name a change is made, and with what care."""

    by: str = Field(default="", max_length=LONGEST_NAME, description="who does it; default: the settings' user")
    seen: int | None = Field(
        default=None, ge=0, description="newest act you know of: what others changed after it is left alone and listed"
    )
    strict: bool = Field(default=False, description="do nothing at all when there is a conflict")
    dry_run: bool = Field(default=False, description="change nothing, only count")


class ChangeParams(CareParams, SelectionParams):
    """The attribute, and which products."""

    name: str = positional("the attribute's name", max_length=LONGEST_NAME)


class ConflictInfo(Record):
    """A value that somebody else changed since you looked; it was left as they made it."""

    product_id: str
    name: str
    yours: list[str] = Field(description="what it would have become; empty: no value")
    theirs: list[str] = Field(description="what it is")
    by: str = Field(description="who changed it last")
    at: datetime
    act: int = Field(description="in which act")


class Count(Record):
    """Products of the selection with a value, before and after; value is None for those without any."""

    name: str
    value: str | None
    before: int
    after: int


class ChangeResult(Record):
    """What was done; with dry_run, what would be."""

    act: int | None = Field(description="the act, to undo; None when nothing was changed")
    products: int = Field(description="products selected")
    changed: int = Field(description="products changed by it")
    unchanged: int = Field(description="products that were so already")
    num_conflicts: int = Field(description="values that others changed since `seen`, left alone")
    conflicts: list[ConflictInfo] = Field(description=f"the first {LISTED} of them")
    counts: list[Count] = Field(description="products of the selection per value")


def change(engine: Engine, params: ChangeParams, how: How, values: tuple[str, ...] = ()) -> ChangeResult:
    """Do one thing to one attribute of all selected products."""
    name = clean_name(params.name)
    values = tuple(clean_value(value) for value in values)
    ids = select(engine, params).product_ids
    wishes = [Wish(product_id=product_id, name=name, how=how, values=values) for product_id in ids]
    doing = Doing(
        kind=how.value,
        by=who(engine, params.by),
        name=name,
        value=", ".join(values),
        seen=params.seen,
        strict=params.strict,
        ask=params.dry_run,
    )
    found = engine.catalogue.change(wishes, doing)
    return ChangeResult(
        act=found.act.id if found.act else None,
        products=len(ids),
        changed=found.changed,
        unchanged=found.unchanged,
        num_conflicts=len(found.conflicts),
        conflicts=conflicts(found.conflicts),
        counts=[Count(name=one.name, value=one.value, before=one.before, after=one.after) for one in found.shifts],
    )


def conflicts(found: Sequence[Conflict]) -> list[ConflictInfo]:
    """Those that an answer lists."""
    return [
        ConflictInfo(
            product_id=one.product_id,
            name=one.name,
            yours=list(one.wanted),
            theirs=list(one.standing),
            by=one.by,
            at=one.at,
            act=one.act_id,
        )
        for one in found[:LISTED]
    ]


def who(engine: Engine, given: str) -> str:
    """Whose name goes on a change: the one given, the settings' user, or that of the system."""
    return given.strip() or engine.settings.user.strip() or _user_of_system()


def clean_name(given: str) -> str:
    """An attribute's name without spaces around it. Raises UsageError when it could not be filtered by."""
    name = given.strip()
    if not name or "=" in name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise UsageError(
            f"attribute {given!r:.60} is not a name: 1 to {LONGEST_NAME} characters in one line, without ="
        )
    return name


def clean_value(given: str) -> str:
    """A value without spaces around it. Raises UsageError when there is nothing left or too much."""
    value = given.strip()
    if not value:
        raise UsageError("the value is empty; to say that there is none, clear the attribute")
    if len(value) > LONGEST_VALUE or not value.isprintable():
        raise UsageError(f"value {given!r:.60} is not 1 to {LONGEST_VALUE} characters in one line")
    return value


def _user_of_system() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        return "somebody"
