"""Brands that nothing lists: what enough of a catalogue's own names begin with.

A beginning goes on as long as nearly all names go on the same way and still have something to add behind: `Flying` is
always followed by `Machine`, which is followed by many things, so the brand is Flying Machine.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from lookscape.catalogue.names.vocabulary import COLOURS, KINDS, PLAIN, SMALL, WHO
from lookscape.catalogue.names.words import Key, Word

LONGEST = 5
"""Words of a brand."""

FEW = 3
"""Names that have to begin alike to make a brand."""

GOES_ON = 0.8
"""Share of names that go on with the same word, for it to belong to the brand."""

ADDS = 0.5
"""Share of names that must have something to add behind a brand."""

LONG, ALIKE = 6, 90
"""Letters from which on a rarer spelling may be a slip, and how alike it is then to the usual one, 0 to 100."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnBrand:
    """How it is written mostly, and how many names begin with it."""

    text: str
    count: int


def own_brands(
    words_of: Mapping[str, Sequence[Word]], counts: Mapping[str, int], *, listed: Collection[str]
) -> dict[str, OwnBrand]:
    """Brands by their folded letters; none that begins with one of those `listed`."""
    begins, ends = Counter[Key](), Counter[Key]()
    spelled: dict[Key, Counter[str]] = {}
    for name, words in words_of.items():
        named = [word for word in words if word.key][: LONGEST + 1]
        for stop in range(1, len(named) + 1):
            key = tuple(word.key for word in named[:stop])
            begins[key] += counts[name]
            ends[key] += counts[name] if stop == len(named) else 0
            spelled.setdefault(key, Counter())[" ".join(word.text for word in named[:stop])] += counts[name]
    goes_on = _next_words(begins)
    found: dict[str, OwnBrand] = {}
    for first in sorted(key for key in begins if len(key) == 1 and begins[key] >= FEW):
        brand = _longest(first, begins, ends, goes_on)
        if _is_plain(brand) or any("".join(brand[:stop]) in listed for stop in range(1, len(brand) + 1)):
            continue
        usual = min(spelled[brand], key=lambda text: (-spelled[brand][text], text))
        found["".join(brand)] = OwnBrand(text=usual, count=begins[brand])
    return _without_slips(found)


def _next_words(begins: Mapping[Key, int]) -> dict[Key, Key]:
    """The commonest way that each beginning goes on."""
    best: dict[Key, Key] = {}
    for key in sorted(begins):
        shorter = key[:-1]
        if shorter and (shorter not in best or begins[key] > begins[best[shorter]]):
            best[shorter] = key
    return best


def _longest(key: Key, begins: Mapping[Key, int], ends: Mapping[Key, int], goes_on: Mapping[Key, Key]) -> Key:
    """The beginning, as far as it goes on alike."""
    while len(key) < LONGEST and (longer := goes_on.get(key)) is not None:
        adds = begins[longer] - ends[longer] >= ADDS * begins[longer]
        if begins[longer] < GOES_ON * begins[key] or not adds or longer[-1] in WHO | KINDS | COLOURS:
            break
        key = longer
    while len(key) > 1 and key[-1] in SMALL:
        key = key[:-1]
    return key


def _is_plain(brand: Key) -> bool:
    """One word that says something else; `W` is a brand where names begin with it."""
    word = brand[0]
    return len(brand) == 1 and (word in (WHO - {"w"}) | KINDS | COLOURS | SMALL | PLAIN or word.isdigit())


def _without_slips(found: Mapping[str, OwnBrand]) -> dict[str, OwnBrand]:
    """Rare spellings of a commoner brand are written as that one."""
    usual = sorted(found, key=lambda key: (-found[key].count, key))
    settled: dict[str, OwnBrand] = {}
    for key in usual:
        nearest = process.extractOne(key, list(settled), scorer=fuzz.ratio, score_cutoff=ALIKE)
        is_slip = len(key) >= LONG and nearest is not None and 2 * found[key].count <= settled[nearest[0]].count
        settled[key] = settled[nearest[0]] if is_slip and nearest else found[key]
    return settled
