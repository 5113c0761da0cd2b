"""Factors as people see them: with a name, words for both ends, and a place on a scale of percentiles.

A factor's name is the one a person gave it, else the suggested title when that is sure enough, else `Factor 7`. Its
rank is its place by information, from 1, and stays when others are hidden or merged. A name may say the ends too:
`toe: slim ... tall`, or just `slim ... tall`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import UnknownNameError
from lookscape.representation.language.edits import Entry
from lookscape.representation.language.edits import Kind as Did
from lookscape.representation.language.names import Kind as Sort
from lookscape.representation.language.names import Suggestion
from lookscape.services.language.language import Spoken, find_language, open_language
from lookscape.services.language.opened import Opened

SURE = 0.8
"""A suggested title is used as the name from this confidence on."""

FAR = 80.0
"""From this percentile on, and below 100 less it, a product stands at an end of a factor."""

TINY = 1e-6
Matrix = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One factor; `parts` are places in the fit, several when it was merged.

    `given` is a person's name with the words for the ends, `by` who gave it. `suggestion` is that of its surest part.
    `share` is its part of all information. Without words `low` and `high` are empty.
    """

    rank: int
    parts: tuple[int, ...]
    name: str
    by: str
    given: str
    suggestion: Suggestion | None
    low: str
    high: str
    share: float
    hidden: bool

    @property
    def confidence(self) -> float:
        """How sure the name is: 1 for a person's, 0 without one."""
        if self.given:
            return 1.0
        return self.suggestion.confidence if self.suggestion and self.name == self.suggestion.title else 0.0

    @property
    def is_named(self) -> bool:
        """Has it a name that says something?"""
        return self.confidence > 0

    @property
    def is_ordered(self) -> bool:
        """Is one end more and the other less of something? Not where one value is set apart from all others."""
        told = self.suggestion
        return told is None or told.kind is Sort.NUMBER or self.name != told.title

    def word(self, percentile: float) -> str:
        """What a product at this percentile is called; empty near the middle."""
        if percentile >= FAR:
            return self.high or f"high {self.name}"
        return (self.low or f"low {self.name}") if percentile <= 100 - FAR else ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Factors:
    """All F factors, those shown first, as a basis of the D = F latents, in standard deviations over the Space.

    `shown` and `hidden` list them; a merged factor's parts also leave directions that have no name. `values_NF` are the
    products' values, `sorted_NF` the same with each column sorted. `num_acts` counts what people did; `kept` says that
    the fit is older than the catalogue.
    """

    shown: tuple[Factor, ...]
    hidden: tuple[Factor, ...]
    origin_D: Matrix
    forward_DF: Matrix
    backward_FD: Matrix
    product_ids: tuple[str, ...]
    values_NF: Matrix
    sorted_NF: Matrix
    num_acts: int
    kept: bool

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Product -> row."""
        return {product_id: row for row, product_id in enumerate(self.product_ids)}

    def find(self, name: str) -> Factor:
        """A factor, hidden ones too, by its name or rank. Raises UnknownNameError."""
        every = (*self.shown, *self.hidden)
        named = [factor for factor in every if factor.name.lower() == name.strip().lower()]
        ranked = [factor for factor in every if str(factor.rank) == name.strip()]
        if not (named or ranked):
            raise UnknownNameError("factor", name, [factor.name for factor in every])
        return (named or ranked)[0]

    def percentiles(self, values_MF: Matrix) -> Matrix:
        """M x F, 0 to 100: the share of products below, half of those that are equal."""
        columns = zip(np.asarray(values_MF).T, self.sorted_NF.T, strict=True)
        below = [
            (np.searchsorted(held_N, value_M, "left") + np.searchsorted(held_N, value_M, "right")) / 2
            for value_M, held_N in columns
        ]
        return 100 * np.stack(below, axis=1) / len(self.sorted_NF)


def open_factors(opened: Opened) -> Factors:
    """The factors as they stand; the same object while nothing has changed. Raises UsageError for too few products."""
    return _factors(opened, open_language(opened))


def find_factors(opened: Opened) -> Factors | None:
    """The same, or None for too few products."""
    spoken = find_language(opened)
    return _factors(opened, spoken) if spoken else None


@lru_cache(maxsize=4)
def _factors(opened: Opened, spoken: Spoken) -> Factors:
    entries = spoken.edits.entries()
    factors = list(_named(spoken, entries))
    shown = [place for place, factor in enumerate(factors) if not factor.hidden]
    hidden = [place for place, factor in enumerate(factors) if factor.hidden]
    turn_FF = _turn(len(spoken.language), [entries[place] for place in (*shown, *hidden)])
    forward_DF = spoken.language.forward_DF @ turn_FF
    space_NF = (opened.space.vectors - opened.mean) @ forward_DF
    scale_F = np.maximum(space_NF.std(axis=0), TINY)
    values_NF = (spoken.latents_ND - opened.mean) @ forward_DF / scale_F
    return Factors(
        shown=tuple(factors[place] for place in shown),
        hidden=tuple(factors[place] for place in hidden),
        origin_D=opened.mean.astype(np.float64),
        forward_DF=forward_DF / scale_F,
        backward_FD=(turn_FF.T @ spoken.language.backward_FD) * scale_F[:, None],
        product_ids=spoken.product_ids,
        values_NF=values_NF,
        sorted_NF=np.sort(values_NF, axis=0),
        num_acts=len(spoken.edits.acts),
        kept=spoken.kept,
    )


def _turn(num_factors: int, entries: Iterable[Entry]) -> Matrix:
    """F x F, orthogonal: a column for each entry, all its parts alike, then what merging leaves over."""
    columns = []
    for entry in entries:
        column_F = np.zeros(num_factors)
        column_F[list(entry.factors)] = 1 / np.sqrt(len(entry.factors))
        columns.append(column_F)
    named_FK = np.stack(columns, axis=1)
    rest_FR = np.linalg.svd(named_FK, full_matrices=True)[0][:, named_FK.shape[1] :]
    return np.concatenate([named_FK, rest_FR], axis=1)


def _named(spoken: Spoken, entries: Iterable[Entry]) -> Iterator[Factor]:
    """No name is used twice: people's names go first, then the factors that say more."""
    listed = list(entries)
    taken = {_split(entry.name)[0].lower() for entry in listed if entry.name}
    for entry in listed:
        rank = entry.factors[0] + 1
        suggestion = next(iter(spoken.suggestions[_strongest(spoken, entry)]), None)
        sure = suggestion if suggestion and suggestion.confidence >= SURE else None
        name, low, high = _split(entry.name)
        if not name:
            name = sure.title if sure and sure.title.lower() not in taken else f"Factor {rank}"
        taken.add(name.lower())
        yield Factor(
            rank=rank,
            parts=entry.factors,
            name=name,
            by=_namer(spoken, entry),
            given=entry.name,
            suggestion=suggestion,
            low=low or (sure.low if sure else ""),
            high=high or (sure.high if sure else ""),
            share=sum(spoken.language.factors[part].share for part in entry.factors),
            hidden=entry.is_hidden,
        )


def _strongest(spoken: Spoken, entry: Entry) -> int:
    """The part whose suggestion is surest, then strongest."""

    def certainty(part: int) -> tuple[float, float]:
        found = spoken.suggestions[part]
        return (found[0].confidence, abs(found[0].strength)) if found else (-1.0, 0.0)

    return max(entry.factors, key=certainty)


def _namer(spoken: Spoken, entry: Entry) -> str:
    naming = (Did.RENAME, Did.MERGE)
    acts = [act for act in spoken.edits.acts if act.kind in naming and act.factors[0] == entry.factors[0]]
    return (acts[-1].by or "someone") if acts and entry.name else ""


def _split(given: str) -> tuple[str, str, str]:
    """`toe: slim ... tall` -> (toe, slim, tall); `toe` -> (toe, "", "")."""
    title, colon, rest = given.partition(":")
    ends = rest if colon else given
    low, dots, high = ends.replace("…", "...").partition("...")
    if not (dots and low.strip() and high.strip()):
        return given, "", ""
    return (title.strip() if colon else given), low.strip(), high.strip()
