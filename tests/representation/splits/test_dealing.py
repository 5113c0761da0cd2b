"""Dealt groups are whole, classes in proportion, the same each time, and what has a part keeps it."""

from collections import Counter

import numpy as np
import pytest

from lookscape.representation.splits.stratified import PARTS, stratified_group_split

SHARES = (0.7, 0.1, 0.2)


def shop(seed: int = 0, count: int = 600) -> dict[str, list[str]]:
    """Groups of 1 to 12 photos of three classes, a few of them mixed."""
    rng = np.random.default_rng(seed)
    made = {}
    for number in range(count):
        size = int(rng.choice([1, 2, 3, 12], p=[0.6, 0.2, 0.15, 0.05]))
        name = str(rng.choice(["common", "usual", "rare"], p=[0.6, 0.35, 0.05]))
        made[f"group {number}"] = [name] * size if rng.random() < 0.9 else [*[name] * size, "usual"]
    return made


def counts(classes_of: dict[str, list[str]], dealt: dict[str, str]) -> dict[str, Counter[str]]:
    found = {part: Counter[str]() for part in PARTS}
    for group, classes in classes_of.items():
        found[dealt[group]].update(classes)
    return found


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_class_and_the_sizes_are_in_proportion(seed: int) -> None:
    classes_of = shop(seed)
    found = counts(classes_of, stratified_group_split(classes_of, shares=SHARES, seed=seed))
    total = sum(found.values(), Counter[str]())
    for share, part in zip(SHARES, PARTS, strict=True):
        for name, count in total.items():
            assert abs(found[part][name] - share * count) <= max(2.0, 0.02 * count)
        assert abs(found[part].total() - share * total.total()) <= 0.01 * total.total()


def test_large_groups_are_not_all_in_one_part() -> None:
    classes_of = shop()
    dealt = stratified_group_split(classes_of, shares=SHARES)
    large = Counter(dealt[group] for group, classes in classes_of.items() if len(classes) >= 12)
    assert large["test"] >= 0.1 * large.total()
    assert large["train"] >= 0.5 * large.total()


def test_it_is_the_same_again_whatever_the_order_and_another_with_another_seed() -> None:
    classes_of = shop()
    dealt = stratified_group_split(classes_of, shares=SHARES, seed=4)
    assert dealt == stratified_group_split(dict(reversed(classes_of.items())), shares=SHARES, seed=4)
    other = stratified_group_split(classes_of, shares=SHARES, seed=5)
    assert 100 < sum(dealt[group] != other[group] for group in dealt) < 500


def test_what_has_a_part_keeps_it_and_new_groups_even_it_out() -> None:
    classes_of = shop()
    old = dict.fromkeys(list(classes_of)[:300], "train")
    dealt = stratified_group_split(classes_of, shares=SHARES, placed={**old, "gone": "test"})
    assert "gone" not in dealt
    assert all(dealt[group] == "train" for group in old)
    found = counts(classes_of, dealt)
    total = sum(found.values(), Counter[str]())
    for name in ("common", "usual"):
        assert found["test"][name] == pytest.approx(0.2 * total[name], abs=3)


def test_a_part_without_a_share_gets_nothing() -> None:
    dealt = stratified_group_split(shop(), shares=(0.8, 0.0, 0.2))
    assert set(dealt.values()) == {"train", "test"}
    assert stratified_group_split({}, shares=SHARES) == {}
