"""Which photos belong together, so that no split may part them: near-duplicates, one product's, alike named products'.

Photos of one product, copies and near-duplicates are joined whatever comes of it (split.find_groups). Names are joined
after them, the most similar first, and only as long as no group gets too large: names can chain, and one group that
swallows the catalogue would leave nothing to judge by. A name that more photos bear than a group may have says what
kind of thing it is, not which one, and joins nothing. What was not joined for that is counted, never silent.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lookscape.representation.splits.disjoint_sets import DisjointSets
from lookscape.representation.splits.similar_names import SIMILAR, Progress, name_links

Rows = NDArray[np.intp]

LARGEST = 0.02
"""Share of all photos that names may join into one group."""

SMALLEST_CAP = 12
"""Photos that names may always join."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """The group of each of N photos, numbered from 0, each named after its smallest photo id.

    `by_name` counts how often names joined two groups, `parted` how often they were alike but not joined because the
    group would have been larger than `most` photos, `general` the names that more photos bear.
    """

    ids: tuple[str, ...]
    groups_N: Rows
    by_name: int = 0
    parted: int = 0
    general: int = 0
    most: int = 0

    @property
    def sizes(self) -> Rows:
        """Photos in each group."""
        return np.bincount(self.groups_N)

    @property
    def names(self) -> list[str]:
        """The group names of the N photos."""
        _, first = np.unique(self.groups_N, return_index=True)
        return [self.ids[first[group]] for group in self.groups_N]


def groups_of(ids: Sequence[str], found: Sequence[str]) -> Groups:
    """What `find_groups` found for these photos."""
    return Groups(ids=tuple(ids), groups_N=np.unique(np.array(found, object), return_inverse=True)[1])


def join_names(
    groups: Groups,
    *,
    products_of: Mapping[str, Sequence[str]],
    texts: Mapping[str, str],
    least: float = SIMILAR,
    largest: float = LARGEST,
    progress: Progress = lambda *_: None,
) -> Groups:
    """Join the groups of products with similar names; `texts` are the names in comparable form, empty for none."""
    group_of: dict[str, int] = {}
    bearers = Counter[str]()
    for photo_id, group in zip(groups.ids, groups.groups_N.tolist(), strict=True):
        for product in products_of.get(photo_id, ()):
            group_of.setdefault(product, group)
            bearers[texts.get(product, "")] += 1
    most = max(SMALLEST_CAP, int(largest * len(groups.ids)))
    general = {text for text, count in bearers.items() if text and count > most}
    named = sorted(product for product in group_of if texts.get(product, "") not in general | {""})
    links = name_links([texts[product] for product in named], least=least, progress=progress)
    place_M = np.array([group_of[product] for product in named], np.intp)
    joined = DisjointSets(len(groups.sizes), sizes_N=groups.sizes)
    by_name = parted = 0
    for link in np.lexsort((links.pairs_P2[:, 1], links.pairs_P2[:, 0], -links.similar_P)).tolist():
        one, other = place_M[links.pairs_P2[link]].tolist()
        if joined.together(one, other):
            continue
        could = joined.join(one, other, most=most)
        by_name, parted = by_name + could, parted + (not could)
    numbered = np.unique(joined.roots()[groups.groups_N], return_inverse=True)[1]
    return Groups(ids=groups.ids, groups_N=numbered, by_name=by_name, parted=parted, general=len(general), most=most)
