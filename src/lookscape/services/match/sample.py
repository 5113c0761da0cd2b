"""The photos that a match board is judged on, drawn once and kept, so that every board is judged on the same.

    samples/NAME.json    the label, the gallery's photos with their families, and which of them are queries

A family is a product with all its photos, its copies and its near-duplicates: nothing in a query's own family counts
as a match. Queries are drawn among photos that have an answer: another family in the gallery has their label.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from lookscape.engine import Engine
from lookscape.errors import NotFoundError, UnknownNameError, UsageError
from lookscape.files import write_atomically
from lookscape.representation.splits.saved import NAME
from lookscape.services.labels.classes import read_values
from lookscape.services.records import Progress
from lookscape.services.splits.groups import Catalogued

FOLDER = "samples"
VERSION = 1
FEWEST = 2
"""An interval needs two queries of different products."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """`gallery` is sorted, `families` has a number for each of it; `queries` are photos of the gallery, as drawn.

    `splits` are those whose test photos the queries were drawn from, none for any photo.
    """

    name: str
    label: str
    seed: int
    made_at: datetime
    splits: tuple[str, ...]
    gallery: tuple[str, ...]
    families: tuple[int, ...]
    queries: tuple[str, ...]

    def save(self, folder: Path) -> None:
        """Write it atomically under a catalogue's folder."""
        path = sample_path(folder, self.name)
        content = {
            "version": VERSION,
            "label": self.label,
            "seed": self.seed,
            "made_at": self.made_at.isoformat(),
            "splits": self.splits,
            "queries": self.queries,
            "gallery": dict(zip(self.gallery, self.families, strict=True)),
        }
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, json.dumps(content, indent=1).encode())

    @classmethod
    def load(cls, path: Path) -> "Sample":
        """Read it. Raises NotFoundError when it is damaged, rather than draw another one under the name."""
        try:
            content: dict[str, Any] = json.loads(path.read_bytes())
            found = cls(
                name=path.stem,
                label=content["label"],
                seed=content["seed"],
                made_at=datetime.fromisoformat(content["made_at"]),
                splits=tuple(content["splits"]),
                gallery=tuple(sorted(content["gallery"])),
                families=tuple(content["gallery"][photo_id] for photo_id in sorted(content["gallery"])),
                queries=tuple(content["queries"]),
            )
            if not set(found.queries) <= set(found.gallery):
                raise ValueError("queries that are not in the gallery")
        except (ValueError, KeyError, TypeError) as error:
            raise NotFoundError(f"{FOLDER}/{path.name} is damaged ({error}); move it away to take a new one") from error
        return found


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What to draw: at most so many queries among at most so many photos.

    `there` are the photos that every Space has, `allowed` those that may be queries (None: any), by which `splits`.
    """

    name: str
    label: str
    queries: int
    pool: int
    seed: int
    there: Collection[str]
    allowed: Collection[str] | None = None
    splits: tuple[str, ...] = ()


def sample_path(folder: Path, name: str) -> Path:
    """Where a catalogue keeps a sample. Raises UsageError for a name that is no file's."""
    if not NAME.fullmatch(name):
        raise UsageError(f"sample {name!r:.90} is not a name: 1 to 80 letters, digits, dots, dashes, no space")
    return folder / FOLDER / f"{name}.json"


def sample_names(folder: Path) -> list[str]:
    """The samples of a catalogue."""
    return sorted(path.stem for path in (folder / FOLDER).glob("*.json"))


def open_sample(folder: Path, name: str) -> Sample:
    """A sample by name. Raises UnknownNameError with the names there are, NotFoundError for a damaged one."""
    if name not in sample_names(folder):
        raise UnknownNameError("sample", name, sample_names(folder))
    return Sample.load(sample_path(folder, name))


def draw_sample(engine: Engine, drawing: Drawing, progress: Progress) -> Sample:
    """Draw it; the same catalogue and seed give the same.

    Raises UnknownNameError for a label there is not, UsageError when nothing has an answer.
    """
    catalogued = Catalogued.open(engine, progress)
    groups = catalogued.groups(progress)
    family_of = dict(zip(groups.ids, groups.groups_N.tolist(), strict=True))
    ids = sorted(set(drawing.there) & family_of.keys() & catalogued.products_of.keys())
    values = read_values(engine, drawing.label, [catalogued.products_of[photo_id] for photo_id in ids])
    value_of = {photo_id: value for photo_id, value in zip(ids, values, strict=True) if value}
    rng = np.random.default_rng(drawing.seed)
    order = [list(value_of)[place] for place in rng.permutation(len(value_of))]
    gallery = order[: drawing.pool]
    known = answerable([value_of[one] for one in gallery], [family_of[one] for one in gallery])
    allowed = set(gallery if drawing.allowed is None else drawing.allowed)
    queries = [one for one, can in zip(gallery, known, strict=True) if can and one in allowed][: drawing.queries]
    if len({family_of[one] for one in queries}) < FEWEST:
        among = f"the test photos of {', '.join(drawing.splits)}" if drawing.splits else "the photos"
        raise UsageError(f"fewer than {FEWEST} products among {among} share their {drawing.label} with another product")
    gallery.sort()
    return Sample(
        name=drawing.name,
        label=drawing.label,
        seed=drawing.seed,
        made_at=datetime.now(UTC),
        splits=drawing.splits,
        gallery=tuple(gallery),
        families=tuple(family_of[one] for one in gallery),
        queries=tuple(queries),
    )


def answerable(values: Sequence[str], families: Sequence[int]) -> list[bool]:
    """Whether each photo's value is that of another family, too."""
    having: dict[str, set[int]] = {}
    for value, family in zip(values, families, strict=True):
        having.setdefault(value, set()).add(family)
    return [len(having[value]) > 1 for value in values]
