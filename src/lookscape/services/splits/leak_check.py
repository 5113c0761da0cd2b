"""Checks one split: what stands on both sides, and what the linear head makes of that."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lookscape.engine import Engine
from lookscape.representation.splits.saved import Making
from lookscape.services.labels.classes import read_values
from lookscape.services.records import Progress
from lookscape.services.splits.claim import Claim, Labelled, measure_claim, part_rows
from lookscape.services.splits.given import Given, Listing
from lookscape.services.splits.groups import Catalogued, heed_names
from lookscape.services.splits.leaks import TRAIN, Found, find_leaks


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How to look: `making` says how names are compared, `names` whether; `label` is empty to teach nothing."""

    making: Making
    names: str = "auto"
    label: str = ""
    space: str | None = None
    keep: int = 20
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found; `claim` is None where nothing was taught, and `notes` say why."""

    given: Given
    listings: Sequence[Listing]
    found: Sequence[Found]
    claim: Claim | None
    notes: tuple[str, ...]

    @property
    def parts(self) -> dict[str, int]:
        """Listed photos in each part."""
        return dict(sorted(Counter(one.part for one in self.listings).items()))

    @property
    def held_out(self) -> int:
        """Listed photos that do not train."""
        return len(self.listings) - self.parts.get(TRAIN, 0)

    @property
    def exposed(self) -> int:
        """Of these, those with a counterpart of any kind that trains."""
        return len(frozenset[Listing]().union(*(one.exposed for one in self.found)))


NAMED = 5
"""Rows of a file that are named where they could not be used; all are counted."""


def check(engine: Engine, given: Given, wanted: Wanted, progress: Progress) -> Checked:
    """Look, then teach. Raises UnknownNameError for a label or a Space there is not."""
    catalogued = Catalogued.open(engine, progress)
    there = set(catalogued.pixels.ids)
    given = replace(given, listings=[one for one in given.listings if one.photo_id in there])
    owners = [catalogued.products_of.get(photo_id, ()) for photo_id in catalogued.pixels.ids]
    values = read_values(engine, wanted.label, owners) if wanted.label else []
    making, notes = heed_names(catalogued, wanted.making, wanted.names, values=values)
    found = find_leaks(catalogued, given.listings, making, keep=wanted.keep, progress=progress)
    claim = None
    if wanted.label:
        claim, why = _claim(engine, catalogued, given, replace(wanted, making=making), progress)
        notes += why
    if given.unknown:
        count = len(given.unknown)
        rows = "1 row names" if count == 1 else f"{count:,} rows name"
        more = f" and {count - NAMED:,} more" if count > NAMED else ""
        notes.append(f"{rows} nothing of this catalogue, or several files: {'; '.join(given.unknown[:NAMED])}{more}")
    return Checked(given=given, listings=given.listings, found=found, claim=claim, notes=tuple(notes))


def _claim(
    engine: Engine, catalogued: Catalogued, given: Given, wanted: Wanted, progress: Progress
) -> tuple[Claim | None, list[str]]:
    """None with the reason when it can't be measured."""
    space = engine.space(wanted.space)
    row_of = {photo_id: row for row, photo_id in enumerate(space.ids)}
    values = read_values(engine, wanted.label, [(one.product_id,) for one in given.listings])
    told = [(one, value) for one, value in zip(given.listings, values, strict=True) if value and one.photo_id in row_of]
    parts = [one.part for one, _ in told]
    judge = "test" if "test" in parts else "validation"
    if not {TRAIN, judge} <= set(parts):
        return None, [f"nothing was trained, as no parts are called train and test: {', '.join(sorted(set(parts)))}"]
    groups = catalogued.grouped(wanted.making, progress)
    group_of = dict(zip(groups.ids, groups.groups_N.tolist(), strict=True))
    labelled = Labelled(
        rows_ND=np.asarray(space.vectors[[row_of[one.photo_id] for one, _ in told]], np.float32),
        codes_N=np.unique([value for _, value in told], return_inverse=True)[1],
        groups_N=np.array([group_of[one.photo_id] for one, _ in told], np.intp),
    )
    train, held_out = part_rows(parts, TRAIN), part_rows(parts, judge)
    claim = measure_claim(labelled, train=train, held_out=held_out, progress=progress, seed=wanted.seed)
    if claim is None:
        return None, ["nothing was trained: without photos similar to the test photos, too little is left to train on"]
    return claim, [] if judge == "test" else ["there is no part called test, so validation was evaluated"]
