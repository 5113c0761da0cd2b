"""Photos are joined by product, picture, copies and name; names never make a group too large, and it is counted."""

import numpy as np

from lookscape.representation.inference.samples import pictures
from lookscape.representation.spaces.pixels import Pixels
from lookscape.representation.splits.disjoint_sets import DisjointSets
from lookscape.representation.splits.groups import Groups, groups_of, join_names
from lookscape.representation.splits.split import find_groups


def alone(count: int) -> Groups:
    return Groups(ids=tuple(f"{number:05d}" for number in range(count)), groups_N=np.arange(count))


def named(groups: Groups, names: list[str], **options: object) -> Groups:
    """Each photo is a product of its own with this name."""
    texts = {f"p{photo_id}": name for photo_id, name in zip(groups.ids, names, strict=True)}
    products_of = {photo_id: (f"p{photo_id}",) for photo_id in groups.ids}
    return join_names(groups, products_of=products_of, texts=texts, **options)


def test_joined_sets_are_those_of_brute_force_and_respect_a_limit() -> None:
    rng = np.random.default_rng(0)
    pairs = rng.integers(0, 60, (50, 2)).tolist()
    joined, sets = DisjointSets(60), [{member} for member in range(60)]
    for one, other in pairs:
        assert joined.join(one, other)
        both = sets[one] | sets[other]
        for member in both:
            sets[member] = both
    assert joined.roots().tolist() == [min(found) for found in sets]
    limited = DisjointSets(4, sizes_N=np.array([3, 2, 1, 1]))
    assert not limited.join(0, 1, most=4)
    assert limited.join(0, 2, most=4)
    assert not limited.together(0, 1)
    assert limited.join(2, 0, most=1)
    assert not limited.join(3, 2, most=4)


def test_copies_that_are_known_are_one_group() -> None:
    found = pictures(4, side=64)
    pixels = Pixels(ids=("a", "b", "c", "d"), array_NHWC=np.stack(found))
    assert find_groups(pixels, products_of={}, copies=[("d", "b"), ("x", "a")]) == ["a", "b", "c", "b"]


def test_alike_names_join_groups_and_chains_are_followed() -> None:
    groups = named(alone(5), ["runner suede", "runner suedes", "old skool", "", "runner suede"])
    assert groups.names == ["00000", "00000", "00002", "00003", "00000"]
    assert (groups.by_name, groups.parted, groups.general) == (2, 0, 0)
    assert groups.sizes.tolist() == [3, 1, 1]


def test_groups_of_pictures_are_kept_and_a_product_carries_its_name_to_all_of_them() -> None:
    ids = ("a", "b", "c", "d")
    groups = groups_of(ids, ["a", "a", "c", "d"])
    products_of = {"a": ("p",), "b": ("q",), "c": ("r",), "d": ("s",)}
    texts = {"q": "court classic", "r": "classic court", "s": "other shoe", "p": ""}
    joined = join_names(groups, products_of=products_of, texts={**texts, "r": "court classic"})
    assert joined.names == ["a", "a", "a", "d"]


def test_no_group_grows_too_large_by_names_and_what_was_parted_is_counted() -> None:
    step = "abcdefghijklmnopqrstuvwxyz"
    chain = [step[:start] + "0" + step[start:] for start in range(20)]
    names = [f"shoe {word.replace('0', 'q')}" for word in chain]
    whole, capped = named(alone(20), names, largest=1.0), named(alone(20), names, largest=0.1)
    assert whole.sizes.max() == 20
    assert (whole.by_name, whole.parted) == (19, 0)
    assert capped.most == 12
    assert 6 <= capped.sizes.max() <= 12
    assert capped.parted == len(capped.sizes) - 1


def test_a_name_that_too_many_bear_says_nothing() -> None:
    groups = named(alone(40), ["plain shirt"] * 30 + ["rare shirt"] * 10, largest=0.5)
    assert groups.general == 1
    assert groups.sizes.max() == 10
    assert len(groups.sizes) == 31


def test_the_order_of_photos_does_not_change_who_belongs_together() -> None:
    rng = np.random.default_rng(0)
    names = [f"{word} {end}" for word in ("runner", "runners", "walker", "walkers") for end in ("low", "lows", "mid")]
    order = rng.permutation(len(names))
    first, other = named(alone(12), names), named(alone(12), [names[row] for row in order])
    pairs = {(one, two) for one in range(12) for two in range(12) if first.groups_N[one] == first.groups_N[two]}
    again = {
        (int(order[one]), int(order[two]))
        for one in range(12)
        for two in range(12)
        if other.groups_N[one] == other.groups_N[two]
    }
    assert pairs == again
    assert 1 < len(first.sizes) < 12
