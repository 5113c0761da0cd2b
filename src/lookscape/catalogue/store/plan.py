"""What a wish makes of an attribute: from what stands under a name to what people shall have said of it.

Pure: no SQL, so the rules can be read, and be tested against a second implementation.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lookscape.catalogue.records import How, Shift, Wish

Said = tuple[str, ...] | None
"""What people say of an attribute: nothing (None), that nobody can tell (empty), or these values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What holds for one attribute of one product. `rows` are the ids behind `said`, by value; "" is the unknown's."""

    said: Said = None
    rows: Mapping[str, int]
    others: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """What everybody sees: people's word, else that of the source or of a machine."""
        return self.others if self.said is None else self.said


NOTHING = Standing(rows={})


def wanted(standing: Standing, wish: Wish) -> Said:
    """What people shall have said once the wish is done. To add is to confirm what is shown, and to say more."""
    shown = standing.shown
    match wish.how:
        case How.SET:
            return tuple(dict.fromkeys(wish.values))
        case How.ADD:
            more = [value for value in wish.values if value not in shown]
            return tuple(dict.fromkeys([*shown, *more])) if more else standing.said
        case How.REMOVE:
            kept = tuple(value for value in shown if value not in wish.values)
            return _without(standing, kept) if len(kept) < len(shown) else standing.said
        case How.CLEAR:
            return _without(standing, ()) if shown else standing.said
        case How.WITHDRAW:
            return None


def _without(standing: Standing, kept: tuple[str, ...]) -> Said:
    """Nothing needs to be said where nobody else says anything."""
    return kept if kept or standing.others else None


def same(first: Said, second: Said) -> bool:
    """Do both say the same, in whatever order?"""
    if first is None or second is None:
        return first is second
    return set(first) == set(second)


def shifts(pairs: Iterable[tuple[str, Sequence[str], Sequence[str]]]) -> tuple[Shift, ...]:
    """Products per value before and after, from (name, shown before, shown after) of each; the most frequent first."""
    before, after = Counter[tuple[str, str | None]](), Counter[tuple[str, str | None]]()
    for name, was, becomes in pairs:
        before.update((name, value) for value in (was or (None,)))
        after.update((name, value) for value in (becomes or (None,)))
    found = [Shift(name=key[0], value=key[1], before=before[key], after=after[key]) for key in before | after]
    return tuple(sorted(found, key=lambda one: (one.name, -max(one.before, one.after), one.value or "")))
