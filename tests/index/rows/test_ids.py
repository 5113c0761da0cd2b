"""Ids packed as digests or text, found and ordered as strings are."""

import numpy as np
import pytest

from lookscape.errors import UsageError
from lookscape.index.rows.ids import Ids

DIGESTS = [f"{number:064x}" for number in (7, 2**255, 256, 0)]
TEXTS = ["b", "a", "aa", "Ünïcode", "z" * 90]


def test_digests_take_32_bytes_and_come_back() -> None:
    ids = Ids()
    assert ids.append(DIGESTS).tolist() == [0, 1, 2, 3]
    assert ids.is_hex
    assert ids.arrays()["keys"].shape == (4, 32)
    assert ids.names(np.array([3, 1])) == [DIGESTS[3], DIGESTS[1]]
    assert ids.sorted_names() == sorted(DIGESTS)


def test_text_among_digests_changes_how_not_what() -> None:
    ids = Ids()
    ids.append(DIGESTS)
    ids.append(TEXTS)
    assert not ids.is_hex
    assert ids.sorted_names() == sorted(DIGESTS + TEXTS)
    assert ids.find([*TEXTS, "absent", DIGESTS[2]]).tolist() == [4, 5, 6, 7, 8, -1, 2]
    keys = ids.keys(np.arange(9))
    assert [(DIGESTS + TEXTS)[at] for at in np.argsort(keys)] == sorted(DIGESTS + TEXTS)


def test_a_discarded_id_may_come_back_at_a_new_position() -> None:
    ids = Ids()
    ids.append(TEXTS)
    ids.discard(ids.find(["a", "b"]))
    assert (len(ids), ids.find(["a", "aa"]).tolist()) == (3, [-1, 2])
    assert ids.append(["a"]).tolist() == [5]
    assert ids.find(["a"]).tolist() == [5]
    assert ids.alive.tolist() == [False, False, True, True, True, True]


@pytest.mark.parametrize("bad", ["", "a\0"])
def test_ids_that_cannot_be_told_apart_are_refused(bad: str) -> None:
    with pytest.raises(UsageError, match="printable id"):
        Ids().append([bad])
