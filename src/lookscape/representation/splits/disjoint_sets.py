"""Disjoint sets of numbered members that are joined step by step, if need be only as long as no set gets too large."""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]


class DisjointSets:
    """Each member begins as a set of its own; the smallest member stands for its set.

    `sizes_N` is what each member weighs, 1 without it.
    """

    def __init__(self, count: int, *, sizes_N: Rows | None = None) -> None:
        self._parent = np.arange(count)
        self._sizes = np.ones(count, np.intp) if sizes_N is None else sizes_N.copy()

    def roots(self) -> Rows:
        """Who stands for each member's set."""
        while True:
            above = self._parent[self._parent]
            if np.array_equal(above, self._parent):
                return above
            self._parent = above

    def together(self, one: int, other: int) -> bool:
        """Are two members of one set?"""
        return self._root(one) == self._root(other)

    def join(self, one: int, other: int, *, most: int | None = None) -> bool:
        """Make two sets one, unless that would weigh more than `most`; whether they are one now."""
        low, high = sorted((self._root(one), self._root(other)))
        if low == high:
            return True
        if most is not None and self._sizes[low] + self._sizes[high] > most:
            return False
        self._parent[high] = low
        self._sizes[low] += self._sizes[high]
        return True

    def _root(self, member: int) -> int:
        top = member
        while (parent := int(self._parent[top])) != top:
            top = parent
        while (parent := int(self._parent[member])) != top:
            self._parent[member], member = top, parent
        return top
