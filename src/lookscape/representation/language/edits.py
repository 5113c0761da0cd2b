"""What people make of a language: names, merged factors, hidden ones; kept beside the fit, each act can be undone.

Acts are only ever added and the last one taken back, so the fitted language is never touched and nothing is lost. They
belong to one fit, known by its key: after a new fit factor 3 may be another one, and old names would lie.
"""

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lookscape.errors import NotFoundError, UsageError
from lookscape.files import write_atomically
from lookscape.representation.language.language import Language

LONGEST = 80
"""Characters in a name."""

Matrix = NDArray[np.float64]


class Kind(StrEnum):
    """What a person did."""

    RENAME = "rename"
    MERGE = "merge"
    HIDE = "hide"
    SHOW = "show"


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing done by a person, `by` whom and `at` what time (seconds since 1970). `name` is empty for hide and show.

    `factors` are numbers of the fit; a merged factor goes by its first.
    """

    kind: Kind
    factors: tuple[int, ...]
    name: str
    by: str
    at: float


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A factor as people see it: one of the fit, or several moved together. `name` is empty without a person's name."""

    factors: tuple[int, ...]
    name: str
    is_hidden: bool

    def values(self, f_NF: NDArray[np.floating[Any]]) -> Matrix:
        """N: the factor's values; of a merged one the sum of its parts, in about standard deviations again."""
        parts_NK = f_NF[:, list(self.factors)].astype(np.float64)
        return np.asarray(parts_NK.sum(axis=1) / np.sqrt(len(self.factors)))

    def moved(self, f_NF: NDArray[np.floating[Any]], *, by: float) -> Matrix:
        """N x F: all parts moved alike, so that `values` changes by `by`."""
        moved_NF = f_NF.astype(np.float64, copy=True)
        moved_NF[:, list(self.factors)] += by / np.sqrt(len(self.factors))
        return moved_NF


@dataclass(frozen=True, kw_only=True)
class Edits:
    """Everything done to the language with this `key` of `num_factors` factors, in order."""

    key: str
    num_factors: int
    acts: tuple[Act, ...] = ()

    @classmethod
    def of(cls, language: Language) -> "Edits":
        """Nothing done yet."""
        return cls(key=language.key, num_factors=len(language))

    def rename(self, factor: int, *, name: str, by: str, at: float) -> "Edits":
        """Give a factor a name of 1 to LONGEST characters."""
        return self._with(Act(kind=Kind.RENAME, factors=(factor,), name=_checked_name(name), by=by, at=at))

    def merge(self, *factors: int, name: str, by: str, at: float) -> "Edits":
        """Make several factors one; it goes by the number of the first. Raises UsageError for fewer than two."""
        different = tuple(dict.fromkeys(factors))
        if len(different) < 2:
            raise UsageError("merging takes at least two different factors")
        return self._with(Act(kind=Kind.MERGE, factors=different, name=_checked_name(name), by=by, at=at))

    def hide(self, factor: int, *, by: str, at: float) -> "Edits":
        """Leave a factor out of lists; its values stay."""
        return self._with(Act(kind=Kind.HIDE, factors=(factor,), name="", by=by, at=at))

    def show(self, factor: int, *, by: str, at: float) -> "Edits":
        """Bring a hidden factor back."""
        return self._with(Act(kind=Kind.SHOW, factors=(factor,), name="", by=by, at=at))

    def undo(self) -> "Edits":
        """Without the last act. Raises UsageError when there is none."""
        if not self.acts:
            raise UsageError("nothing has been changed, so nothing can be undone")
        return replace(self, acts=self.acts[:-1])

    def entries(self) -> list[Entry]:
        """The factors as they stand after all acts, in the order of the fit, hidden ones too."""
        entries = {place: Entry(factors=(place,), name="", is_hidden=False) for place in range(self.num_factors)}
        for act in self.acts:
            _apply(entries, act)
        return [entries[place] for place in sorted(entries)]

    def save(self, path: Path) -> None:
        """Write JSON atomically."""
        acts = [asdict(act) for act in self.acts]
        content = {"key": self.key, "num_factors": self.num_factors, "acts": acts}
        write_atomically(path, json.dumps(content, indent=2).encode())

    @classmethod
    def load(cls, path: Path, *, language: Language) -> "Edits":
        """What was saved for this language; none where there is no file or it belongs to another fit.

        Raises NotFoundError when the file is damaged, rather than forget what people did.
        """
        if not path.exists():
            return cls.of(language)
        try:
            content = json.loads(path.read_bytes())
            acts = tuple(_read_act(act) for act in content["acts"])
            found = cls(key=str(content["key"]), num_factors=int(content["num_factors"]), acts=acts)
        except (ValueError, KeyError, TypeError) as error:
            raise NotFoundError(f"{path.name} is damaged ({error}); move it away to start with no names") from error
        return found if found.key == language.key else cls.of(language)

    def _with(self, act: Act) -> "Edits":
        current = {entry.factors[0] for entry in self.entries()}
        for factor in act.factors:
            if factor not in current:
                raise UsageError(f"there is no factor {factor} to {act.kind}; it may have been merged into another")
        return replace(self, acts=(*self.acts, act))


def _apply(entries: dict[int, Entry], act: Act) -> None:
    first = act.factors[0]
    if act.kind is Kind.RENAME:
        entries[first] = replace(entries[first], name=act.name)
    elif act.kind is Kind.MERGE:
        parts = [entries.pop(factor) for factor in act.factors]
        joined = tuple(number for part in parts for number in part.factors)
        entries[first] = Entry(factors=joined, name=act.name, is_hidden=False)
    else:
        entries[first] = replace(entries[first], is_hidden=act.kind is Kind.HIDE)


def _checked_name(name: str) -> str:
    found = " ".join(name.split())
    if not 1 <= len(found) <= LONGEST:
        raise UsageError(f"a factor's name has 1 to {LONGEST} characters, not {len(found)}")
    return found


def _read_act(act: dict[str, Any]) -> Act:
    return Act(
        kind=Kind(act["kind"]),
        factors=tuple(int(factor) for factor in act["factors"]),
        name=str(act["name"]),
        by=str(act["by"]),
        at=float(act["at"]),
    )
