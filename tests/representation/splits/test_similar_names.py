"""Similar names: the pairs of brute force where a rare word is shared, numbers kept apart, few links that join."""

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lookscape.catalogue.names.words import comparable
from lookscape.representation.splits import similar_names
from lookscape.representation.splits.similar_names import name_links, similar_pairs

NAMES = [
    "Nike Air Max 90 Infrared",
    "Nike Air Max 95 Infrared",
    "Nike Air Maxx 90 Infrared",
    "Infrared Nike Air Max 90",
    "ASICS Gel Lyte III Runner",
    "ASICS Gel Lyte V Runner",
    "Puma Suede Classic Leather",
    "Puma Suede Clasic Leather",
    "Puma Suede Classics Leather",
    "Vans Old Skool",
    "",
]


def texts() -> list[str]:
    return [comparable(name, ignore_colours=False) for name in NAMES]


def pairs_of(found: list[str], least: float) -> set[tuple[int, int]]:
    return {(one, other) for part in similar_pairs(found, least=least) for one, other in part.pairs_P2.tolist()}


def components(found: list[str], least: float) -> list[int]:
    links = name_links(found, least=least)
    ones, others = links.pairs_P2.T
    graph = coo_array((np.ones(len(ones)), (ones, others)), shape=(len(found), len(found)))
    return connected_components(graph, directed=False)[1].tolist()


@pytest.mark.parametrize("chunk", [2, 1024])
def test_pairs_are_those_of_brute_force_with_the_same_numbers(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similar_names, "CHUNK", chunk)
    distinct = sorted(set(texts()) - {""})
    wanted = {
        (one, other)
        for one in range(len(distinct))
        for other in range(one)
        if _indel(distinct[one], distinct[other]) >= 0.9 and _numbers(distinct[one]) == _numbers(distinct[other])
    }
    assert len(wanted) == 4
    assert pairs_of(distinct, 0.9) == wanted


def _indel(one: str, other: str) -> float:
    """2 * longest common subsequence / both lengths, by the textbook's table."""
    before = [0] * (len(other) + 1)
    for letter in one:
        now = [0]
        for place, against in enumerate(other):
            now.append(before[place] + 1 if letter == against else max(before[place + 1], now[-1]))
        before = now
    return 2 * before[-1] / (len(one) + len(other))


def _numbers(text: str) -> list[str]:
    return [word for word in text.split() if word in {"iii", "v"} or any(letter.isdigit() for letter in word)]


def test_links_join_what_pairs_join_and_are_no_more_than_needed() -> None:
    found = texts()
    groups = components(found, 0.9)
    assert groups[0] == groups[2] == groups[3]
    assert groups[6] == groups[7] == groups[8]
    assert len(set(groups)) == len(NAMES) - 4
    links = name_links(found, least=0.9)
    assert len(links.similar_P) == 4
    assert (links.similar_P == 1).sum() == 1
    assert ((links.similar_P >= 0.9) & (links.similar_P <= 1)).all()


def test_thinning_as_one_goes_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    words = ["alpha", "beta", "gamma", "delta", "omega", "sigma", "kappa", "theta"]
    found = sorted({" ".join(sorted(rng.choice(words, 4, replace=False))) for _ in range(200)})
    whole = name_links(found, least=0.75)
    monkeypatch.setattr(similar_names, "MOST_PAIRS", 5)
    monkeypatch.setattr(similar_names, "CHUNK", 4)
    thin = name_links(found, least=0.75)
    assert len(whole.similar_P) > 30
    np.testing.assert_allclose(np.sort(whole.similar_P), np.sort(thin.similar_P), atol=1e-6)
    for least in (0.8, 0.85, 0.9):
        ours = components(found, least)
        every = pairs_of(found, least)
        graph = coo_array((np.ones(len(every)), tuple(zip(*every, strict=True))), shape=(len(found),) * 2)
        theirs = connected_components(graph, directed=False)[1]
        assert len(set(zip(ours, theirs.tolist(), strict=True))) == len(set(ours)) == len(set(theirs.tolist()))


def test_progress_may_stop_it_and_nothing_is_like_nothing() -> None:
    def stop(done: int, total: int, stage: str) -> None:
        raise InterruptedError(stage)

    with pytest.raises(InterruptedError, match="comparing names"):
        name_links(texts(), progress=stop)
    assert len(name_links([], progress=stop).similar_P) == 0
    assert len(name_links(["", ""]).similar_P) == 0
