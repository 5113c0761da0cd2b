"""A board under way: what is compared, on which photos, and every model's figures, measured or known already."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from lookscape import parts
from lookscape.engine import Engine
from lookscape.errors import NotFoundError
from lookscape.representation.metrics.intervals import jackknife
from lookscape.services.board import judge
from lookscape.services.board.cache import Cache
from lookscape.services.board.factors import factor_names, factor_table
from lookscape.services.board.figures import TABLES, Row
from lookscape.services.board.marks import marked
from lookscape.services.board.models import Candidate, siblings, trained, with_pca
from lookscape.services.board.photos import Choice, HeldOut, Reference, held_out
from lookscape.services.board.search import Copies
from lookscape.services.board.words import Advice, Facts, recommend
from lookscape.services.figures import Figure, figure_of
from lookscape.services.records import Progress

Tables = dict[str, list[Any]]
"""Rows by the name of their table."""

DEFAULT_SIDE = 64


@dataclass(frozen=True)
class Board:
    """Models, photos, and where figures are kept."""

    engine: Engine
    candidates: tuple[Candidate, ...]
    photos: HeldOut
    reference: Reference
    factors: tuple[str, ...]
    cache: Cache

    def judge(self, progress: Progress) -> Tables:
        """All tables, each figure with its mark. Raises whatever `progress` raises."""
        figures: dict[str, dict[str, Figure]] = {}
        work = list(self._work())
        for done, (model, about, section, compute) in enumerate(work):
            progress(done, len(work), f"evaluating {model}: {section}")
            known = self.cache.get({**about, "section": section, "photos": self.photos.digest}, compute)
            figures.setdefault(model, {}).update(known)
        progress(len(work), len(work), "writing the board")
        return {table.name: marked(_rows(table.row, table.figures, figures)) for table in TABLES}

    def real_photos(self) -> Figure:
        """What as many other real photos get."""
        about = {"section": "other real photos", "photos": self.photos.digest, "features": self.reference.pooled.key}
        return self.cache.get(about, self._real_photos)["frechet"]

    def advice(self, tables: Tables) -> list[Advice]:
        """The recommendation."""
        facts = Facts(
            tables=tables,
            kinds={one.name: one.kind for one in self.candidates},
            dims={one.name: one.dim for one in self.candidates},
            recipes={one.name: one.recipe for one in self.candidates},
            photos=len(self.photos.ids),
            groups=len(set(self.photos.groups.tolist())),
            real_photos=self.real_photos(),
            usual=self.engine.settings.model,
        )
        return recommend(facts)

    def notes(self, tables: Tables) -> Iterator[str]:
        """What was not measured, and why."""
        if larger := [f"{one.name} ({one.side} px)" for one in self.candidates if one.side != self.photos.side]:
            yield f"Compared at {self.photos.side} px, to be fair: the photos of {', '.join(larger)} were resized."
        if not self.factors:
            yield "MIG, DCI, FactorVAE and SAP need true factors: a drawn catalogue has them, --factors names any."
        elif not tables["disentanglement"]:
            yield f"{len(self.photos.ids)} held-out photos are too few to compare numbers with true factors."
        if not tables["agreement"]:
            yield "UDR needs one recipe trained from two seeds: lookscape train RECIPE --seed 1 --name OTHER."

    def _work(self) -> Iterator[tuple[str, dict[str, Any], str, Callable[[], Mapping[str, Figure]]]]:
        """Model, what its figures depend on, the section's name, and what measures them."""
        copies = Copies(self.engine, self.photos)
        table = factor_table(self.engine, self.factors, self.photos) if self.factors else {}
        for one in self.candidates:
            judged = _Lazy(one, self.reference)
            about: dict[str, Any] = {"model": one.key}
            mixture = open_mixture(one)
            drawn = {**about, "mixture": _digest(mixture, one.dim)}
            truth = {**about, "factors": list(self.factors)}
            seen = {**about, "features": self.reference.pooled.key}
            yield one.name, seen, "photos that come back", judged.bind(judge.reconstruction)
            yield one.name, {**seen, **drawn}, "samples", judged.bind(judge.samples, mixture)
            yield one.name, about, "blends", judged.bind(judge.smoothness)
            yield one.name, about, "latents", judged.bind(judge.latent_space)
            yield one.name, about, "altered photos", judged.bind(_found_first, copies)
            if table:
                yield one.name, truth, "true factors", judged.bind(judge.true_factors, table)
        yield from self._work_on_siblings()
        usual = copies.usual()
        if usual is not None:
            name = self.engine.settings.model
            yield name, {"model": usual.key}, "altered photos", partial(copies.found_first, usual)

    def _work_on_siblings(self) -> Iterator[tuple[str, dict[str, Any], str, Callable[[], Mapping[str, Figure]]]]:
        for alike in siblings(self.candidates):
            keys = [one.key for one in alike]
            shared = _Agreement(alike, self.photos, self.reference)
            for place, one in enumerate(alike):
                about = {"model": one.key, "siblings": keys}
                yield one.name, about, "agreement", partial(shared.figures, place)

    def _real_photos(self) -> dict[str, Figure]:
        rows = self.reference.other_real()
        return {"frechet": figure_of(jackknife(rows, groups=self.reference.groups[: len(rows)]))}


