"""Which names say nearly the same: spelled differently, in another order, with a word more, but with the same numbers.

Two names are as similar as their sorted words are by Indel distance (Levenshtein 1966; rapidfuzz's ratio). Numbers have
to be equal, as an Air Max 90 is no Air Max 95 however alike they are written. Names are only compared when they share
one of their rarest words, as in a prefix filter (Chaudhuri, Ganti & Kaushik, "A primitive operator for similarity joins
in data cleaning", ICDE 2006): what is lost are names that differ in each of those.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

SIMILAR = 0.94
"""Similarity from which on two names count as one product's."""

RAREST = 3
"""Words of a name that others are found by."""

CHUNK = 1024
"""Names compared with the others of their block at once."""

MOST_PAIRS = 1_000_000
"""Pairs held before they are thinned to those that join the same names."""

ROMAN = frozenset(["ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii"])

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class NamePairs:
    """P pairs of places in a list of names, the larger first, with how similar the names are, 0 to 1."""

    pairs_P2: NDArray[np.intp]
    similar_P: NDArray[np.float32]


def similar_pairs(
    texts: Sequence[str], *, least: float = SIMILAR, progress: Progress = lambda *_: None
) -> Iterator[NamePairs]:
    """Pairs of different comparable names (see `words.comparable`), a chunk at a time; a pair may come up to 3 times.

    Empty names are like nothing. Raises whatever `progress` raises.
    """
    blocks = _blocks(texts)
    total = sum(len(rows) for rows in blocks)
    done = 0
    for rows in blocks:
        for start in range(0, len(rows), CHUNK):
            progress(done, total, "comparing names")
            part = rows[start : start + CHUNK]
            others = rows[: start + len(part)]
            found = process.cdist(
                [texts[row] for row in part],
                [texts[row] for row in others],
                scorer=fuzz.ratio,
                score_cutoff=100 * least,
                dtype=np.float32,
            )
            ones, seconds = np.nonzero(found)
            kept = seconds < ones + start
            ones, seconds = ones[kept], seconds[kept]
            done += len(part)
            if len(ones):
                yield NamePairs(
                    pairs_P2=np.stack([rows[ones + start], rows[seconds]], axis=1),
                    similar_P=np.asarray(found[ones, seconds] / 100, np.float32),
                )


def name_links(texts: Sequence[str], *, least: float = SIMILAR, progress: Progress = lambda *_: None) -> NamePairs:
    """As few pairs as join all that are similar, directly or by others between: at most one for each name.

    Equal names are linked with similarity 1. Of several ways to join names the most similar are kept (a maximum
    spanning forest), so cutting the links below any bar leaves what that bar would have joined.
    """
    distinct = sorted(set(texts) - {""})
    number = {text: place for place, text in enumerate(distinct)}
    first: dict[str, int] = {}
    same = [(row, first[text]) for row, text in enumerate(texts) if text and first.setdefault(text, row) != row]
    held = NamePairs(pairs_P2=np.zeros((0, 2), np.intp), similar_P=np.zeros(0, np.float32))
    for found in similar_pairs(distinct, least=least, progress=progress):
        held = _joined(held, found)
        if len(held.similar_P) > MOST_PAIRS:
            held = _thinned(held, len(distinct))
    held = _thinned(held, len(distinct))
    place = np.array([first[text] for text in number], np.intp)
    between = np.sort(place[held.pairs_P2], axis=1)[:, ::-1] if len(place) else held.pairs_P2
    equal = np.array(same, np.intp).reshape(len(same), 2)
    return NamePairs(
        pairs_P2=np.concatenate([equal, between]),
        similar_P=np.concatenate([np.ones(len(equal), np.float32), held.similar_P]),
    )


def _blocks(texts: Sequence[str]) -> list[NDArray[np.intp]]:
    """Rows of names that share a rare word and all numbers, at least two in each."""
    words = [text.split() for text in texts]
    often = Counter(word for found in words for word in set(found))
    blocks: dict[tuple[str, str], list[int]] = {}
    for row, found in enumerate(words):
        numbers = " ".join(word for word in found if word in ROMAN or any(letter.isdigit() for letter in word))
        for word in sorted(set(found), key=lambda one: (often[one], one))[:RAREST]:
            blocks.setdefault((numbers, word), []).append(row)
    return [np.array(rows, np.intp) for rows in blocks.values() if len(rows) > 1]


def _joined(one: NamePairs, other: NamePairs) -> NamePairs:
    return NamePairs(
        pairs_P2=np.concatenate([one.pairs_P2, other.pairs_P2]),
        similar_P=np.concatenate([one.similar_P, other.similar_P]),
    )


def _thinned(found: NamePairs, count: int) -> NamePairs:
    """The maximum spanning forest."""
    if not len(found.similar_P):
        return found
    pairs_P2, first = np.unique(found.pairs_P2, axis=0, return_index=True)
    apart_P = 2.0 - found.similar_P[first]  # never 0, which would be no link
    graph = coo_array((apart_P, (pairs_P2[:, 0], pairs_P2[:, 1])), shape=(count, count))
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    ends = np.sort(np.stack(tree.coords, axis=1), axis=1)[:, ::-1]
    return NamePairs(pairs_P2=ends.astype(np.intp), similar_P=(2.0 - tree.data).astype(np.float32))
