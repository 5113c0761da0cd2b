"""Brand and model read out of product names, with a list of brands and with what the catalogue's names have in common.

A name begins with its brand, as a rule: one that is listed (brands.py), or words that enough of the catalogue's names
begin with (_own_brands.py). What remains without the colourway, whom it is for and what kind of thing it is, is the
model, as far as other products share it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from lookscape.catalogue.names.brands import BRANDS, LINES, ONLY_FIRST
from lookscape.catalogue.names.own_brands import LONGEST, OwnBrand, own_brands
from lookscape.catalogue.names.vocabulary import KINDS, PLAIN, SMALL, WHO, WHO_BEHIND_BRAND
from lookscape.catalogue.names.words import Key, Word, fold, read_words

MANY = 10
"""Names from which on a brand of the catalogue's own is nearly sure."""

QUOTES = "'\"’”»"

SHARED = 3
"""Products that make a model out of the first words of longer names."""

LISTED, LISTED_LATER, OFTEN, SELDOM = 0.98, 0.75, 0.9, 0.7
"""Confidence in a brand: listed, at the beginning or later; of the catalogue's own names, often or seldom seen."""

WHOLE, PART, ALONE = 0.9, 0.75, 0.4
"""Confidence in a model, times that in its brand: several names agree whole, in their first words, or none does."""


class Lines(StrEnum):
    """What of lines such as Jordan, of Nike.

    written: what the name begins with (Nike Air Jordan is Nike, Air Jordan is Jordan); own: a line wherever it is named
    (both are Jordan); maker: always the maker (both are Nike).
    """

    WRITTEN = "written"
    OWN = "own"
    MAKER = "maker"


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What counts as a brand. `merged` says what becomes of a brand in the end, by its folded letters."""

    lines: Lines = Lines.WRITTEN
    merged: Mapping[str, str] = field(default_factory=dict)
    own_brands: bool = True


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a name says. Confidences are set by rule, in [0, 1]; an empty brand or model has 0."""

    brand: str = ""
    brand_confidence: float = 0.0
    model: str = ""
    model_confidence: float = 0.0
    colourway: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A brand in a name; the model may begin at word `behind`."""

    brand: str
    start: int
    stop: int
    behind: int
    confidence: float


class Namer:
    """Reads names; made with all names of a catalogue, since one alone does not tell where its brand ends."""

    def __init__(self, names: Iterable[str], *, wishes: Wishes | None = None) -> None:
        """Find the brands of the names' own, and how many products share a model."""
        self._wishes = wishes or Wishes()
        self._listed = _listed()
        counts = Counter(names)
        self._words = {name: read_words(name) for name in counts}
        self.own: Mapping[str, OwnBrand] = {}
        """Brands that are not listed, by their folded letters."""
        if self._wishes.own_brands:
            self.own = own_brands(self._words, counts, listed=self._listed)
        self._wholes, self._parts = self._count_models(counts)

    def read(self, name: str) -> Named:
        """What a name says."""
        words = self._words.get(name) or read_words(name)
        colourway = " ".join(word.text for word in words if word.is_colour).strip("'\"‘’“”«»() ")
        found = self._find(words)
        if found is None:
            return Named(colourway=colourway)
        model, sure = self._model(found, words)
        return Named(
            brand=self._wishes.merged.get(fold(found.brand), found.brand),
            brand_confidence=found.confidence,
            model=model,
            model_confidence=round(found.confidence * sure, 4),
            colourway=colourway,
        )

    def _find(self, words: Sequence[Word]) -> _Found | None:
        keys = [word.key for word in words]
        first = next((place for place, key in enumerate(keys) if key and key not in WHO - {"w"}), len(keys))
        found = self._at(keys, first)
        for place in range(first + 1, len(keys) if found is None else 0):
            if found := self._at(keys, place, later=True):
                break
        return None if found is None else self._of_line(found, keys)

    def _at(self, keys: Sequence[str], start: int, *, later: bool = False) -> _Found | None:
        """The longest brand that begins at a word."""
        for stop in range(min(len(keys), start + LONGEST), start, -1):
            letters = "".join(keys[start:stop])
            if letters in self._listed and not (later and letters in ONLY_FIRST):
                return _Found(self._listed[letters], start, stop, stop, LISTED_LATER if later else LISTED)
            if letters in self.own and not later:
                own = self.own[letters]
                return _Found(own.text, start, stop, stop, OFTEN if own.count >= MANY else SELDOM)
        return None

    def _of_line(self, found: _Found, keys: Sequence[str]) -> _Found:
        """The maker or the line, as wished."""
        start, stop, sure = found.start, found.stop, found.confidence
        if (line := LINES.get(found.brand)) is not None:
            if self._wishes.lines is Lines.MAKER:
                return _Found(line.maker, start, stop, start, sure)
            return _Found(found.brand, start, stop, start if line.in_models else stop, sure)
        for place in range(stop, len(keys) if self._wishes.lines is Lines.OWN else 0):
            other = self._at(keys, place, later=True)
            if other and other.brand in LINES and LINES[other.brand].maker == found.brand:
                behind = place if LINES[other.brand].in_models else other.stop
                return _Found(other.brand, place, other.stop, behind, sure if place == stop else other.confidence)
        return found

    def _rest(self, found: _Found, words: Sequence[Word]) -> list[Word]:
        """The words that may be the model: without colourway, for whom, and what kind at the end."""
        behind = [word for word in words[found.behind :] if word.key]
        while behind and behind[0].key in WHO_BEHIND_BRAND:
            behind.pop(0)
        rest = [word for word in behind if not word.is_colour and word.key not in WHO - WHO_BEHIND_BRAND]
        ends = SMALL | KINDS
        while rest and rest[-1].key in ends:
            ends |= PLAIN if rest.pop().key in KINDS else frozenset()
        while rest and rest[0].key in SMALL:
            rest.pop(0)
        return [] if all(word.key in PLAIN | KINDS for word in rest) else rest

    def _model(self, found: _Found, words: Sequence[Word]) -> tuple[str, float]:
        rest = self._rest(found, words)
        if not rest:
            return "", 0.0
        whole = tuple(word.key for word in rest)
        if self._wholes[found.brand, whole] > 1:
            return _text(rest), WHOLE
        if words[-1].text[-1] in QUOTES:  # the colourway is marked, so what stands before it is all of the model
            return _text(rest), PART
        for stop in range(len(rest) - 1, 0, -1):
            if self._parts[found.brand, whole[:stop]] >= SHARED and whole[stop - 1] not in SMALL:
                return _text(rest[:stop]), PART
        return _text(rest), ALONE

    def _count_models(self, counts: Mapping[str, int]) -> tuple[Counter[tuple[str, Key]], Counter[tuple[str, Key]]]:
        """How many products of a brand have these words as their whole model, and as its beginning."""
        wholes, parts = Counter[tuple[str, Key]](), Counter[tuple[str, Key]]()
        for name, words in self._words.items():
            if (found := self._find(words)) is None:
                continue
            whole = tuple(word.key for word in self._rest(found, words))
            wholes[found.brand, whole] += counts[name]
            for stop in range(1, len(whole) + 1):
                parts[found.brand, whole[:stop]] += counts[name]
        return wholes, parts


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words).strip("-,|/ ")


def _listed() -> dict[str, str]:
    """Usual spellings by the folded letters of all spellings."""
    found = {_letters(spelling): spellings[0] for spellings in BRANDS for spelling in spellings}
    for name, line in LINES.items():
        found |= dict.fromkeys(map(_letters, (name, *line.spellings)), name)
    return found


def _letters(text: str) -> str:
    return "".join(word.key for word in read_words(text))