def prepare_board(
    engine: Engine,
    choice: Choice,
    *,
    models: Sequence[str],
    side: int | None,
    factors: Sequence[str],
    progress: Progress,
) -> Board:
    """Find models, photos and factors. Raises UsageError for what is not there."""
    candidates = trained(engine, models)
    sides = {one.side for one in candidates}
    at = side or min(sides, default=DEFAULT_SIDE)
    photos = held_out(engine, sides=sides, side=at, choice=choice, progress=progress)
    return Board(
        engine=engine,
        candidates=tuple(with_pca(candidates, photos)),
        photos=photos,
        reference=Reference(engine, photos),
        factors=factor_names(engine, factors, photos),
        cache=Cache(engine.folder),
    )


def open_mixture(one: Candidate) -> Any:
    """The mixture fitted to a model's latents; None where there is none."""
    if one.folder is None:
        return None
    try:
        found = parts.load_module("lookscape.representation.latents.mixture")
        return found.open_mixture(one.folder)
    except (ModuleNotFoundError, NotFoundError):
        return None


def _digest(mixture: Any, dim: int) -> str:
    """Changes with the mixture: a digest of a few draws."""
    if mixture is None:
        return ""
    return hashlib.sha256(np.asarray(mixture.sample(8, seed=0), np.float32).tobytes()).hexdigest()[:16]


def _rows(row: type[Row], names: Sequence[str], figures: Mapping[str, Mapping[str, Figure]]) -> list[Row]:
    """The models that have any of these figures."""
    return [
        row(model=model, **{name: found[name] for name in names if name in found})
        for model, found in figures.items()
        if any(name in found for name in names)
    ]


def _found_first(judged: judge.Judged, copies: Copies) -> judge.Figures:
    return copies.found_first(judged.codec)


class _Lazy:
    """A model to judge, opened when the first figure of it has to be measured."""

    def __init__(self, candidate: Candidate, reference: Reference) -> None:
        self._candidate, self._reference = candidate, reference
        self._opened: judge.Judged | None = None

    def __call__(self) -> judge.Judged:
        """The model."""
        if self._opened is None:
            self._opened = judge.Judged(self._candidate.open(), self._reference)
        return self._opened

    def bind(self, section: Callable[..., judge.Figures], *more: Any) -> Callable[[], judge.Figures]:
        """A section of it, to be called when its figures are not known."""
        return lambda: section(self(), *more)


class _Agreement:
    """UDR of models that differ in their seed only; computed for all of them at once."""

    def __init__(self, alike: Sequence[Candidate], photos: HeldOut, reference: Reference) -> None:
        self._judged = {one.name: _Lazy(one, reference) for one in alike}
        self._photos = photos
        self._scores: judge.Kept | None = None

    def figures(self, place: int) -> dict[str, Figure]:
        """Those of one of them."""
        if len(np.unique(self._photos.groups)) < judge.ENOUGH_TO_JACKKNIFE:
            return {}
        scores = self._scores = self._scores or judge.Kept(self._udr())
        statistic = jackknife(lambda rows: float(scores(rows).models[place].value), groups=self._photos.groups)
        return {"udr": figure_of(statistic)}

    def _udr(self) -> Callable[[Any], Any]:
        from lookscape.representation.metrics.disentanglement.udr import udr

        latents = {name: lazy().latents.means_ND for name, lazy in self._judged.items()}
        active = {name: judge.informative(lazy()) for name, lazy in self._judged.items()}
        return lambda rows: udr({name: one[rows] for name, one in latents.items()}, active=active)
