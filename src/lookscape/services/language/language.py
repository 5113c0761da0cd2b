"""The language of a model on its catalogue: fitted once, kept on disk, and what people made of it.

The fit lies in `models/NAME/language/` and may be deleted: it is made again when the model, its latents or the
products' attributes have changed. What people do to it, names above all, is their work and lies in
`languages/NAME-KEY/` beside a copy of the fit that they worked on. As long as anything they did stands, that very fit
is used, so that new products get values of the factors people know and no name ever moves to another factor. Only
another training gives another KEY.
"""

import fcntl
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from lookscape.errors import NotFoundError, UsageError
from lookscape.files import write_atomically
from lookscape.index.protocol import Vectors
from lookscape.representation.language.edits import Edits
from lookscape.representation.language.language import FEWEST, Language, fit
from lookscape.representation.language.names import LEAST_KNOWN, Kind, Suggestion, suggest
from lookscape.services.language.opened import Opened
from lookscape.services.language.table import LOOK, Table, table_of

ABOUT = "about.json"
NAMES = "names.json"
SAMPLE = 128
"""Photos from which the noise of the posteriors is estimated."""

RECENT = 100
"""Latest acts that are looked at to see whether attributes have changed."""

Suggestions = tuple[tuple[Suggestion, ...], ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Spoken:
    """A language with the N products it speaks of. `suggestions` has those of each factor, the strongest first.

    `kept` says that the fit is older than the catalogue and kept for the sake of what people did to it.
    """

    language: Language
    suggestions: Suggestions
    edits: Edits
    product_ids: tuple[str, ...]
    latents_ND: Vectors
    kept: bool


def open_language(opened: Opened) -> Spoken:
    """The language of a model; the same object as long as nothing has changed.

    Raises UsageError when the catalogue has too few products for one.
    """
    spoken = find_language(opened)
    if spoken is None:
        raise UsageError(f"a language needs at least {FEWEST} products with latents; ingest and embed more photos")
    return spoken


def find_language(opened: Opened) -> Spoken | None:
    """The same, or None when the catalogue has too few products."""
    return _open(opened, _changes(opened), _stamp(names_path(opened)))


def is_learned(folder: Path, model: str) -> bool:
    """Was the language of a model of this catalogue fitted already? (Not whether it is still true.)"""
    return (folder / "models" / model / "language" / ABOUT).is_file()


def names_path(opened: Opened) -> Path:
    """Where people's work on this training's language is."""
    return opened.engine.folder / "languages" / f"{opened.codec.name}-{opened.codec.key}" / NAMES


def change(opened: Opened, do: Callable[[Edits], Edits]) -> Spoken:
    """Do something to the language, one after the other among all processes. Raises what `do` raises."""
    spoken = open_language(opened)
    path = names_path(opened)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path.parent):
        found = do(Edits.load(path, language=spoken.language))
        beside = _loaded(path.parent)
        if beside is None or beside.key != spoken.language.key:
            spoken.language.save(path.parent)
        found.save(path)
    return open_language(opened)


@lru_cache(maxsize=4)
def _open(opened: Opened, changes: object, names: object) -> Spoken | None:
    table = table_of(opened)
    if len(table.product_ids) < FEWEST:
        return None
    latents_ND = opened.space.vectors[table.rows_N]
    language, suggestions, kept = _learned(opened, table, latents_ND)
    return Spoken(
        language=language,
        suggestions=suggestions,
        edits=Edits.load(names_path(opened), language=language),
        product_ids=table.product_ids,
        latents_ND=latents_ND,
        kept=kept,
    )


def _learned(opened: Opened, table: Table, latents_ND: Vectors) -> tuple[Language, Suggestions, bool]:
    """From the disk if it is there and still true, else made now."""
    folder = opened.engine.folder / "models" / opened.codec.name / "language"
    folder.mkdir(parents=True, exist_ok=True)
    about = {"codec": opened.codec.key, "space": opened.space.fingerprint, "attributes": table.digest}
    with _locked(folder):
        worked_on = _worked_on(names_path(opened))
        saved = _loaded(folder)
        known = _read_about(folder)
        is_true = saved is not None and all(known.get(name) == value for name, value in about.items())
        is_own = is_true and not known.get("kept")
        if worked_on is None and is_own and saved is not None and known.get("fit") == saved.key:
            return saved, known["suggestions"], False
        if worked_on is not None and is_true and known.get("fit") == worked_on.key:
            return worked_on, known["suggestions"], bool(known.get("kept"))
        language = worked_on or _fitted(opened, table, latents_ND)
        suggestions = _suggested(language, table, latents_ND)
        language.save(folder)
        kept = worked_on is not None
        content = {**about, "fit": language.key, "kept": kept, "suggestions": _written(suggestions)}
        write_atomically(folder / ABOUT, json.dumps(content).encode())
    return language, suggestions, kept


def _fitted(opened: Opened, table: Table, latents_ND: Vectors) -> Language:
    learn_N = _learning(table)
    return fit(
        latents_ND[learn_N],
        columns={name: column_N[learn_N] for name, column_N in table.measured.items()},
        variances_ND=_variances(opened, table),
    )


def _suggested(language: Language, table: Table, latents_ND: Vectors) -> Suggestions:
    """Judged on the products that were not learned from; nothing where they are too few to tell."""
    judge_N = ~_learning(table)
    if judge_N.sum() < LEAST_KNOWN:
        return ((),) * len(language)
    columns = {name: column_N[judge_N] for name, column_N in [*table.measured.items(), *table.told.items()]}
    return tuple(tuple(found) for found in suggest(language.to_factors(latents_ND[judge_N]), attributes=columns))


def _learning(table: Table) -> Any:
    """N: learn from these. All of them where a quarter would be too few to name factors on."""
    held_N = table.held_out()
    return ~held_N if held_N.sum() >= LEAST_KNOWN else np.ones_like(held_N)


def _variances(opened: Opened, table: Table) -> Vectors | None:
    """Of some products' posteriors; None for a model that gives points."""
    from lookscape.representation.spaces.preprocess import decode

    step = max(1, len(table.rows_N) // SAMPLE)
    photo_ids = [opened.space.ids[row] for row in table.rows_N[::step][:SAMPLE]]
    photos = [decode(opened.engine.catalogue.read_photo(one), side=opened.codec.side) for one in photo_ids]
    variances_ND = opened.codec.latents(photos).variances_ND
    return variances_ND if variances_ND.any() else None


def _worked_on(path: Path) -> Language | None:
    """The fit that people have worked on, while any of their work stands."""
    language = _loaded(path.parent) if path.exists() else None
    return language if language is not None and Edits.load(path, language=language).acts else None


def _loaded(folder: Path) -> Language | None:
    try:
        return Language.load(folder)
    except NotFoundError:
        return None


def _read_about(folder: Path) -> dict[str, Any]:
    try:
        known: dict[str, Any] = json.loads((folder / ABOUT).read_bytes())
        known["suggestions"] = tuple(
            tuple(Suggestion(**{**one, "kind": Kind(one["kind"])}) for one in found) for found in known["suggestions"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return known


def _written(suggestions: Suggestions) -> Sequence[Sequence[dict[str, Any]]]:
    return [[asdict(one) for one in found] for found in suggestions]


def _changes(opened: Opened) -> tuple[object, ...]:
    """Changes whenever attributes do, other than those that the language wrote; costs a millisecond."""
    acts = opened.engine.catalogue.history(limit=RECENT)
    return tuple((act.id, act.undone_at) for act in acts if act.by != LOOK)


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Wait for whoever is at the same folder, in this process or another."""
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
