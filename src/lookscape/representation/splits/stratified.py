"""Deals whole groups to train, validation and test so that every class is in each in proportion.

Groups are dealt one at a time, the largest first and else in an order drawn by the seed; each goes to the part where
the class counts come nearest to what is wanted, by the rise of chi-square. It is the greedy way of Sechidis, Tsoumakas
& Vlahavas, "On the stratification of multi-label data" (ECML 2011), for groups with several photos of several classes.
Groups that have a part keep it, so new ones are dealt around them.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

PARTS = ("train", "validation", "test")

ALL = "\0all"
"""Stands for a photo of any class, so that the parts' sizes are kept in proportion too."""

Shares = tuple[float, float, float]


def stratified_group_split(
    classes_of: Mapping[str, Sequence[str]],
    *,
    shares: Shares,
    seed: int = 0,
    placed: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The part of every group, from the classes of its photos; `placed` groups stay where they are.

    A part with the share 0 gets nothing.
    """
    counts = {group: Counter(classes) + Counter({ALL: len(classes)}) for group, classes in classes_of.items()}
    total = Counter[str]()
    for own in counts.values():
        total.update(own)
    open_parts = [number for number, share in enumerate(shares) if share > 0]
    wanted = [{name: share * count for name, count in total.items()} for share in shares]
    there = [Counter[str]() for _ in PARTS]
    dealt = {group: part for group, part in (placed or {}).items() if group in counts}
    for group, part in dealt.items():
        there[PARTS.index(part)].update(counts[group])
    waiting = sorted(counts.keys() - dealt.keys(), key=lambda one: (-counts[one][ALL], _drawn(one, seed=seed)))
    for group in waiting:
        own = counts[group]
        number = min(open_parts, key=lambda part: _rise(own, there[part], wanted[part]))
        there[number].update(own)
        dealt[group] = PARTS[number]
    return dealt


def _rise(own: Mapping[str, int], there: Counter[str], wanted: Mapping[str, float]) -> float:
    """How much chi-square of a part rises, over its classes and over its size, when a group comes to it."""
    return sum(_term(count, there[name], wanted[name]) for name, count in own.items())


def _term(count: int, there: int, wanted: float) -> float:
    return (2 * count * (there - wanted) + count**2) / wanted


def _drawn(group: str, *, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{group}".encode()).digest()
