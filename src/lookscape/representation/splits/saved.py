"""A split of a catalogue under a name: which photos train, choose and judge, and how that came about.

    splits/NAME.json    what was asked for, which values make which class, and the part of every photo

What was learned from a split can only be judged by the same split, so it is kept with what people made (not with what
can be deleted and made again), and a photo never changes its part. Photos that would join parts are set aside.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from lookscape.errors import NotFoundError, UnknownNameError, UsageError
from lookscape.files import write_atomically
from lookscape.representation.splits.split import Split
from lookscape.representation.splits.stratified import PARTS, Shares

ASIDE = "aside"
OTHER = "other"
"""The class of all values too rare for one of their own."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Making:
    """What a split was made by. `label` is empty for one that heeds no attribute; see groups.py for the others."""

    label: str = ""
    shares: Shares = (0.7, 0.1, 0.2)
    seed: int = 0
    fewest: int = 5
    by_name: bool = True
    ignore_colours: bool = False
    similar: float = 0.94
    largest: float = 0.02


@dataclass(frozen=True, kw_only=True)
class SavedSplit:
    """`parts` says of each photo train, validation, test or aside; `classes` which class each value of the label is."""

    making: Making
    made_at: datetime
    classes: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)

    def rows(self, ids: Sequence[str]) -> Split:
        """Places of these photos by part; photos aside or not in the split are in none."""
        found = [self.parts.get(photo_id, ASIDE) for photo_id in ids]
        train, validation, test = (np.flatnonzero([one == part for one in found]) for part in PARTS)
        return Split(train=train, validation=validation, test=test)

    def save(self, path: Path) -> None:
        """Write it atomically."""
        ids: dict[str, list[str]] = {part: [] for part in (*PARTS, ASIDE)}
        for photo_id in sorted(self.parts):
            ids[self.parts[photo_id]].append(photo_id)
        making = asdict(self.making)
        content = {"version": VERSION, "made_at": self.made_at.isoformat(), "making": making, "classes": self.classes}
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, json.dumps(content | {"photos": ids}, indent=1).encode())

    @classmethod
    def load(cls, path: Path) -> "SavedSplit":
        """Read it. Raises NotFoundError when the file is damaged, rather than make another split under the name."""
        try:
            content: dict[str, Any] = json.loads(path.read_bytes())
            making = content["making"]
            return cls(
                making=Making(**(making | {"shares": tuple(making["shares"])})),
                made_at=datetime.fromisoformat(content["made_at"]),
                classes=content["classes"],
                parts={photo_id: part for part in (*PARTS, ASIDE) for photo_id in content["photos"][part]},
            )
        except (ValueError, KeyError, TypeError) as error:
            raise NotFoundError(f"splits/{path.name} is damaged ({error}); move it away to recreate it") from error


def split_path(folder: Path, name: str) -> Path:
    """Where a catalogue keeps a split. Raises UsageError for a name that is no file's."""
    if not NAME.fullmatch(name):
        raise UsageError(f"split {name!r:.90} is not a name: 1 to 80 letters, digits, dots, dashes, no space")
    return folder / "splits" / f"{name}.json"


def split_names(folder: Path) -> list[str]:
    """The splits of a catalogue."""
    return sorted(path.stem for path in (folder / "splits").glob("*.json"))


def open_split(folder: Path, name: str) -> SavedSplit:
    """A split by name. Raises UnknownNameError with the names there are."""
    if name not in split_names(folder):
        raise UnknownNameError("split", name, split_names(folder))
    return SavedSplit.load(split_path(folder, name))
