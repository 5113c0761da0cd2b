"""A match board from start to end: which Spaces can be judged, on which sample, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from lookscape.engine import Engine, parse_metric
from lookscape.errors import NotFoundError, UsageError
from lookscape.index.protocol import Metric, Vectors
from lookscape.services.classification.classifiers import slug
from lookscape.services.labels.classes import several_note
from lookscape.services.match.figures import Point, Row
from lookscape.services.match.gallery import FEWEST_QUERIES, Candidate, open_gallery, own_queries, vectors_of_gallery
from lookscape.services.match.held_out import taught_by, test_of_all
from lookscape.services.match.judge import Chance, Gallery
from lookscape.services.match.map import lay_out
from lookscape.services.match.rows import Standing, marked, standing_of
from lookscape.services.match.sample import Drawing, Sample, draw_sample, open_sample, sample_names, sample_path
from lookscape.services.records import Progress


@dataclass(frozen=True, kw_only=True)
class Asked:
    """As the tool was asked; see its Params."""

    label: str
    spaces: Sequence[str]
    metrics: Sequence[str]
    queries: int
    pool: int
    sample: str
    seed: int
    again: bool
    mapped: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """The board's content. `names` are the label's values; `chance` and `commonest` are shares."""

    words: str
    made_at: datetime
    sample: Sample
    gallery: Gallery
    names: Sequence[str]
    chance: float
    commonest: float
    rows: list[Row]
    notes: list[str]
    points: list[Point]

    @property
    def num_products(self) -> int:
        """Products that the gallery shows."""
        return len(np.unique(self.gallery.products_M))


def judge_all(engine: Engine, asked: Asked, progress: Progress) -> Judged:
    """Judge every Space that can be under every metric."""
    notes: list[str] = []
    metrics = [parse_metric(name) for name in dict.fromkeys(asked.metrics)] or list(Metric)
    candidates = _candidates(engine, asked.spaces, notes)
    sample = _sample(engine, asked, candidates, notes, progress)
    gallery, names = open_gallery(engine, sample, notes)
    notes += several_note(engine, sample.label)
    standings: list[Standing] = []
    points: list[Point] = []
    for number, candidate in enumerate(candidates):
        vectors_MD = vectors_of_gallery(candidate, gallery, notes)
        own = None if vectors_MD is None else own_queries(candidate, gallery, notes)
        if vectors_MD is None or own is None:
            continue
        of_space = []
        for place, metric in enumerate(metrics):
            stage = f"evaluating {candidate.space.name} by {metric.value}"
            progress(number * len(metrics) + place, len(candidates) * len(metrics), stage)
            of_space.append(standing_of(candidate, metric, vectors_MD, own))
        best = max(of_space, key=lambda one: one.row.match.value).row.metric
        points += _points(candidate, Metric(best), vectors_MD, own, names, num=asked.mapped)
        standings += of_space
    if not standings:
        raise UsageError(f"no Space can be evaluated: {'; '.join(notes)}")
    rows, chance = marked(standings, gallery), Chance.of(gallery)
    return Judged(
        words=_words(rows[0], label=sample.label, commonest=chance.commonest),
        made_at=datetime.now(UTC),
        sample=sample,
        gallery=gallery,
        names=names,
        chance=float(chance.random_N.mean()),
        commonest=chance.commonest,
        rows=rows,
        notes=notes,
        points=points,
    )


def _candidates(engine: Engine, names: Sequence[str], notes: list[str]) -> list[Candidate]:
    """Spaces to judge with what taught them; those whose teaching is unknown are noted and left out."""
    found = []
    for name in dict.fromkeys(names or engine.spaces.names()):
        space = engine.spaces.open(name)
        try:
            found.append(Candidate(space=space, taught=taught_by(engine, space)))
        except NotFoundError as error:
            notes.append(f"{name} is left out: {error}")
    if not found:
        raise UsageError(f"no Space can be evaluated: {'; '.join(notes)}" if notes else "run first: lookscape embed")
    return found


def _sample(
    engine: Engine, asked: Asked, candidates: Sequence[Candidate], notes: list[str], progress: Progress
) -> Sample:
    """The one of this name, or a new one under it."""
    name = asked.sample or slug(asked.label)
    sample_path(engine.folder, name)  # raises for a name that is none, before anything is drawn
    if name in sample_names(engine.folder) and not asked.again:
        sample = open_sample(engine.folder, name)
        if sample.label != asked.label:
            raise UsageError(f"sample {name!r} is for {sample.label}, not {asked.label}; give another name")
        return sample
    taught = [one.taught for one in candidates if one.taught is not None]
    allowed = test_of_all(taught)
    splits = tuple(sorted({one.split for one in taught}))
    if allowed is not None and len(allowed) < FEWEST_QUERIES:
        notes.append(
            f"only {len(allowed)} photos were in no classifier's training set, so each is evaluated on its own test "
            "photos"
        )
        allowed, splits = None, ()
    drawing = Drawing(
        name=name,
        label=asked.label,
        queries=asked.queries,
        pool=asked.pool,
        seed=asked.seed,
        there=frozenset.intersection(*(frozenset(one.space.ids) for one in candidates)),
        allowed=allowed,
        splits=splits,
    )
    sample = draw_sample(engine, drawing, progress)
    sample.save(engine.folder)
    return sample


def _points(
    candidate: Candidate, metric: Metric, vectors_MD: Vectors, gallery: Gallery, names: Sequence[str], *, num: int
) -> list[Point]:
    rows = np.sort(gallery.queries_N[:num])
    ids = [gallery.ids[row] for row in rows]
    labels = [names[gallery.labels_M[row]] for row in rows]
    return lay_out(candidate.space.name, metric, ids, vectors_MD[rows], labels)


def _words(best: Row, *, label: str, commonest: float) -> str:
    return (
        f"{best.space} by {best.metric} puts a product of the same {label} first for "
        f"{best.match.value:.0%} of {best.queries:,} queries ({best.match.low:.0%} to {best.match.high:.0%}); "
        f"a random other product has it for {best.chance:.1%}, always the most common value for {commonest:.1%}"
    )
