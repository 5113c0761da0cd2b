"""Acts in words, for history, undo and redo."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import Field

from lookscape.catalogue.records import Act
from lookscape.services.records import MACHINES_ONLY, Record

WORDS: Mapping[str, str] = {
    "set": "{name} set to {value}",
    "add": "{value} added to {name}",
    "remove": "{value} removed from {name}",
    "clear": "{name} cleared",
    "withdraw": "people's {name} withdrawn",
    "import": "{name} imported from {value}",
}


class ActInfo(Record):
    """One change: who, when, what, how many."""

    id: int
    at: datetime
    by: str
    words: str = Field(description="what was done")
    count: int = Field(description="products changed")
    stands: bool = Field(description="false once it was undone")
    undone_by: str = Field(description="who undid it; empty while it is in effect")
    kind: str = Field(
        description="set, add, remove, clear, withdraw, import, undo, redo ...", json_schema_extra=MACHINES_ONLY
    )
    name: str = Field(description="the attribute, where it was one", json_schema_extra=MACHINES_ONLY)
    value: str = Field(description="its value, where it was one", json_schema_extra=MACHINES_ONLY)
    target: int | None = Field(description="the act that an undo or redo refers to", json_schema_extra=MACHINES_ONLY)


def told(acts: Sequence[Act], undone_by: Mapping[int, str]) -> list[ActInfo]:
    """Acts as people read them."""
    return [
        ActInfo(
            id=act.id,
            at=act.at,
            by=act.by,
            words=words(act),
            count=act.count,
            stands=act.undone_at is None,
            undone_by=undone_by.get(act.id, "") if act.undone_at else "",
            kind=act.kind,
            name=act.name,
            value=act.value,
            target=act.target,
        )
        for act in acts
    ]


def words(act: Act) -> str:
    """`style set to retro`, or `act 7 undone: style set to retro`."""
    if act.target is not None:
        about = " ".join(filter(None, [act.name, act.value and f"({act.value})"]))
        done = {"undo": "undone", "redo": "redone"}.get(act.kind, act.kind)
        return f"act {act.target} {done}" + (f": {about}" if about else "")
    if not act.name:
        return "values written" if act.kind == "set" else act.kind
    return WORDS.get(act.kind, "{kind} {name} {value}").format(kind=act.kind, name=act.name, value=act.value).strip()
