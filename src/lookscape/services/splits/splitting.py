"""Makes a split, or places the photos that came since: grouped, merged, dealt; nothing that has a part is moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from lookscape.engine import Engine
from lookscape.representation.splits.groups import Groups
from lookscape.representation.splits.saved import ASIDE, Making, SavedSplit
from lookscape.representation.splits.stratified import stratified_group_split
from lookscape.services.labels.classes import Merged, merge_rare, read_values
from lookscape.services.records import Progress
from lookscape.services.splits.groups import Catalogued, heed_names


@dataclass(frozen=True, kw_only=True, eq=False)
class Made:
    """A split of the photos of `groups`, with their classes; `leaking` counts old groups that reach over parts."""

    split: SavedSplit
    groups: Groups
    classes: Sequence[str]
    rare: tuple[str, ...] = ()
    placed: int = 0
    aside: int = 0
    leaking: int = 0
    notes: tuple[str, ...] = ()

    @property
    def parts(self) -> list[str]:
        """The part of each photo."""
        return [self.split.parts[photo_id] for photo_id in self.groups.ids]


def make(engine: Engine, making: Making, *, names: str, progress: Progress) -> Made:
    """A new split. `names` is yes, no or auto: yes, unless the names say no more than the label does."""
    catalogued = Catalogued.open(engine, progress)
    values = _values(engine, making, catalogued)
    making, notes = heed_names(catalogued, making, names, values=values)
    groups = catalogued.grouped(making, progress)
    merged = merge_rare(values, groups.groups_N.tolist(), fewest=making.fewest)
    classes = merged.of(values)
    progress(0, 0, "dealing groups")
    parts = stratified_group_split(_classes_of(groups, classes), shares=making.shares, seed=making.seed)
    split = SavedSplit(
        making=making,
        made_at=datetime.now(UTC),
        classes=merged.classes,
        parts={photo_id: parts[group] for photo_id, group in zip(groups.ids, groups.names, strict=True)},
    )
    return Made(
        split=split, groups=groups, classes=classes, rare=merged.rare, placed=len(groups.ids), notes=tuple(notes)
    )


def extend(engine: Engine, old: SavedSplit, progress: Progress) -> Made:
    """Photos that came since go where their group is; new groups are dealt around what is there.

    A photo whose group stands in several parts is set aside, and so is all that is new in that group.
    """
    catalogued = Catalogued.open(engine, progress)
    values = _values(engine, old.making, catalogued)
    merged = Merged(classes=old.classes, rare=())
    groups = catalogued.grouped(old.making, progress)
    classes = merged.of(values)
    settled = {photo_id: part for photo_id, part in old.parts.items() if part != ASIDE}
    parts_of: dict[str, set[str]] = {}
    for photo_id, group in zip(groups.ids, groups.names, strict=True):
        parts_of.setdefault(group, set()).update({settled[photo_id]} if photo_id in settled else ())
    placed = {group: next(iter(parts)) for group, parts in parts_of.items() if len(parts) == 1}
    torn = {group for group, parts in parts_of.items() if len(parts) > 1}
    whole = {group: found for group, found in _classes_of(groups, classes).items() if group not in torn}
    progress(0, 0, "dealing groups")
    dealt = stratified_group_split(whole, shares=old.making.shares, seed=old.making.seed, placed=placed)
    parts = {
        photo_id: settled.get(photo_id, dealt.get(group, ASIDE))
        for photo_id, group in zip(groups.ids, groups.names, strict=True)
    }
    return Made(
        split=replace(old, parts={**old.parts, **parts}),
        groups=groups,
        classes=classes,
        placed=sum(photo_id not in settled and part != ASIDE for photo_id, part in parts.items()),
        aside=sum(part == ASIDE for part in parts.values()),
        leaking=_leaking(catalogued, old, groups=groups, torn=torn, settled=settled, progress=progress) if torn else 0,
    )


def _leaking(
    catalogued: Catalogued,
    old: SavedSplit,
    *,
    groups: Groups,
    torn: set[str],
    settled: Mapping[str, str],
    progress: Progress,
) -> int:
    """Groups over several parts that are so without any new photo between: names or pictures changed since."""
    members = [one for one, group in zip(groups.ids, groups.names, strict=True) if group in torn and one in settled]
    again = catalogued.part(members).grouped(old.making, progress)
    parts_of: dict[int, set[str]] = {}
    for photo_id, group in zip(again.ids, again.groups_N.tolist(), strict=True):
        parts_of.setdefault(group, set()).add(settled[photo_id])
    return sum(len(parts) > 1 for parts in parts_of.values())


def _values(engine: Engine, making: Making, catalogued: Catalogued) -> list[str]:
    owners = [catalogued.products_of.get(photo_id, ()) for photo_id in catalogued.pixels.ids]
    return read_values(engine, making.label, owners) if making.label else [""] * len(owners)


def _classes_of(groups: Groups, classes: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for group, one in zip(groups.names, classes, strict=True):
        found.setdefault(group, []).append(one)
    return found


def largest(groups: Groups) -> int:
    """Photos of the largest group."""
    return int(np.max(groups.sizes, initial=0))
